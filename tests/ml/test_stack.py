"""Weights found on the past: by hand where that can be, never below the best source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.knowledge import NOBODY, Candidates
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.stack import (
    Board,
    Stack,
    default_sources,
    search_weights,
)
from shop_personalize.ml.serving import History, answer
from tests.ml.build import busy, shop
from tests.ml.test_circle import tied


def found(*scored: tuple[int, float]) -> Candidates:
    items = np.array([item for item, _ in scored], np.int64)
    scores = np.array([score for _, score in scored])
    return Candidates(items, scores, np.full(len(items), NOBODY))


def test_a_board_lays_candidates_side_by_side() -> None:
    lists = [[found((3, 4.0), (1, 2.0))], [found((1, 5.0))]]
    board = Board.of(lists, [np.array([1, 9])])
    np.testing.assert_allclose(board.shares[0], [[0.5, 1.0], [1.0, 0.0]])
    assert board.right.tolist() == [[True, False]]
    assert board.relevant.tolist() == [2]


def test_a_board_scores_recall_and_ndcg() -> None:
    lists = [[found((0, 3.0), (1, 2.0), (2, 1.0))]]
    board = Board.of(lists, [np.array([1, 7])])
    # item 1 is second of two: recall 1/2, NDCG (1/log2(3)) / (1 + 1/log2(3))
    second = 1 / np.log2(3)
    expected = (0.5 + second / (1 + second)) / 2
    assert board.score(board.shares[:, :, 0], 2) == pytest.approx(expected)


def test_two_sources_that_are_right_together() -> None:
    """Each puts its own wrong item first; only both together find the right one."""
    first = [found((0, 1.0), (1, 0.9), (2, 0.1))]
    second = [found((2, 1.0), (1, 0.9), (0, 0.1))]
    board = Board.of([first, second], [np.array([1])])
    weights = search_weights([board], k=1)
    assert board.score(board.shares @ weights.astype(np.float32), 1) == 1.0
    assert (weights > 0).all()


def test_a_source_that_misleads_is_turned_round() -> None:
    first = [found((0, 1.0), (1, 0.95))]
    second = [found((0, 1.0), (1, 0.1))]
    board = Board.of([first, second], [np.array([1])])
    weights = search_weights([board], k=1)
    assert board.score(board.shares @ weights.astype(np.float32), 1) == 1.0
    assert weights[1] < 0 < weights[0]


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_never_below_the_best_source_alone(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lists = [
        [
            found(*zip(rng.permutation(12).tolist(), rng.random(12), strict=True))
            for _ in range(5)
        ]
        for _ in range(3)
    ]
    board = Board.of(lists, [rng.permutation(12)[:3] for _ in range(5)])
    weights = search_weights([board], k=3).astype(np.float32)
    alone = max(board.score(board.shares[:, :, at], 3) for at in range(3))
    assert board.score(board.shares @ weights, 3) >= alone - 1e-9
    assert np.abs(weights).max() == 1.0


def test_stack_answers_as_a_mixture() -> None:
    data = busy()
    sources = {"walk": ForYou(), "popular": Popular()}
    fitted = Stack(sources, k=5).fit(data)
    kept = [part["name"] for part in fitted.query_config_["parts"]]
    assert set(kept) <= set(sources)
    assert kept
    history = History(
        np.array([0, 1]), ("purchase", "view"), np.array([1.0, 2.0]), np.ones(2)
    )
    answered = answer(
        fitted.knowledge_, fitted.query_config_, fitted.extras_, history=history, n=5
    )
    assert {2, 3, 4} <= set(answered.items.tolist())
    assert 0 not in answered.items  # bought; what was only viewed may come again


def test_without_a_past_every_source_counts_alike() -> None:
    data = shop([], ["a", "b"])
    sources = {"walk": ForYou(), "popular": Popular()}
    assert Stack(sources).weights(data, sources) == {"walk": 1.0, "popular": 1.0}


def test_circles_are_a_source_where_there_are_ties() -> None:
    assert "tied" not in default_sources(busy())
    sources = default_sources(tied())
    assert {"tied", "alike"} <= set(sources)
    assert sources["tied"].get_params()["people"] == 2

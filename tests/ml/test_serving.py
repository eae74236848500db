from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.knowledge import ItemNeighbors, Ranking
from shop_personalize.ml.serving import History, answer, own_scores, query_of

EDGES = {0: [(1, 0.9), (2, 0.5)], 1: [(0, 0.9), (3, 0.8)], 2: [(3, 0.4)], 3: []}
WALK = {
    "context": "history",
    "kinds": {"purchase": 1.0, "view": 0.2},
    "decay_days": {"purchase": 10.0, "view": 1.0},
}


def neighbors() -> ItemNeighbors:
    sizes = [len(EDGES[code]) for code in range(4)]
    flat = [edge for code in range(4) for edge in EDGES[code]]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum(sizes)]),
        np.array([item for item, _ in flat]),
        np.array([score for _, score in flat]),
        np.zeros(len(flat), int),
    )


def past(*events: tuple[Any, ...]) -> History:
    """Events are (code, kind, age[, quantity])."""
    return History(
        np.array([event[0] for event in events], np.int64),
        tuple(event[1] for event in events),
        np.array([event[2] for event in events], float),
        np.array([event[3] if len(event) > 3 else 1 for event in events], float),
    )


def test_history_decays_by_kind_and_the_latest_speaks() -> None:
    query = query_of(
        WALK, past((0, "view", 1), (1, "purchase", 5), (1, "purchase", 20)), []
    )
    assert query.items.tolist() == [1, 0]
    assert query.weights == pytest.approx([np.exp(-0.5), 0.2 * np.exp(-1)])


def test_sum_adds_what_max_takes_once() -> None:
    config = {**WALK, "combine": "sum"}
    query = query_of(config, past((1, "purchase", 0), (1, "purchase", 10)), [])
    assert query.weights == pytest.approx([1 + np.exp(-1)])


def test_kinds_without_weight_are_silent() -> None:
    assert len(query_of(WALK, past((0, "rec_view", 0)), []).items) == 0


def test_what_was_sent_back_no_longer_speaks() -> None:
    history = past((0, "refund", 1, 2), (0, "purchase", 2, 2), (1, "purchase", 3, 1))
    assert query_of(WALK, history, []).items.tolist() == [1]
    partly = past((0, "refund", 1, 1), (0, "purchase", 2, 2))
    assert query_of(WALK, partly, []).items.tolist() == [0]


def test_page_speaks_in_product_context_and_history_only_without_a_page() -> None:
    config = {"context": "product"}
    history = past((2, "view", 0), (1, "view", 1), (2, "view", 2))
    assert query_of(config, history, np.array([3])).items.tolist() == [3]
    assert query_of(config, history, np.array([], int)).items.tolist() == [2, 1]


def test_recent_clicks_join_the_page_fainter_with_each_step() -> None:
    config = {"context": "product", "recent": {"minutes": 30, "weight": 1, "decay": 1}}
    minute = 1 / 1440
    history = past(
        (3, "view", 0), (2, "view", 5 * minute), (1, "view", 9 * minute), (0, "view", 1)
    )
    query = query_of(config, history, np.array([3]))
    assert query.items.tolist() == [3, 2, 1]
    assert query.weights == pytest.approx([1, np.exp(-1), np.exp(-2)])


def test_answer_adds_rows_and_names_the_loudest_source() -> None:
    history = past((0, "purchase", 0), (1, "purchase", 10))
    found = answer(
        neighbors(), WALK, {}, history=history, anchors=np.array([], int), n=3
    )
    faint = np.exp(-1)
    assert found.items.tolist() == [1, 2, 0]
    assert found.scores == pytest.approx([0.9, 0.5, 0.9 * faint])
    assert found.because.tolist() == [0, 0, 1]


def test_own_purchases_score_only_when_repeats_are_wanted() -> None:
    config = {**WALK, "own": {"decay_days": 10.0, "others": 0.5}}
    history = past((3, "purchase", 0), (0, "purchase", 10))
    without = answer(
        neighbors(), config, {}, history=history, anchors=np.array([], int), n=9
    )
    assert without.items.tolist() == [1, 2]
    found = answer(
        neighbors(),
        config,
        {},
        history=history,
        anchors=np.array([], int),
        n=9,
        repeats=True,
    )
    assert found.items.tolist() == [3, 1, 0, 2]
    assert found.scores == pytest.approx([1, 0.5, np.exp(-1), 0.5 * 0.5 / 0.9])
    assert found.because.tolist() == [-1, 0, -1, 0]


def test_two_purchases_on_one_day_are_one_visit() -> None:
    history = past((0, "purchase", 0.1), (0, "purchase", 0.4), (0, "purchase", 7.0))
    items, scores = own_scores({"decay_days": 7.0}, {}, history)
    assert items.tolist() == [0]
    assert scores == pytest.approx([1 + np.exp(-1)])


def test_an_item_is_due_around_its_own_cycle() -> None:
    extras = {"cycle_mean": np.log([30.0, 30.0]), "cycle_spread": np.array([0.3, 0.3])}
    history = past((0, "purchase", 25.0), (1, "purchase", 1.0))
    own = {"decay_days": 1e9, "cycle": 1.0}
    items, scores = own_scores(own, extras, history)
    assert items.tolist() == [0, 1]
    assert scores[0] > 2 * scores[1]


def test_ranking_answers_its_group() -> None:
    known = Ranking(
        np.array([b"", b"cups"]),
        np.array([0, 2, 3]),
        np.array([4, 5, 5]),
        np.array([2.0, 1, 1]),
    )
    ask = {"history": History(), "anchors": np.array([], int), "n": 5}
    config = {"context": "none"}
    assert answer(known, config, {}, **ask).items.tolist() == [4, 5]
    assert answer(known, config, {}, **ask, group="cups").items.tolist() == [5]
    assert len(answer(known, config, {}, **ask, group="no such")) == 0

"""Many questions at once get the lists each would get alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml import batch
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.knowledge import (
    Factors,
    Histories,
    ItemNeighbors,
    Knowledge,
    Ranking,
)
from shop_personalize.ml.serving import History, answer

N_ITEMS = 9
ASKING = {
    "context": "history",
    "kinds": {"purchase": 1.0, "view": 0.3},
    "decay_days": {"purchase": 30.0},
    "own": {"decay_days": 60.0, "others": 0.5},
}
few = st.sampled_from([0.0, 0.25, 0.5, 0.5, 1.0, -0.5])
"""Few distinct values, so that ties abound."""


@st.composite
def neighbors(draw: st.DrawFn) -> ItemNeighbors:
    sizes = draw(st.lists(st.integers(0, 5), min_size=N_ITEMS, max_size=N_ITEMS))
    rows = [draw(st.permutations(range(N_ITEMS)))[:size] for size in sizes]
    indices = np.array([code for row in rows for code in row], np.int32)
    data = [draw(few) for _ in indices]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        indices,
        np.array(data, np.float32),
        np.zeros(len(indices), np.int32),
    )


@st.composite
def factors(draw: st.DrawFn) -> Factors:
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    vectors = rng.integers(-2, 3, (N_ITEMS, 3)).astype(np.float32)
    return Factors(vectors, np.eye(3, dtype=np.float32))


@st.composite
def histories(draw: st.DrawFn) -> History:
    codes = draw(st.lists(st.integers(0, N_ITEMS - 1), max_size=6))
    kinds = [draw(st.sampled_from(["purchase", "view", "refund"])) for _ in codes]
    ages = [draw(st.floats(0, 100)) for _ in codes]
    return History(
        np.array(codes, np.int64), tuple(kinds), np.array(ages), np.ones(len(codes))
    )


def alone(
    known: Knowledge, history: History, out: Any, n: int, *, repeats: bool
) -> tuple[list[int], list[float]]:
    found = answer(known, ASKING, {}, history=history, n=n + len(out), repeats=repeats)
    kept = [at for at, code in enumerate(found.items) if code not in out][:n]
    return found.items[kept].tolist(), found.scores[kept].tolist()


@given(
    known=st.one_of(neighbors(), factors()),
    asked=st.lists(histories(), max_size=7),
    excluded=st.sets(st.integers(0, N_ITEMS - 1), max_size=4),
    n=st.integers(0, 12),
    repeats=st.booleans(),
)
@settings(deadline=None)
def test_together_as_alone(
    known: Knowledge, asked: list[History], excluded: set[int], n: int, repeats: bool
) -> None:
    out = np.array(sorted(excluded), np.int64)
    found = top_n(
        known,
        ASKING,
        {},
        histories=asked,
        excluded=[out] * len(asked),
        n=n,
        repeats=repeats,
    )
    assert [(each.items.tolist(), each.scores.tolist()) for each in found] == [
        alone(known, history, out, n, repeats=repeats) for history in asked
    ]


def test_blocks_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "AT_ONCE", 2)
    known = ItemNeighbors(
        np.arange(6), np.arange(5), np.ones(5, np.float32), np.zeros(5, np.int32)
    )
    asked = [
        History(np.array([code]), ("purchase",), np.zeros(1), np.ones(1))
        for code in (4, 2, 0, 1, 3)
    ]
    done: list[float] = []
    found = top_n(
        known,
        ASKING,
        {},
        histories=asked,
        n=1,
        progress=lambda share, _: done.append(share),
    )
    assert [each.items.tolist() for each in found] == [[4], [2], [0], [1], [3]]
    assert done == [0.4, 0.8, 1.0]


def test_shapes_without_a_form_for_many_are_asked_one_by_one() -> None:
    ranking = Ranking(
        np.array([b""]), np.array([0, 3]), np.array([2, 0, 1]), np.array([3.0, 2, 1])
    )
    out = [np.array([2]), np.array([], np.int64)]
    config = {"context": "none"}
    found = top_n(ranking, config, {}, histories=[History()] * 2, excluded=out, n=2)
    assert [each.items.tolist() for each in found] == [[0, 1], [2, 0]]
    assert Histories not in batch.FINDERS


def test_lists_of_unequal_length_are_refused() -> None:
    known = Ranking(np.array([b""]), np.array([0, 0]), np.array([]), np.array([]))
    with pytest.raises(ValueError, match="equally long, not 2, 1 and 2"):
        top_n(
            known,
            {},
            {},
            histories=[History()] * 2,
            anchors=[np.array([0])],
            n=1,
        )

"""Objectives, rotation and an owner's will: by hand, then what holds for every list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.reranking import (
    Slate,
    Taste,
    aimed,
    fatigue,
    placed,
    rerank,
    rotated,
    standing,
    steered,
)

NAN = float("nan")
SHARES = st.floats(0, 1)
AMOUNTS = st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(NAN)), max_size=30)


def test_the_share_of_the_others_that_an_amount_exceeds() -> None:
    assert standing(np.array([1.0, 3, 3, NAN, 7])).tolist() == [0, 0.5, 0.5, 0.5, 1]
    assert standing(np.array([2.0, 2.0])).tolist() == [0.5, 0.5]
    assert standing(np.array([NAN, 4.0])).tolist() == [0.5, 0.5]
    assert standing(np.zeros(0)).tolist() == []


def test_objectives_count_beside_relevance() -> None:
    amounts = {"revenue": np.array([1.0, 2, 900]), "margin": np.array([5.0, 1, 0])}
    assert aimed(amounts, {}, 3).tolist() == [0, 1, 2]
    # 1, 2/3, 1/3 and 0, 1/2, 1.
    assert aimed(amounts, {"revenue": 1.0}, 3).tolist() == [2, 1, 0]
    assert aimed(amounts, {"revenue": 0.6}, 3).tolist() == [0, 1, 2]
    # Against each other they leave relevance alone: 2, 1.67, 1.33.
    assert aimed(amounts, {"revenue": 1.0, "margin": 1.0}, 3).tolist() == [0, 1, 2]


def test_what_is_no_share_or_not_known_is_named() -> None:
    with pytest.raises(ValueError, match="revenue must lie between 0 and 1"):
        aimed({"revenue": np.zeros(1)}, {"revenue": 2.0}, 1)
    with pytest.raises(ValueError, match="revenue has 2 entries"):
        aimed({"revenue": np.zeros(2)}, {"revenue": 1.0}, 1)
    with pytest.raises(KeyError, match="margin"):
        aimed({}, {"margin": 1.0}, 1)


def test_what_was_seen_in_vain_fades() -> None:
    seen, ages = np.array([4.0, 4, 0, 4]), np.array([0.0, 6, 0, -1])
    assert fatigue(seen, ages).tolist() == [4, 1, 0, 4]
    # 1, 3/4, 1/2, 1/4; the first divided by 1 + 2.
    assert rotated(np.array([2.0, 0, 0, 0]), 1.0).tolist() == [1, 2, 0, 3]
    assert rotated(np.array([2.0, 0, 0, 0]), 0.2).tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="fatigue must be numbers >= 0"):
        rotated(np.array([-1.0]), 0.5)


def test_an_owner_moves_products_by_shares_of_the_list() -> None:
    assert steered(np.array([0.0, 0, 0, 0.6])).tolist() == [0, 3, 1, 2]
    assert steered(np.array([0.0, 0, 0, 1])).tolist() == [3, 0, 1, 2]
    assert steered(np.array([-1.0, 0, -1, 0])).tolist() == [1, 3, 0, 2]
    with pytest.raises(ValueError, match="shifts must lie between -1 and 1"):
        steered(np.array([1.5]))


def test_pins_by_hand() -> None:
    assert placed(5, {4: 0}, 3).tolist() == [4, 0, 1, 2, 3]
    assert placed(5, {4: 1, 3: 1}, 3).tolist() == [0, 4, 3, 1, 2]
    assert placed(5, {4: 8, 3: 9}, 4).tolist() == [0, 1, 4, 3, 2]
    assert placed(2, {1: 0}, 8).tolist() == [1, 0]
    assert placed(3, {}, 3).tolist() == [0, 1, 2]
    assert placed(0, {}, 3).tolist() == []
    # The first named keeps its place though two others want the one before it.
    assert placed(5, {4: 1, 3: 0, 2: 0}, 4).tolist() == [3, 4, 2, 0, 1]


@given(AMOUNTS, SHARES, SHARES)
def test_more_never_stands_below_less(
    amounts: list[float], one: float, two: float
) -> None:
    given, m = np.array(amounts), len(amounts)
    stands = standing(given)
    assert ((stands >= 0) & (stands <= 1)).all()
    known = np.flatnonzero(~np.isnan(given))
    for a in known:
        for b in known:
            assert (given[a] > given[b]) <= (stands[a] > stands[b])
    order = aimed({"a": given, "b": -given}, {"a": one, "b": two}, m)
    assert sorted(order.tolist()) == list(range(m))


@given(st.lists(st.floats(0, 100), max_size=30), SHARES)
def test_rotation_never_lifts_the_more_tired(tired: list[float], share: float) -> None:
    order = rotated(np.array(tired), share).tolist()
    assert sorted(order) == list(range(len(tired)))
    places = {item: at for at, item in enumerate(order)}
    for early in range(len(tired)):
        for late in range(early + 1, len(tired)):
            if tired[early] <= tired[late]:
                assert places[early] < places[late]


@given(st.lists(st.floats(-1, 1), max_size=30))
def test_of_equals_the_order_stays(shifts: list[float]) -> None:
    order = steered(np.array(shifts)).tolist()
    assert sorted(order) == list(range(len(shifts)))
    places = {item: at for at, item in enumerate(order)}
    for early in range(len(shifts)):
        for late in range(early + 1, len(shifts)):
            if shifts[early] >= shifts[late]:
                assert places[early] < places[late]


@given(
    st.integers(0, 20),
    st.dictionaries(st.integers(0, 19), st.integers(0, 30), max_size=8),
    st.integers(0, 25),
)
def test_pins_hold_their_place_and_nothing_is_lost(
    m: int, pins: dict[int, int], n: int
) -> None:
    pins = {item: place for item, place in pins.items() if item < m}
    order = placed(m, pins, n).tolist()
    assert sorted(order) == list(range(m))
    length = min(n, m)
    held = list(pins)[:length]
    assert set(held) <= set(order[:length])
    if held and len(held) == len(pins):
        first = held[0]
        last = length - sum(
            (pins[each], pins_at) >= (pins[first], 0)
            for pins_at, each in enumerate(held)
        )
        assert order.index(first) == min(pins[first], last)
    rest = [item for item in order if item not in held]
    assert rest == sorted(rest)


@given(
    st.integers(2, 20),
    st.integers(1, 20),
    SHARES,
    SHARES,
    st.randoms(use_true_random=False),
)
def test_all_steps_together_lose_nothing(
    m: int, n: int, one: float, two: float, chance: Any
) -> None:
    slate = Slate(
        groups=tuple(chance.choice(["", "a", "b"]) for _ in range(m)),
        popularity=np.array([chance.random() for _ in range(m)]),
        amounts={"revenue": np.array([chance.random() for _ in range(m)])},
        fatigue=np.array([chance.random() for _ in range(m)]),
        shifts=np.array([chance.uniform(-1, 1) for _ in range(m)]),
    )
    taste = Taste(objectives={"revenue": one}, rotation=two, per_category=2)
    order, moves = rerank(slate, n, taste)
    assert sorted(order.tolist()) == list(range(m))
    assert {move.step for move in moves} <= {
        "objectives",
        "rotation",
        "rules",
        "per_category",
    }


def test_what_an_owner_wants_comes_behind_what_the_block_is_like() -> None:
    slate = Slate(
        groups=("a",) * 4,
        popularity=np.zeros(4),
        amounts={"revenue": np.array([4.0, 3, 2, 1])},
        shifts=np.array([0.0, 0, 0, 1]),
    )
    order, moves = rerank(slate, 2, Taste(objectives={"revenue": 1.0}))
    assert order.tolist() == [3, 0, 1, 2]
    assert [(m.step, m.item, m.before, m.after) for m in moves] == [
        ("rules", 0, 0, 1),
        ("rules", 1, 1, 2),
        ("rules", 3, 3, 0),
    ]
    assert not Taste()
    assert Taste(rotation=0.1)
    assert Taste(objectives={"margin": 0.1})
    assert not Taste(objectives={"margin": 0.0})

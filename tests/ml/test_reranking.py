"""Re-ranking: each step by hand, then what holds for every list."""

from __future__ import annotations

from collections import Counter
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.reranking import (
    Move,
    Slate,
    Taste,
    calibrated,
    capped,
    damped,
    divergence,
    explored,
    rerank,
    seed_of,
    varied,
)

NOTHING = np.zeros(0)


def test_best_sellers_are_held_back() -> None:
    # Worth 1, 3/4, 1/2, 1/4; mean popularity 2, so the first is divided by 1 + 8/2.
    assert damped(np.array([8.0, 0, 0, 0]), 1.0).tolist() == [1, 2, 3, 0]
    assert damped(np.array([8.0, 0, 0, 0]), 0.3).tolist() == [1, 0, 2, 3]
    assert damped(np.array([8.0, 0, 0, 0]), 0.0).tolist() == [0, 1, 2, 3]
    assert damped(np.zeros(3), 1.0).tolist() == [0, 1, 2]
    assert damped(NOTHING, 1.0).tolist() == []


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf")])
def test_a_popularity_that_is_no_count_is_named(wrong: float) -> None:
    with pytest.raises(ValueError, match="popularity must be numbers >= 0"):
        damped(np.array([1.0, wrong]), 0.5)
    with pytest.raises(ValueError, match="popularity must be numbers >= 0"):
        explored(np.array([1.0, wrong]), 1, 1.0, 0)


def test_divergence_by_hand() -> None:
    aim = {"a": 0.5, "b": 0.5}
    assert divergence(aim, {"a": 1, "b": 1}) == pytest.approx(0.0)
    # q~(a) = .99 + .005, q~(b) = .005
    expected = 0.5 * log(0.5 / 0.995) + 0.5 * log(0.5 / 0.005)
    assert divergence(aim, {"a": 3}) == pytest.approx(expected)
    assert divergence(aim, {}) == pytest.approx(log(100))


def test_a_list_follows_the_categories_of_the_history() -> None:
    groups = ["mug"] * 6 + ["bag"] * 6
    order = calibrated(groups, {"mug": 4, "bag": 2}, 6, 1.0)
    assert Counter(groups[at] for at in order[:6]) == {"mug": 4, "bag": 2}
    assert order[:6].tolist() == [0, 6, 1, 2, 7, 3]
    assert sorted(order.tolist()) == list(range(12))


def test_without_a_history_or_strength_nothing_is_calibrated() -> None:
    groups = ["a", "a", "b"]
    assert calibrated(groups, {}, 2, 1.0).tolist() == [0, 1, 2]
    assert calibrated(groups, {"b": 0.0, "": 3.0}, 2, 1.0).tolist() == [0, 1, 2]
    assert calibrated(groups, {"b": 1.0}, 2, 0.0).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="wanted must hold numbers >= 0"):
        calibrated(groups, {"b": -1.0}, 2, 0.5)


def test_variety_spreads_categories() -> None:
    groups = ["mug", "mug", "mug", "bag", "bag", "bag"]
    assert varied(groups, 4, 0.9).tolist() == [0, 3, 1, 4, 2, 5]
    assert varied(groups, 4, 0.0).tolist() == [0, 1, 2, 3, 4, 5]
    assert varied(["", "", ""], 3, 1.0).tolist() == [0, 1, 2]


def test_variety_by_contents_is_maximal_marginal_relevance() -> None:
    alike = np.array([[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1.0]])
    # After 0: .5 x 2/3 - .5 x .9 = -.117 against .5 x 1/3 - .5 x .1 = .117.
    assert varied(["", "", ""], 3, 0.5, alike).tolist() == [0, 2, 1]
    assert varied(["", "", ""], 3, 0.1, alike).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="likeness has 2 entries; there are 3 items"):
        varied(["", "", ""], 3, 0.5, alike[:2])


def test_at_most_so_many_of_a_category() -> None:
    groups = ["a", "a", "a", "", "b", "", "a"]
    assert capped(groups, 2).tolist() == [0, 1, 3, 4, 5, 2, 6]
    assert capped(["a", "a", "a"], 1).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="most must be at least 1, not 0"):
        capped(groups, 0)


def test_exploration_is_the_same_all_day_and_another_tomorrow() -> None:
    popularity = np.arange(20, 0, -1).astype(float)
    today = [
        explored(popularity, 8, 0.25, seed_of("ann", "2026-03-01", "home"))
        for _ in range(3)
    ]
    assert today[0].tolist() == today[1].tolist() == today[2].tolist()
    days = {
        tuple(explored(popularity, 8, 0.25, seed_of("ann", f"day {day}", "home"))[:8])
        for day in range(20)
    }
    assert len(days) > 10


def test_the_stated_share_of_places_is_given_away() -> None:
    popularity = np.arange(40, 0, -1).astype(float)
    given_away = [
        int((explored(popularity, 8, 0.1, seed)[:8] >= 8).sum()) for seed in range(4000)
    ]
    assert set(given_away) == {0, 1}
    assert np.mean(given_away) == pytest.approx(0.8, abs=0.02)


def test_the_seldom_seen_come_most() -> None:
    popularity = np.array([9.0, 9.0, 0.0, 6.0])  # mean of those waiting: 3
    came = Counter(int(explored(popularity, 2, 0.5, seed)[1]) for seed in range(3000))
    assert set(came) == {2, 3}
    assert came[2] / came[3] == pytest.approx(3.0, rel=0.15)


def test_the_first_place_stays_unless_all_are_given() -> None:
    popularity = np.ones(10)
    firsts = {int(explored(popularity, 4, 0.5, seed)[0]) for seed in range(200)}
    assert firsts == {0}
    assert set(explored(popularity, 4, 1.0, 5)[:4].tolist()) <= set(range(4, 10))
    assert explored(popularity, 10, 1.0, 5).tolist() == list(range(10))


@pytest.mark.parametrize(
    "call",
    [
        lambda value: damped(np.ones(2), value),
        lambda value: calibrated(["a"], {}, 1, value),
        lambda value: varied(["a"], 1, value),
        lambda value: explored(np.ones(2), 1, value, 0),
    ],
    ids=["damped", "calibrated", "varied", "explored"],
)
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_strength_beyond_0_and_1_is_named(call: Any, value: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        call(value)


def test_steps_follow_each_other_and_say_what_they_moved() -> None:
    slate = Slate(("a", "a", "b", "a"), np.array([6.0, 0, 0, 0]))
    order, moves = rerank(slate, 2, Taste(damping=1.0, per_category=1))
    # damping: 1, 2, 3, 0 (worth of 0: 1/5); the cap keeps 1 (a) and 2 (b).
    assert order.tolist() == [1, 2, 3, 0]
    assert moves == (
        Move("damping", 0, 0, 3),
        Move("damping", 1, 1, 0),
        Move("damping", 2, 2, 1),
    )
    order, moves = rerank(slate, 2, Taste(per_category=1))
    assert order.tolist() == [0, 2, 1, 3]
    assert moves == (Move("per_category", 1, 1, 2), Move("per_category", 2, 2, 1))


def test_no_taste_changes_nothing() -> None:
    slate = Slate(("a",) * 9, np.arange(9.0), wanted={"a": 1.0})
    order, moves = rerank(slate, 4, Taste())
    assert order.tolist() == list(range(9))
    assert moves == ()
    assert not Taste()
    assert Taste(per_category=3)


slates = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "c"]), st.floats(0, 50, width=32)),
    max_size=15,
)
shares = st.floats(0, 1, width=32)


@given(
    rows=slates,
    n=st.integers(0, 8),
    strengths=st.tuples(shares, shares, shares, shares),
    most=st.none() | st.integers(1, 4),
    seed=st.integers(0, 2**64 - 1),
)
def test_whatever_the_taste_nothing_is_lost_or_doubled(
    rows: list[Any],
    n: int,
    strengths: tuple[float, float, float, float],
    most: int | None,
    seed: int,
) -> None:
    slate = Slate(
        tuple(group for group, _ in rows),
        np.array([popularity for _, popularity in rows]),
        wanted={"a": 2.0, "c": 1.0},
        seed=seed,
    )
    damping, calibration, diversity, exploration = strengths
    taste = Taste(damping, calibration, diversity, most, exploration)
    order, moves = rerank(slate, n, taste)
    assert sorted(order.tolist()) == list(range(len(rows)))
    again, _ = rerank(slate, n, taste)
    assert again.tolist() == order.tolist()
    assert all(move.before != move.after for move in moves)
    # The steps one after another lead from where each was to where it is.
    places = list(range(len(rows)))
    for move in moves:
        places[move.item] = move.after
    shown = set(order[:n].tolist())
    assert all(places[item] == at for at, item in enumerate(order) if item in shown)


@given(rows=slates, n=st.integers(1, 8), most=st.integers(1, 4))
def test_a_cap_holds_as_long_as_there_is_something_else(
    rows: list[Any], n: int, most: int
) -> None:
    groups = [group for group, _ in rows]
    head = [groups[at] for at in capped(groups, most)[:n]]
    counts = Counter(group for group in groups if group)
    fitting = sum(min(count, most) for count in counts.values()) + groups.count("")
    if n <= fitting:
        assert all(c <= most for g, c in Counter(head).items() if g)


@given(rows=slates)
def test_full_calibration_never_ends_further_from_the_history(rows: list[Any]) -> None:
    groups = [group for group, _ in rows if group]
    n = min(5, len(groups))
    aim = {"a": 0.6, "b": 0.4}
    order = calibrated(groups, aim, n, 1.0)
    own = divergence(aim, Counter(groups[at] for at in order[:n]))
    assert own <= divergence(aim, Counter(groups[:n])) + 1e-9

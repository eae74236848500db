from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.trials import BOTH, FIRST, SECOND, preference, team_draft

RANKINGS = st.lists(st.integers(0, 20), unique=True, max_size=12)
COUNTS = st.integers(0, 300)


def test_a_list_drawn_by_hand() -> None:
    assert team_draft("abcdef", "abfdxe", 5, 1) == [
        ("a", BOTH),
        ("b", BOTH),
        ("c", FIRST),
        ("f", SECOND),
        ("d", SECOND),
    ]


@given(RANKINGS, RANKINGS, st.integers(0, 12), st.integers())
def test_what_a_drawn_list_is(
    first: list[int], second: list[int], n: int, seed: int
) -> None:
    drawn = team_draft(first, second, n, seed)
    items = [item for item, _ in drawn]
    assert len(items) == len(set(items)) == min(n, len({*first, *second}))
    assert drawn == team_draft(first, second, n, seed)
    for team, ranking in ((FIRST, first), (SECOND, second)):
        mine = [item for item, whose in drawn if whose == team]
        assert mine == [item for item in ranking if item in mine]
    begin = [whose for _, whose in drawn]
    alike = begin.count(BOTH)
    assert begin[:alike] == [BOTH] * alike
    assert first[:alike] == second[:alike] == items[:alike]


@given(RANKINGS, st.integers())
def test_teams_are_of_one_size_while_both_have_items(
    ranking: list[int], seed: int
) -> None:
    drawn = team_draft(ranking, [100 + item for item in ranking], 100, seed)
    teams = [team for _, team in drawn]
    assert teams.count(FIRST) == teams.count(SECOND) == len(ranking)
    for place in range(0, len(teams), 2):
        assert {teams[place], teams[place + 1]} == {FIRST, SECOND}


def test_the_coin_is_fair() -> None:
    starts = [team_draft("ab", "xy", 1, seed)[0][1] for seed in range(4000)]
    assert stats.binomtest(starts.count(SECOND), 4000).pvalue > 0.001


def test_clicks_by_chance_prefer_nobody() -> None:
    """A draft that favored one side would show in 4,000 random clicks."""
    rng = np.random.default_rng(3)
    wins = [0, 0]
    for seed in range(4000):
        drawn = team_draft("abcdefgh", "badchgfe", 6, seed)
        team = drawn[rng.integers(6)][1]
        wins[team] += 1
    assert preference(*wins).p_value > 0.001


def test_preference_is_the_exact_sign_test() -> None:
    found = preference(40, 60)
    theirs = stats.binomtest(60, 100)
    limits = theirs.proportion_ci()
    assert found.score == 0.6
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))
    assert found.p_value == pytest.approx(theirs.pvalue)


def test_ties_draw_towards_equal() -> None:
    alone, tied = preference(40, 60), preference(40, 60, 100)
    assert tied.score == pytest.approx(0.55)
    assert tied.low == pytest.approx(0.5 + (alone.low - 0.5) / 2)
    assert tied.p_value == alone.p_value


def test_nothing_decided() -> None:
    assert preference(0, 0, 50) == (0.5, 0.0, 1.0, 1.0)


@given(COUNTS, COUNTS, COUNTS, st.booleans())
def test_interval_and_p_value_say_the_same(
    first: int, second: int, ties: int, sequential: bool
) -> None:
    found = preference(first, second, ties, sequential=sequential)
    back = preference(second, first, ties, sequential=sequential)
    assert 0 <= found.low <= found.score <= found.high <= 1
    assert found.score == pytest.approx(1 - back.score)
    assert found.low == pytest.approx(1 - back.high, abs=1e-6)
    if abs(found.p_value - 0.05) > 1e-6:
        clear = found.low > 0.5 or found.high < 0.5
        assert clear == (found.p_value < 0.05)


def test_the_sequential_interval_ends_where_the_mixture_says() -> None:
    """Exact: marginal likelihood of the mixture is 20 times that of the limit."""
    from shop_personalize.ml.trials.limits import mixture

    found = preference(400, 600, sequential=True)
    mixed = (1000 / mixture(0.05) - 1) / 2
    marginal = stats.betabinom(1000, mixed, mixed).logpmf(600)
    for limit in (found.low, found.high):
        ratio = marginal - stats.binom(1000, limit).logpmf(600)
        assert ratio == pytest.approx(np.log(20), abs=1e-6)


def test_looking_after_every_visit_raises_no_more_false_alarms() -> None:
    rng = np.random.default_rng(4)
    alarms = [0, 0]
    for _ in range(200):
        won = np.cumsum(rng.random(600) < 0.5)
        looks = [(int(won[n - 1]), n) for n in range(20, 601, 20)]
        for number, sequential in enumerate((False, True)):
            alarms[number] += any(
                preference(n - w, w, sequential=sequential).p_value < 0.05
                for w, n in looks
            )
    assert alarms[1] <= 10
    assert alarms[0] >= 30


@pytest.mark.parametrize("wrong", [(-1, 2, 0), (1, -2, 0), (1, 2, -1)])
def test_counts_are_not_negative(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="wins and ties: counts, none below 0"):
        preference(*wrong)

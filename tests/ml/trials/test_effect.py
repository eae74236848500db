"""Intervals against SciPy's, closed forms and themselves."""

from __future__ import annotations

import math
import time
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.trials import Effect, Moments, compare, over_time

VALUES = st.lists(st.integers(0, 50).map(float), min_size=3, max_size=30)


def test_arms_of_one_size_get_the_interval_of_welch() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(5, 2, 40), rng.normal(6, 3, 40)
    found = compare(Moments.of(before), Moments.of(after))
    theirs = stats.ttest_ind(after, before, equal_var=False)
    limits = theirs.confidence_interval()
    trust = 0.01 / (0.01 + _relative(before, after))
    welch, pooled = theirs.df, 78
    freedom = 1 / (trust / welch + (1 - trust) / pooled)
    reach = stats.t.ppf(0.975, freedom) / stats.t.ppf(0.975, theirs.df)
    middle, half = np.mean(limits), np.ptp(limits) / 2 * reach
    assert found.difference == pytest.approx(after.mean() - before.mean())
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))
    assert found.p_value == pytest.approx(
        2 * stats.t.sf(abs(theirs.statistic), freedom)
    )


def _relative(first: np.ndarray, second: np.ndarray) -> float:
    pooled = (first.var(ddof=1) + second.var(ddof=1)) / 2
    mean = np.concatenate([first, second]).mean()
    return float(pooled / len(first) / mean**2)


def test_large_arms_keep_their_own_variances() -> None:
    rng = np.random.default_rng(2)
    small, large = rng.normal(50, 1, 1000), rng.normal(50, 5, 9000)
    found = compare(Moments.of(small), Moments.of(large))
    theirs = stats.ttest_ind(large, small, equal_var=False)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=0.01)
    limits = theirs.confidence_interval()
    assert (found.low, found.high) == pytest.approx(tuple(limits), abs=0.001)


def test_a_small_arm_of_rare_sales_takes_its_variance_from_the_large_one() -> None:
    """By hand: shared variance, moving with the mean; only two buyers held out."""
    held, shown = (
        Moments.of([0.0] * 98 + [40.0, 60.0]),
        Moments.of(([0.0] * 19 + [50.0]) * 95),
    )
    found = compare(held, shown, level=0.95)
    mean = (100 + 95 * 50) / 2000
    pooled = (99 * held.variance + 1899 * shown.variance) / 1998
    relative = pooled / 100 / mean**2
    trust = 0.01 / (0.01 + relative)
    null = trust * (held.variance / 100 + shown.variance / 1900) + (
        1 - trust
    ) * pooled * (1 / 100 + 1 / 1900)
    assert found.standard_error == pytest.approx(math.sqrt(null))
    slope = (1 - trust) * pooled * mean / (mean**2 + 4 * pooled / 2000)
    slope *= (100 - 1900) / (100 * 1900)
    for limit in (found.low, found.high):
        distance = (found.difference - limit) ** 2 / (null + slope * limit)
        assert math.sqrt(distance) == pytest.approx(1.96, abs=0.01)


@given(VALUES, VALUES, st.booleans())
def test_interval_p_value_and_relative_interval_say_the_same(
    first: list[float], second: list[float], sequential: bool
) -> None:
    found = compare(Moments.of(first), Moments.of(second), sequential=sequential)
    if not found.is_known:
        assert found.p_value == 1
        return
    assert found.low <= found.difference <= found.high
    assert 0 <= found.p_value <= 1
    if abs(found.p_value - 0.05) > 1e-6:
        assert found.is_clear == (found.p_value < 0.05)
    if math.isfinite(found.relative_low) and abs(found.p_value - 0.05) > 1e-6:
        clear = found.relative_low > 0 or found.relative_high < 0
        assert clear == found.is_clear
        assert found.relative_low <= found.relative <= found.relative_high


@given(VALUES, VALUES, st.booleans())
def test_exchanging_the_arms_turns_the_sign(
    first: list[float], second: list[float], sequential: bool
) -> None:
    one, other = Moments.of(first), Moments.of(second)
    there = compare(one, other, sequential=sequential)
    back = compare(other, one, sequential=sequential)
    assert there.difference == -back.difference
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p_value == pytest.approx(back.p_value)


@given(VALUES, VALUES, st.sampled_from([0.01, 100.0]))
def test_the_currency_changes_nothing_but_the_unit(
    first: list[float], second: list[float], rate: float
) -> None:
    found = compare(Moments.of(first), Moments.of(second))
    turned = compare(
        Moments.of(np.multiply(first, rate)), Moments.of(np.multiply(second, rate))
    )
    assert (turned.low, turned.high) == pytest.approx(
        (found.low * rate, found.high * rate), rel=1e-6, abs=1e-6
    )
    assert turned.p_value == pytest.approx(found.p_value, abs=1e-6)


def test_a_ratio_is_compared_by_the_delta_method() -> None:
    """Orders a visit: by hand from each visitor's part in the ratio."""
    rng = np.random.default_rng(3)
    visits = rng.poisson(3, 4000) + 1.0
    orders = rng.binomial(visits.astype(int), 0.2).astype(float)
    halves = [(orders[:2000], visits[:2000]), (orders[2000:], visits[2000:])]
    found = compare(*(Moments.of(v, per=p) for v, p in halves), ratio=True)
    ratios = [v.sum() / p.sum() for v, p in halves]
    parts = [
        (v - ratio * p) / p.mean() for (v, p), ratio in zip(halves, ratios, strict=True)
    ]
    error = math.sqrt(sum(part.var(ddof=1) / 2000 for part in parts))
    assert (found.control, found.treatment) == pytest.approx(tuple(ratios))
    assert found.standard_error == pytest.approx(error)


def test_a_ratio_by_ones_is_a_mean() -> None:
    first, second = [0.0, 2.0, 5.0, 1.0], [3.0, 3.0, 4.0]
    mean = compare(Moments.of(first), Moments.of(second))
    ratio = compare(
        Moments.of(first, per=[1.0] * 4), Moments.of(second, per=[1.0] * 3), ratio=True
    )
    assert astuple(ratio) == pytest.approx(astuple(mean))


def test_adjusting_takes_out_what_the_time_before_explains() -> None:
    rng = np.random.default_rng(4)
    past = rng.normal(10, 3, (2, 5000))
    now = past + rng.normal(0, 1, (2, 5000)) + np.array([[0.0], [0.05]])
    arms = [Moments.of(n, before=b) for n, b in zip(now, past, strict=True)]
    plain, adjusted = compare(*arms), compare(*arms, adjust=True)
    correlation = np.corrcoef(
        np.concatenate(now - now.mean(1, keepdims=True)),
        np.concatenate(past - past.mean(1, keepdims=True)),
    )[0, 1]
    assert adjusted.cut == pytest.approx(correlation**2)
    assert adjusted.standard_error**2 == pytest.approx(
        plain.standard_error**2 * (1 - adjusted.cut), rel=1e-3
    )
    assert abs(adjusted.difference - 0.05) < abs(plain.difference - 0.05)


def test_adjusting_by_nothing_changes_nothing() -> None:
    arms = Moments.of([1.0, 2.0, 4.0]), Moments.of([2.0, 5.0])
    assert compare(*arms, adjust=True) == compare(*arms)


NOTHING = Effect(
    *([math.nan, -math.inf, math.inf] * 2), 1.0, math.nan, math.nan, math.nan, 0.0
)


@pytest.mark.parametrize("sequential", [False, True])
def test_without_visitors_nothing_is_known(sequential: bool) -> None:
    found = compare(Moments(), Moments(), sequential=sequential)
    assert astuple(found) == pytest.approx(astuple(NOTHING), nan_ok=True)
    assert not found.is_known
    assert not found.is_clear


@pytest.mark.parametrize("first", [[], [3.0], [0.0, 0.0]])
def test_as_long_as_nobody_differs_nothing_is_known(first: list[float]) -> None:
    found = compare(Moments.of(first), Moments.of([0.0, 0.0, 0.0]))
    assert (found.low, found.high, found.p_value) == (-math.inf, math.inf, 1.0)


def test_rounding_is_no_finding() -> None:
    visits = [1.0, 2.0, 3.0, 7.0]
    rate = Moments.of(np.multiply(visits, 0.1), per=visits)
    assert not compare(rate, rate + rate, ratio=True).is_known
    past = Moments.of(np.multiply(visits, 0.1), before=visits)
    assert not compare(past, past + past, adjust=True).is_known


def test_an_arm_that_sold_nothing_still_has_an_interval() -> None:
    found = compare(Moments.of([0.0] * 100), Moments.of([0.0] * 90 + [1.0] * 10))
    assert found.is_known
    assert found.difference == pytest.approx(0.1)
    assert math.isnan(found.relative)
    assert found.relative_high == math.inf


def test_a_difference_makes_a_sum() -> None:
    found = replace(NOTHING, difference=0.5, low=-0.1, high=1.1)
    assert found.total(200) == pytest.approx((100, -20, 220))


def test_days_are_compared_in_one_pass_as_one_by_one() -> None:
    rng = np.random.default_rng(5)
    days = [[Moments.of(rng.exponential(size=9)) for _ in range(4)] for _ in range(2)]
    together = over_time(*days, sequential=True)
    for found, one, other in zip(together, *days, strict=True):
        alone = compare(one, other, sequential=True)
        assert astuple(found) == pytest.approx(astuple(alone))
    assert over_time([], []) == []


def test_a_thousand_days_take_milliseconds() -> None:
    rng = np.random.default_rng(6)
    days = [Moments.of(rng.exponential(size=20)) for _ in range(1000)]
    over_time(days, days, sequential=True)
    began = time.perf_counter()
    over_time(days, days, sequential=True)
    assert time.perf_counter() - began < 0.2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ratio": True, "adjust": True}, "adjust: a ratio cannot"),
        ({"level": 95}, "level: between 0 and 1"),
        ({"planned": 0}, "planned: a positive number"),
    ],
)
def test_says_what_is_wrong(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare(Moments(), Moments(), **wrong)  # type: ignore[arg-type]

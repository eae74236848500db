from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.trials import COLUMNS, Moments

NUMBERS = st.lists(
    st.floats(-1e4, 1e4, allow_nan=False).map(lambda x: round(x, 2)),
    min_size=2,
    max_size=40,
)


def test_sums_of_visitors() -> None:
    sums = Moments.of([1.0, 2.0, 6.0], per=[1, 2, 3], before=[0, 4, 5])
    assert sums == Moments(
        units=3.0,
        value=9.0,
        value_value=41.0,
        per=6.0,
        per_per=14.0,
        value_per=23.0,
        before=9.0,
        before_before=41.0,
        value_before=38.0,
    )
    assert (sums.mean, sums.mean_per, sums.mean_before) == (3.0, 2.0, 3.0)
    assert sums.ratio == 1.5
    assert (sums.variance, sums.variance_per, sums.variance_before) == (7.0, 1.0, 7.0)
    assert (sums.covariance_per, sums.covariance_before) == (2.5, 5.5)


def test_what_is_not_given_sums_to_nothing() -> None:
    assert Moments.of([3.0, 4.0]) == Moments(units=2.0, value=7.0, value_value=25.0)
    assert Moments.of([]) == Moments()


def test_nobody_and_one_visitor_have_no_mean_or_variance() -> None:
    assert math.isnan(Moments().mean)
    assert math.isnan(Moments().ratio)
    one = Moments.of([3.0])
    assert one.mean == 3.0
    assert math.isnan(one.variance)


@given(NUMBERS, NUMBERS)
def test_sums_of_two_crowds_are_those_of_both_together(
    first: list[float], second: list[float]
) -> None:
    apart = Moments.of(first, per=first, before=second[:1] * len(first)) + Moments.of(
        second, per=second, before=second
    )
    whole = Moments.of(
        first + second,
        per=first + second,
        before=second[:1] * len(first) + second,
    )
    for name in COLUMNS:
        assert getattr(apart, name) == pytest.approx(getattr(whole, name), abs=1e-3)


@given(NUMBERS)
def test_variance_is_the_unbiased_one(values: list[float]) -> None:
    found = Moments.of(values).variance
    assert found == pytest.approx(np.var(values, ddof=1), rel=1e-6, abs=1e-3)


def test_rounding_makes_no_variance_where_nobody_differs() -> None:
    for amount in (0.07, 19.99, 1e8 + 0.1):
        assert Moments.of([amount] * 7).variance == 0


def test_many_are_stacked_into_arrays() -> None:
    both = Moments.stacked([Moments.of([1.0, 3.0]), Moments.of([5.0])])
    np.testing.assert_array_equal(both.units, [2, 1])
    np.testing.assert_array_equal(both.mean, [2, 5])
    np.testing.assert_array_equal(both.variance, [2, np.nan])
    assert np.shape(Moments.stacked([]).units) == (0,)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"values": [1.0, math.nan]}, "values: every number must be finite"),
        ({"values": [1.0], "per": [1.0, 2.0]}, "per: 2 numbers for 1 visitors"),
        ({"values": [1.0], "before": [math.inf]}, "before: every number must"),
        ({"values": [[1.0]]}, "values: one number a visitor, not 2 dimensions"),
    ],
)
def test_says_what_is_wrong(wrong: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Moments.of(**wrong)

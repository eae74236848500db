"""What a forecast owes to arithmetic: units, a level added, who stands beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.holt_winters import HoltWinters
from shop_personalize.ml.forecast.intermittent import ADIDA, IMAPA, SBA, TSB, Croston
from shop_personalize.ml.forecast.naive import (
    MovingAverage,
    MovingMedian,
    Naive,
    SeasonalNaive,
)
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.smoothing import SES, Damped, Holt
from shop_personalize.ml.forecast.temporal import Aggregated
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta

Build = Callable[[], Forecaster]
SEASON = 3
LINEAR: list[Build] = [
    Naive,
    SeasonalNaive,
    MovingAverage,
    MovingMedian,
    SES,
    Holt,
    Damped,
    Theta,
    DynamicTheta,
    HoltWinters,
    lambda: Aggregated(SES(), periods=2),
]
"""A level added to the values is added to the forecast."""
ALONE: list[Build] = [*LINEAR, Croston, SBA, TSB, ADIDA, IMAPA]
"""Each series speaks for itself."""


def drawn(seed: int, n: int = 4) -> NDArray[np.float64]:
    """Series of 1 to 25 periods around a level, some with a trend."""
    draw = np.random.default_rng(seed)
    steps = np.arange(25)
    values = 40 + draw.normal(0, 1, (n, 1)) * steps + draw.normal(0, 5, (n, 25))
    values[steps < draw.integers(0, 25, (n, 1))] = np.nan
    return values


def said(build: Build, values: NDArray[np.float64]) -> FloatMatrix:
    made = build()
    made.floor = None
    return made.fit(Panel(values, season=SEASON)).predict(7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([2.0**-30, 8.0, 2.0**40]))
@pytest.mark.parametrize("build", ALONE, ids=lambda build: build().name)
def test_in_another_unit_it_is_the_same(build: Build, seed: int, unit: float) -> None:
    values = np.abs(drawn(seed))
    np.testing.assert_allclose(
        said(build, values * unit) / unit, said(build, values), rtol=1e-9, atol=1e-9
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([-100.0, 1024.0]))
@pytest.mark.parametrize("build", LINEAR, ids=lambda build: build().name)
def test_a_level_more_is_a_level_more(build: Build, seed: int, level: float) -> None:
    values = drawn(seed)
    np.testing.assert_allclose(
        said(build, values + level) - level, said(build, values), rtol=1e-6, atol=1e-6
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31))
@pytest.mark.parametrize("build", ALONE, ids=lambda build: build().name)
def test_who_stands_beside_it_does_not_matter(build: Build, seed: int) -> None:
    values = np.abs(drawn(seed))
    together = said(build, values)
    alone = [said(build, values[[row]])[0] for row in range(len(values))]
    np.testing.assert_allclose(together, alone, rtol=1e-9, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 30))
@pytest.mark.parametrize("build", ALONE, ids=lambda build: build().name)
def test_periods_before_anything_was_known_do_not_matter(
    build: Build, seed: int, before: int
) -> None:
    values = np.abs(drawn(seed))
    longer = np.pad(values, ((0, 0), (before, 0)), constant_values=np.nan)
    np.testing.assert_allclose(
        said(build, longer), said(build, values), rtol=1e-9, atol=1e-9
    )

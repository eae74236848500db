"""No band leaves out the forecast it is about."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.naive import MovingAverage, Naive
from shop_personalize.ml.forecast.panel import Panel


def test_of_what_seldom_sells_the_band_reaches_the_mean() -> None:
    """One period in sixteen: nine of ten are empty, and the mean is more than that."""
    sold = (np.arange(64) % 16 == 5).astype(float)
    panel = Panel(np.stack([np.roll(sold, shift) for shift in range(16)]))
    found = Calibrated(MovingAverage(16), levels=(0.5, 0.8)).fit(panel).predict(8)
    assert (found.mean == 1 / 16).all()
    np.testing.assert_array_equal(found.upper, np.full((2, 16, 8), 1 / 16))
    assert (found.lower < 1 / 16).all()


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.integers(1, 30), st.sampled_from([0.05, 2.0, 1e9]))
def test_wider_bands_hold_narrower_ones_and_all_the_mean(
    seed: int, periods: int, level: float
) -> None:
    draw = np.random.default_rng(seed)
    panel = Panel(draw.poisson(level, (5, periods)).astype(float), season=4)
    found = Calibrated(Naive(), levels=(0.5, 0.8, 0.95)).fit(panel).predict(20)
    assert (found.lower <= found.mean).all()
    assert (found.mean <= found.upper).all()
    assert (np.diff(found.lower, axis=0) <= 0).all()
    assert (np.diff(found.upper, axis=0) >= 0).all()

"""Means of what is known, and of changes, each told in one place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.forecast import errors
from shop_personalize.ml.forecast.lengths import changes, known_lengths, known_means
from shop_personalize.ml.forecast.naive import seasonal_error
from shop_personalize.ml.forecast.panel import Panel

N = np.nan


def test_nothing_known_has_no_mean() -> None:
    found = known_means(np.array([[1.0, N, 3.0], [N, N, N], [N, 0.0, N]]))
    np.testing.assert_array_equal(found, [2.0, N, 0.0])
    assert np.isnan(known_means(np.empty((2, 0)))).all()


def test_a_series_no_longer_than_a_season_changes_from_period_to_period() -> None:
    values = np.array([[1.0, 4, 2, 8], [N, N, 4, 5], [N, N, N, 5]])
    found = changes(values, known_lengths(values), 2)
    np.testing.assert_array_equal(found, [(1 + 4) / 2, 1.0, N])


@given(st.integers(0, 2**31), st.integers(1, 5))
def test_mase_has_the_scale_of_the_seasonal_error(seed: int, season: int) -> None:
    past = np.random.default_rng(seed).normal(0, 9, (3, 12))
    truth, forecast = np.zeros((3, 2)), np.ones((3, 2))
    scale = seasonal_error(Panel(past, season=season))[:, 0]
    found = errors.mase(truth, forecast, past, season)
    np.testing.assert_allclose(found, 1 / scale)

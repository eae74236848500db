from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.naive import (
    MovingAverage,
    MovingMedian,
    Naive,
    SeasonalNaive,
    seasonal_error,
)
from shop_personalize.ml.forecast.panel import Panel, PanelError

NAN = np.nan
PANEL = Panel(np.array([[1.0, 2, 3, 4, 8], [NAN, NAN, NAN, 5, 7]]), season=3)


def test_naive_repeats_the_last_value() -> None:
    found = Naive().fit(PANEL).predict(2)
    np.testing.assert_array_equal(found, [[8, 8], [7, 7]])


def test_a_season_is_repeated_and_what_is_missing_of_it_is_the_last_value() -> None:
    found = SeasonalNaive().fit(PANEL).predict(4)
    np.testing.assert_array_equal(found, [[3, 4, 8, 3], [7, 5, 7, 7]])


def test_a_past_shorter_than_a_season_keeps_its_place_in_the_season() -> None:
    panel = Panel(np.array([[4.0, 6.0]]), season=5)
    found = SeasonalNaive().fit(panel).predict(6)
    np.testing.assert_array_equal(found, [[6, 6, 6, 4, 6, 6]])


def test_mean_and_median_of_a_window_or_of_what_there_is() -> None:
    mean = MovingAverage(3).fit(PANEL).predict(2)
    np.testing.assert_array_equal(mean, [[5, 5], [6, 6]])
    median = MovingMedian(3).fit(PANEL).predict(2)
    np.testing.assert_array_equal(median, [[4, 4], [6, 6]])
    whole = MovingAverage(50).fit(PANEL).predict(1)
    np.testing.assert_allclose(whole, [[3.6], [6]])


@pytest.mark.parametrize("make", [MovingAverage, MovingMedian])
def test_a_window_of_nothing_is_an_error(
    make: type[MovingAverage] | type[MovingMedian],
) -> None:
    with pytest.raises(PanelError, match="window must be 1 or more periods, not 0"):
        make(0).fit(PANEL)


def test_the_seasonal_error_is_that_of_a_season_ago() -> None:
    values = np.array([[1.0, 3, 2, 6], [NAN, NAN, 2, 9], [NAN, NAN, NAN, 4]])
    np.testing.assert_array_equal(
        seasonal_error(Panel(values, season=2)), [[2.0], [7.0], [NAN]]
    )

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.combined import (
    Combined,
    Deseasonalized,
    default_members,
)
from shop_personalize.ml.forecast.naive import MovingAverage, Naive
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.smoothing import Holt
from shop_personalize.ml.forecast.temporal import Aggregated


def test_the_last_block_ends_now() -> None:
    values = np.r_[99.0, np.arange(32.0)][None]
    found = Aggregated(Naive(), periods=4).fit(Panel(values)).predict(3)
    np.testing.assert_array_equal(found, [[29.5, 29.5, 29.5]])


@pytest.mark.parametrize("periods", [2, 3, 4])
def test_a_line_goes_on(periods: int) -> None:
    line = 7 + 2.0 * np.arange(40)[None]
    found = Aggregated(Holt(), periods).fit(Panel(line[:, :33])).predict(7)
    np.testing.assert_allclose(found, line[:, 33:], rtol=1e-6)


def test_what_has_few_blocks_is_forecast_by_its_periods() -> None:
    values = np.arange(32.0) + np.zeros((3, 1))
    values[1, 0] = np.nan
    found = Aggregated(MovingAverage(1)).fit(Panel(values)).predict(1)
    np.testing.assert_array_equal(found, [[29.5], [31], [29.5]])


def test_a_block_of_one_is_an_error() -> None:
    with pytest.raises(PanelError, match="periods must be 2 or more, not 1"):
        Aggregated(Naive(), periods=1).fit(Panel(np.ones((1, 20))))


def test_with_twelve_periods_in_a_season_half_of_the_forecast_is_of_blocks() -> None:
    draw = np.random.default_rng(0)
    year = 1 + 0.3 * np.sin(np.arange(60) * np.pi / 6)
    panel = Panel(year * (50 + draw.normal(0, 1, (4, 60)).cumsum(axis=1)), season=12)
    usual = Combined(default_members())
    expected = [
        Deseasonalized(each).fit(panel).predict(5)
        for each in (usual, Aggregated(Combined(default_members())))
    ]
    np.testing.assert_allclose(
        Combined().fit(panel).predict(5), np.mean(expected, axis=0), rtol=1e-12
    )

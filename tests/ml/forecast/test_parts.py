"""Parts sum to the series, and find what was put in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.parts import Parts, ahead, split

STEPS = np.arange(84)
WEEKDAY = np.array([-3.0, -2, -1, 0, 1, 2, 3])
SALE = (STEPS % 30 == 20).astype(float)


def summed(parts: Parts) -> np.ndarray:
    return parts.trend + parts.season + sum(parts.events.values()) + parts.rest


def test_finds_the_trend_the_week_and_the_event() -> None:
    series = 50 + 0.1 * STEPS + WEEKDAY[STEPS % 7] + 40 * SALE
    panel = Panel(series[None], season=7)
    parts = split(panel, {"sale": SALE})
    np.testing.assert_allclose(summed(parts)[0], series, rtol=1e-12)
    middle = slice(7, -7)
    np.testing.assert_allclose(
        parts.trend[0, middle], (50 + 0.1 * STEPS)[middle], atol=1.2
    )
    # A week seen 12 times is believed 12/13, an event seen 3 times 3/5.
    np.testing.assert_allclose(
        parts.profile[0], np.roll(WEEKDAY, -(84 % 7)) * 12 / 13, atol=0.4
    )
    assert parts.effects[0, 0] == pytest.approx(40 * 3 / 5, rel=0.06)


def test_two_weeks_show_a_week_and_less_does_not() -> None:
    short = Panel((10 + WEEKDAY[np.arange(13) % 7])[None], season=7)
    assert (split(short).profile == 0).all()
    assert (split(Panel(short.values[:, :5])).season == 0).all()


@given(st.integers(0, 2**31), st.integers(1, 60))
def test_parts_sum_to_the_series_exactly(seed: int, begun: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.poisson(3, (2, 60)).astype(float)
    values[0, :begun] = np.nan
    if begun == 60:
        values[0, -1] = 4.0
    panel = Panel(values, season=7)
    event = draw.integers(0, 2, 70).astype(float)
    parts = split(panel, {"event": event})
    np.testing.assert_allclose(summed(parts), values, atol=1e-9)
    forecast = draw.gamma(2, 2, (2, 10))
    coming = ahead(panel, parts, forecast, {"event": event})
    np.testing.assert_allclose(summed(coming), forecast, atol=1e-9)


def test_the_season_goes_on_where_it_was() -> None:
    panel = Panel((10 + WEEKDAY[np.arange(30) % 7])[None], season=7)
    coming = ahead(panel, split(panel), np.full((1, 7), 10.0))
    found = coming.season[0]
    np.testing.assert_array_equal(
        np.argsort(found), np.argsort(WEEKDAY[np.arange(30, 37) % 7])
    )


def test_gaps_and_short_events_are_named() -> None:
    with pytest.raises(PanelError, match="fill the gaps first"):
        split(Panel(np.array([[1.0, np.nan, 2.0]])))
    with pytest.raises(PanelError, match=r"event 'sale' is \(1, 2\)"):
        split(Panel(np.ones((1, 3))), {"sale": np.ones(2)})

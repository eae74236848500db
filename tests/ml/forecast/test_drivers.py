"""The regression on drivers finds what made the sales, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from shop_personalize.ml.forecast.calendar import (
    calendar_drivers,
    days_from,
    event_drivers,
)
from shop_personalize.ml.forecast.combined import OnLogs
from shop_personalize.ml.forecast.drivers import DAMPING, DriverRegression
from shop_personalize.ml.forecast.panel import Panel, PanelError

WEAK = 1e-9
"""So little is drawn to nothing that least squares is what remains."""


def promoted(periods: int = 30, ahead: int = 4) -> Panel:
    """10 and 20 a period, 5 and 8 more in every third."""
    promotion = (np.arange(periods + ahead) % 3 == 0).astype(np.float64)
    values = np.array([[10.0], [20.0]]) + np.outer([5.0, 8.0], promotion[:periods])
    return Panel(values, drivers={"promo": promotion})


def test_finds_what_a_promotion_adds() -> None:
    made = DriverRegression(shrink=WEAK).fit(promoted())
    np.testing.assert_allclose(made.effects_["promo"], [5.0, 8.0], rtol=1e-6)
    np.testing.assert_allclose(
        made.predict(4), [[15, 10, 10, 15], [28, 20, 20, 28]], rtol=1e-6
    )


def test_is_weighted_ridge_regression() -> None:
    """Against the normal equations, written out for one series."""
    draw = np.random.default_rng(3)
    price, values = draw.uniform(5, 9, 45), draw.poisson(20.0, 40).astype(float)
    panel = Panel(values[None], season=1, drivers={"price": price})
    weight = 0.5 ** (np.arange(40)[::-1] / 10)
    columns = np.column_stack([np.arange(40.0), price[:40]])
    mean, level = np.average(columns, 0, weight), np.average(values, weights=weight)
    spread = np.sqrt(np.average((columns - mean) ** 2, 0, weight))
    table = (columns - mean) / spread
    power = table.T @ (weight[:, None] * table) + 3.0 * np.eye(2)
    effects = np.linalg.solve(power, table.T @ (weight * (values - level))) / spread
    made = DriverRegression(shrink=3.0, half_life=10.0).fit(panel)
    assert made.effects_["price"].tolist() == pytest.approx([effects[1]])
    trend = 39 + np.cumsum(DAMPING ** np.arange(1, 6))
    ahead = np.column_stack([trend, price[40:]])
    np.testing.assert_allclose(made.predict(5)[0], level + (ahead - mean) @ effects)


def test_a_penalty_draws_effects_to_nothing() -> None:
    found = [
        DriverRegression(shrink=shrink).fit(promoted()).effects_["promo"][0]
        for shrink in (WEAK, 4.0, 1e9)
    ]
    assert found[0] == pytest.approx(5.0)
    assert 0 < found[1] < found[0]
    assert found[2] == pytest.approx(0.0, abs=1e-5)


def test_a_short_season_is_told_by_position() -> None:
    values = np.tile([1.0, 2.0, 3.0, 6.0], 10)[None]
    made = DriverRegression(shrink=WEAK).fit(Panel(values, season=4))
    np.testing.assert_allclose(made.predict(5), [[1, 2, 3, 6, 1]], rtol=1e-5)


def test_a_long_season_is_told_by_waves() -> None:
    steps = np.arange(104 + 13)
    wave = 50 + 20 * np.sin(2 * np.pi * steps / 52)
    made = DriverRegression(shrink=WEAK).fit(Panel(wave[None, :104], season=52))
    np.testing.assert_allclose(made.predict(13)[0], wave[104:], rtol=1e-5)


def test_a_series_shorter_than_two_seasons_has_none() -> None:
    values = np.full((2, 10), np.nan)
    values[0] = np.tile([1.0, 3.0], 5)
    values[1, 7:] = [1.0, 3.0, 1.0]
    made = DriverRegression(shrink=WEAK, half_life=None).fit(Panel(values, season=2))
    np.testing.assert_allclose(made.predict(2)[0], [1, 3], atol=1e-5)
    np.testing.assert_allclose(made.predict(2)[1], [5 / 3, 5 / 3], rtol=1e-6)


def test_on_logarithms_the_effect_of_a_price_is_its_elasticity() -> None:
    draw = np.random.default_rng(7)
    price = draw.uniform(4, 6, (1, 63))
    values = 1000 * price[:, :60] ** -2.0
    panel = Panel(values, drivers={"log price": np.log(price)})
    made = OnLogs(DriverRegression(shrink=WEAK)).fit(panel)
    np.testing.assert_allclose(made.predict(3), 1000 * price[:, 60:] ** -2.0, rtol=1e-4)


def test_an_effect_never_seen_is_not_known() -> None:
    values = np.full((2, 12), 4.0)
    values[1, :6] = np.nan
    promotion = np.zeros(14)
    promotion[2] = 1
    panel = Panel(values, drivers={"promo": promotion})
    effects = DriverRegression().fit(panel).effects_["promo"]
    assert effects[0] == pytest.approx(0.0)
    assert np.isnan(effects[1])


def test_uses_only_the_named_drivers() -> None:
    panel = promoted()
    panel = replace(panel, drivers={**panel.drivers, "noise": np.full(34, np.nan)})
    made = DriverRegression(drivers=("promo",), shrink=WEAK).fit(panel)
    assert list(made.effects_) == ["promo"]


def test_many_series_are_solved_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(1)
    panel = Panel(
        draw.poisson(9.0, (7, 40)).astype(float),
        season=4,
        drivers={"price": draw.uniform(1, 2, (7, 43))},
    )
    whole = DriverRegression().fit(panel)
    expected, effects = whole.predict(3), whole.effects_["price"]
    monkeypatch.setattr("shop_personalize.ml.forecast.drivers.BLOCK", 3)
    parts = DriverRegression().fit(panel)
    np.testing.assert_allclose(parts.predict(3), expected, rtol=1e-12)
    np.testing.assert_allclose(parts.effects_["price"], effects, rtol=1e-12)


def test_says_what_is_wrong() -> None:
    panel = promoted()
    with pytest.raises(PanelError, match="no driver 'price'; the panel has: promo"):
        DriverRegression(drivers=("price",)).fit(panel)
    with pytest.raises(PanelError, match="shrink must be above 0, not 0"):
        DriverRegression(shrink=0).fit(panel)
    with pytest.raises(PanelError, match="'promo' ends 2 periods before the horizon"):
        DriverRegression().fit(panel).predict(6)
    price = np.ones((2, 34))
    price[1, 7] = np.nan
    unknown = replace(panel, drivers={"price": price})
    with pytest.raises(PanelError, match="'price' is nan for series 1 in period 7"):
        DriverRegression().fit(unknown)


def test_days_are_told_as_a_calendar_shows_them() -> None:
    found = calendar_drivers(days_from(date(2020, 12, 30), 6))
    assert {name: values.tolist() for name, values in found.items()} == {
        "weekday": [2, 3, 4, 5, 6, 0],
        "day": [30, 31, 1, 2, 3, 4],
        "month": [12, 12, 1, 1, 1, 1],
        "year": [2020, 2020, 2021, 2021, 2021, 2021],
        "day of year": [365, 366, 1, 2, 3, 4],
        "week": [53, 53, 53, 53, 53, 1],
        "time": [0, 1, 2, 3, 4, 5],
    }


def test_weeks_are_those_of_iso_8601() -> None:
    days = days_from(date(1968, 1, 1), 5000)
    expected = [day.isocalendar().week for day in days.astype(object)]
    assert calendar_drivers(days)["week"].tolist() == expected


def test_events_tell_how_far_away_they_are() -> None:
    days = days_from(date(2024, 12, 23), 4)
    events = {"Christmas": [date(2024, 12, 25), date(2023, 12, 25)]}
    found = event_drivers(days, events)
    assert found["days until Christmas"].tolist() == [2, 1, 0, 60]
    assert found["days since Christmas"].tolist() == [60, 60, 0, 1]
    with pytest.raises(PanelError, match="event 'Easter' has no date"):
        event_drivers(days, {"Easter": []})

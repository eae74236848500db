"""What every forecaster of the catalog promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster, NotFittedError
from shop_personalize.ml.forecast.catalog import FORECASTERS
from shop_personalize.ml.forecast.combined import Combined, Deseasonalized, OnLogs
from shop_personalize.ml.forecast.holt_winters import HoltWinters
from shop_personalize.ml.forecast.naive import Naive
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.smoothing import SES, Damped, Holt
from shop_personalize.ml.forecast.temporal import Aggregated
from shop_personalize.ml.forecast.theta import Theta

HORIZON = 5
SEASON = 4
PERIODS = 40

Build = Callable[[], Forecaster]
MADE_OF_OTHERS: dict[str, Build] = {
    "on logs": lambda: OnLogs(Holt()),
    "deseasonalized": lambda: Deseasonalized(SES()),
    "aggregated": lambda: Aggregated(Damped(), periods=2),
    "median of three": lambda: Combined([Naive(), SES(), Theta()], how="median"),
    "multiplicative": lambda: HoltWinters(multiplicative=True),
}
ALL = FORECASTERS | MADE_OF_OTHERS
each = pytest.mark.parametrize("build", ALL.values(), ids=list(ALL))


def panel_of(values: Any, season: int = SEASON) -> Panel:
    table = np.array(values, np.float64)
    price = 10 + np.sin(np.arange(table.shape[1] + HORIZON))
    return Panel(table, season=season, drivers={"price": price})


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Seasonal, growing, rarely sold, begun late, never sold, always the same."""
    draw = np.random.default_rng(5)
    steps = np.arange(PERIODS)
    late = np.where(steps < 25, np.nan, 4.0 + steps % 3)
    newest = np.where(steps < PERIODS - 1, np.nan, 7.0)
    return panel_of(
        [
            50 + 20 * np.sin(steps * np.pi / 2) + draw.normal(0, 3, PERIODS),
            5 + steps + draw.normal(0, 1, PERIODS),
            draw.poisson(0.4, PERIODS),
            late,
            newest,
            np.zeros(PERIODS),
            np.full(PERIODS, 12.0),
            100 + draw.normal(0, 10, PERIODS).cumsum(),
        ]
    )


@each
def test_gives_a_finite_number_a_period(build: Build, panel: Panel) -> None:
    found = build().fit(panel).predict(HORIZON)
    assert found.shape == (len(panel), HORIZON)
    assert found.dtype == np.float64
    assert np.isfinite(found).all()
    assert (found >= 0).all()


@each
def test_what_never_sold_is_not_expected_to(build: Build, panel: Panel) -> None:
    found = build().fit(panel).predict(HORIZON)
    np.testing.assert_allclose(found[5], 0.0, atol=1e-6)


@each
def test_what_never_changed_goes_on(build: Build, panel: Panel) -> None:
    made = build()
    found = made.fit(panel).predict(HORIZON)
    np.testing.assert_allclose(found[6], 12.0, rtol=0.1 if made.learns_across else 1e-6)


@each
@pytest.mark.parametrize("values", [[[3.0]], [[0.0]], [[2.0, 2.0]], [[np.nan, 5.0]]])
def test_little_is_enough(build: Build, values: list[list[float]]) -> None:
    found = build().fit(panel_of(values)).predict(HORIZON)
    np.testing.assert_allclose(found, np.full((1, HORIZON), values[0][-1]), rtol=1e-6)


@each
def test_a_season_longer_than_the_past_is_no_season(build: Build) -> None:
    values = [[3.0, 5.0, 4.0, 6.0, 5.0, 4.0, 5.0, 4.0, 6.0]]
    found = build().fit(panel_of(values, season=52)).predict(HORIZON)
    assert found.shape == (1, HORIZON)
    assert ((found > 2) & (found < 8)).all()


@each
@pytest.mark.parametrize("factor", [0.25, 1024.0])
def test_the_unit_does_not_matter(build: Build, panel: Panel, factor: float) -> None:
    made = build()
    if not made.is_scale_equivariant:
        pytest.skip("counts things and says so")
    small = made.fit(panel).predict(HORIZON)
    large = build().fit(replace(panel, values=panel.values * factor)).predict(HORIZON)
    tolerance = 0.05 if made.learns_across else 1e-6
    np.testing.assert_allclose(
        large, small * factor, rtol=tolerance, atol=tolerance * factor
    )


@each
def test_the_order_of_the_series_does_not_matter(build: Build, panel: Panel) -> None:
    made = build()
    order = np.array([3, 0, 7, 5, 1, 6, 2, 4])
    found = build().fit(panel.take(order)).predict(HORIZON)
    expected = made.fit(panel).predict(HORIZON)[order]
    tolerance = 0.05 if made.learns_across else 1e-9
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@each
def test_twice_is_the_same(build: Build, panel: Panel) -> None:
    made = build().fit(panel)
    first = made.predict(HORIZON)
    np.testing.assert_array_equal(made.predict(HORIZON), first)
    np.testing.assert_array_equal(made.fit(panel).predict(HORIZON), first)
    np.testing.assert_array_equal(build().fit(panel).predict(HORIZON), first)


@each
def test_a_shorter_horizon_is_the_beginning(build: Build, panel: Panel) -> None:
    made = build()
    if made.learns_across:
        pytest.skip("learns for the horizon it is asked for")
    made.fit(panel)
    np.testing.assert_allclose(
        made.predict(2), made.predict(HORIZON)[:, :2], rtol=1e-12
    )


@each
def test_an_unknown_period_is_an_error(build: Build, panel: Panel) -> None:
    values = panel.values.copy()
    values[2, 17] = np.nan
    with pytest.raises(PanelError, match="series 2 has 1 unknown periods"):
        build().fit(replace(panel, values=values))


@each
def test_no_series_and_no_value_are_errors(build: Build) -> None:
    with pytest.raises(PanelError, match="no series"):
        build().fit(panel_of(np.empty((0, 4))))
    with pytest.raises(PanelError, match="series 1 has no known value"):
        build().fit(panel_of([[1.0, 2.0], [np.nan, np.nan]]))


@each
def test_fit_comes_first(build: Build, panel: Panel) -> None:
    made = build()
    assert [name for name in vars(made) if name.endswith("_")] == []
    with pytest.raises(NotFittedError, match="fit"):
        made.predict(HORIZON)
    with pytest.raises(PanelError, match="horizon must be 1 or more"):
        made.fit(panel).predict(0)


@each
def test_fit_leaves_what_it_was_given(build: Build, panel: Panel) -> None:
    made = build()
    given, values = dict(vars(made)), panel.values.copy()
    assert made.fit(panel) is made
    now = {name: value for name, value in vars(made).items() if name[-1] != "_"}
    assert now == given
    np.testing.assert_array_equal(panel.values, values)


def test_names_are_those_of_the_catalog() -> None:
    names = [build().name for build in FORECASTERS.values()]
    assert len(set(names)) == len(names)

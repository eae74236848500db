from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from shop_personalize.ml.forecast.holt_winters import HoltWinters
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.smoothing import SES, Damped, Holt

Vector = NDArray[np.float64]

LEVELS = (0.1, 0.4, 0.8)
TRENDS = (0.0, 0.2)
DAMPINGS = (0.8, 0.95)


def one(values: object, season: int = 1) -> Panel:
    return Panel(np.atleast_2d(np.array(values, np.float64)), season)


def errors(y: Vector, state: Vector, given: tuple[float, float, float]) -> Vector:
    """The plain recursion; the forecasts' errors, then the last level and slope."""
    alpha, beta, phi = given
    level, slope = state
    found = []
    for value in y:
        error = value - level - phi * slope
        level = level + phi * slope + alpha * error
        slope = phi * slope + beta * error
        found.append(error)
    return np.array([*found, level, slope])


def expected(y: Vector, horizon: int, *, slope: bool) -> Vector:
    """The forecast under the best of all parameters, each fitted by least squares."""
    best = np.inf
    for alpha, trend, phi in itertools.product(LEVELS, TRENDS, DAMPINGS):
        given = (alpha, alpha * trend if slope else 0.0, phi if slope else 0.0)
        start = errors(y, np.zeros(2), given)
        unit = np.array([errors(y, each, given) - start for each in np.eye(2)]).T
        used = unit[:-2] if slope else unit[:-2, :1]
        state = np.zeros(2)
        state[: used.shape[1]] = np.linalg.lstsq(used, -start[:-2], rcond=None)[0]
        *left, level, last = errors(y, state, given)
        if (error := float(np.square(left).sum())) < best:
            best = error
            powers = given[2] ** np.arange(1, horizon + 1)
            found = level + last * powers.cumsum()
    return found


def series(length: int, seed: int) -> Vector:
    draw = np.random.default_rng(seed)
    return 50 + draw.normal(0.5, 4, length).cumsum()


@pytest.mark.parametrize("length", [5, 9, 30])
def test_the_first_states_and_parameters_are_the_best(length: int) -> None:
    y = series(length, length)
    flat = SES(LEVELS).fit(one(y)).predict(4)[0]
    np.testing.assert_allclose(flat, expected(y, 4, slope=False), rtol=1e-6)
    damped = Damped(LEVELS, TRENDS, DAMPINGS).fit(one(y)).predict(4)[0]
    np.testing.assert_allclose(damped, expected(y, 4, slope=True), rtol=1e-6)


def test_series_of_all_lengths_are_forecast_as_alone() -> None:
    many = np.full((40, 60), np.nan)
    for row in range(40):
        many[row, 60 - (1 + row) :] = series(1 + row, row)
    together = Damped().fit(Panel(many)).predict(3)
    for row in (0, 3, 4, 17, 39):
        alone = Damped().fit(one(many[row, 59 - row :])).predict(3)
        np.testing.assert_allclose(together[row], alone[0], rtol=1e-9)


def test_a_line_goes_on_and_a_damped_one_less_and_less() -> None:
    line = 3 + 2 * np.arange(20.0)
    np.testing.assert_allclose(
        Holt().fit(one(line)).predict(3)[0], [43, 45, 47], rtol=1e-6
    )
    steps = np.diff(Damped().fit(one(line)).predict(4)[0])
    assert (np.diff(steps) < 0).all()
    assert (steps > 0).all()


def test_two_values_are_no_trend() -> None:
    found = Holt().fit(one([[4.0, 8.0]])).predict(3)[0]
    assert found[0] == found[2]


def test_a_level_that_forgets_all_is_the_last_value() -> None:
    assert SES((1.0,)).fit(one([3.0, 9, 4, 6, 7])).predict(1)[0, 0] == pytest.approx(7)


SEASONS = np.array([4.0, -3.0, 1.0, -2.0])


@pytest.mark.parametrize("length", [10, 11, 12, 25])
def test_a_season_on_a_line_goes_on(length: int) -> None:
    steps = np.arange(length + 6)
    y = 100 + SEASONS[steps % 4] * 5
    found = HoltWinters().fit(one(y[:length], season=4)).predict(6)[0]
    np.testing.assert_allclose(found, y[length:], rtol=1e-5)


def test_a_season_of_growth_goes_on_in_proportion() -> None:
    steps = np.arange(46)
    y = 50 * np.exp(0.1 * SEASONS[steps % 4])
    found = HoltWinters(multiplicative=True).fit(one(y[:40], season=4)).predict(6)[0]
    np.testing.assert_allclose(found, y[40:], rtol=1e-5)


def test_a_season_that_changed_is_followed() -> None:
    steps = np.arange(84)
    sign = np.where(steps < 40, 1, -1)
    y = 100 + sign * SEASONS[steps % 4] * 5
    found = HoltWinters().fit(one(y[:80], season=4)).predict(4)[0]
    assert np.abs(found - y[80:]).max() < 2
    assert np.abs(found - 100).max() > 10


def test_less_than_two_seasons_are_forecast_without() -> None:
    y = series(9, 3)
    found = HoltWinters().fit(one(y, season=4)).predict(5)
    np.testing.assert_array_equal(found, Damped().fit(one(y)).predict(5))
    values = np.stack([np.r_[np.full(16, np.nan), y], series(25, 4)])
    both = HoltWinters().fit(Panel(values, season=4)).predict(5)
    np.testing.assert_allclose(both[0], found[0], rtol=1e-12)
    assert np.ptp(np.diff(both[1])) > 0


def test_what_fell_to_nothing_is_not_less() -> None:
    y = np.r_[np.arange(30.0, 0, -1), 0, 0]
    assert (Holt().fit(one(y)).predict(9) >= 0).all()
    free = Holt()
    free.floor = None
    assert free.fit(one(y)).predict(9).min() < 0

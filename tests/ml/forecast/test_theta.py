from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta

Vector = NDArray[np.float64]

LEVELS = (0.1, 0.3, 0.6)
Y = 80 + np.random.default_rng(2).normal(0.4, 5, 24).cumsum()


def one(values: Vector) -> Panel:
    return Panel(np.atleast_2d(values))


def smoothed(y: Vector, alpha: float, first: float) -> Vector:
    """The level before each value and after the last."""
    found = [first]
    for value in y:
        found.append(found[-1] + alpha * (value - found[-1]))
    return np.array(found)


def solved(part: Vector, unit: Vector, y: Vector) -> tuple[Vector, float]:
    """The weights of the columns of ``unit`` that leave the least squared error."""
    weights = np.linalg.lstsq(unit, y - part, rcond=None)[0]
    return weights, float(np.square(y - part - unit @ weights).sum())


def test_it_is_half_the_line_and_half_the_smoothed_double_of_it() -> None:
    steps = np.arange(1, len(Y) + 4)
    slope, intercept = np.polyfit(steps[: len(Y)], Y, 1)
    line = intercept + slope * steps
    bent = 2 * Y - line[: len(Y)]
    best = np.inf
    for alpha in LEVELS:
        start = smoothed(bent, alpha, 0.0)
        unit = smoothed(bent, alpha, 1.0) - start
        half = 0.5 * start[:-1] + 0.5 * line[: len(Y)]
        (first,), error = solved(half, 0.5 * unit[:-1, None], Y)
        if error < best:
            best = error
            expected = 0.5 * (start[-1] + first * unit[-1]) + 0.5 * line[len(Y) :]
    found = Theta(levels=LEVELS).fit(one(Y)).predict(3)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("skip", [1, 2, 3])
def test_the_line_moves_on_and_its_weight_is_the_best(skip: int) -> None:
    alpha = 0.3
    start = smoothed(Y, alpha, 0.0)
    unit = smoothed(Y, alpha, 1.0) - start
    pull = [0.0]
    for count in range(1, len(Y) + 1):
        steps = np.arange(1, count + 1)
        slope, intercept = np.polyfit(steps, Y[:count], 1) if count > 1 else (0, Y[0])
        left = (1 - alpha) ** count
        pull.append(left * intercept + (1 - left * (1 - alpha)) / alpha * slope)
    columns = np.stack([unit, pull], axis=1)
    weights, _ = solved(start[skip:-1], columns[skip:-1], Y[skip:])
    assert 0 < weights[1] < 1
    expected = start[-1] + columns[-1] @ weights + weights[1] * slope * np.arange(3)
    found = DynamicTheta((alpha,), skip=skip).fit(one(Y)).predict(3)[0]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_a_line_goes_on_and_with_theta_2_by_half() -> None:
    line = 5 + 3 * np.arange(20.0)
    found = DynamicTheta().fit(one(line)).predict(3)[0]
    np.testing.assert_allclose(found, [65, 68, 71], rtol=1e-6)
    half = Theta().fit(one(line)).predict(3)[0]
    np.testing.assert_allclose(np.diff(half), 1.5, rtol=1e-9)


def test_likely_parameters_count_more() -> None:
    walk = np.random.default_rng(0).normal(0, 1, 60).cumsum() + 100
    each = [DynamicTheta((a,)).fit(one(walk)).predict(1)[0, 0] for a in (0.01, 0.9)]
    both = DynamicTheta((0.01, 0.9)).fit(one(walk)).predict(1)[0, 0]
    assert abs(both - each[1]) < 1e-3 * abs(each[0] - each[1])


def test_few_values_get_the_static_method() -> None:
    few = np.array([3.0, 5.0, 4.0, 6.0])
    np.testing.assert_array_equal(
        DynamicTheta().fit(one(few)).predict(2), Theta().fit(one(few)).predict(2)
    )


def test_series_of_all_lengths_are_forecast_as_alone() -> None:
    many = np.stack([np.r_[np.full(24 - n, np.nan), Y[-n:]] for n in (1, 2, 5, 12, 24)])
    for make in (Theta, DynamicTheta):
        together = make().fit(Panel(many)).predict(2)
        for row, count in enumerate((1, 2, 5, 12, 24)):
            alone = make().fit(one(Y[-count:])).predict(2)
            np.testing.assert_allclose(together[row], alone[0], rtol=1e-9)


def test_a_theta_below_1_turns_the_line_around() -> None:
    with pytest.raises(PanelError, match=r"theta must be 1 or more, not 0.5"):
        Theta(0.5).fit(one(Y))


def test_before_the_first_value_there_is_no_line() -> None:
    with pytest.raises(PanelError, match="skip must be 1 error or more, not 0"):
        DynamicTheta(skip=0).fit(one(Y))

"""A parameter that makes no sense is named before it makes numbers of none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.drivers import DriverRegression
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.smoothing import SES, Damped, Holt
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta

WEEKS = Panel(np.random.default_rng(2).poisson(5, (2, 20)).astype(float))


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: SES(()), "levels needs at least one value"),
        (lambda: SES((0.5, 2.5)), "levels must lie within 0 and 1, not 2.5"),
        (lambda: Holt(trends=(-0.1,)), "trends must lie within 0 and 1, not -0.1"),
        (lambda: Damped(dampings=(2.0,)), "dampings must lie within 0 and 1, not 2.0"),
        (lambda: Theta(levels=(0.0,)), "levels must lie above 0 and up to 1, not 0.0"),
        (lambda: Theta(float("nan")), "theta must be 1 or more, not nan"),
        (lambda: DynamicTheta(levels=()), "levels needs at least one"),
        (lambda: DynamicTheta(levels=(0.0,)), "levels must lie above 0"),
        (lambda: DriverRegression(half_life=0.0), "half_life must be above 0, not 0.0"),
        (lambda: DriverRegression(half_life=-5), "half_life must be above 0, not -5"),
    ],
)
def test_what_makes_no_sense_is_named(
    build: Callable[[], Forecaster], told: str
) -> None:
    with pytest.raises(PanelError) as raised:
        build().fit(WEEKS)
    assert told in str(raised.value)


def test_a_level_of_1_is_the_last_value_and_of_0_never_moves() -> None:
    values = WEEKS.values
    last = SES((1.0,)).fit(WEEKS).predict(1)
    np.testing.assert_allclose(last[:, 0], values[:, -1], rtol=1e-6)
    still = SES((0.0,)).fit(WEEKS).predict(1)
    np.testing.assert_allclose(still[:, 0], values.mean(axis=1), rtol=1e-6)


def test_a_driver_that_is_one_number_is_named() -> None:
    with pytest.raises(PanelError, match=r"driver 'price' is \(\); it must be"):
        Panel(np.ones((1, 3)), drivers={"price": np.asarray(3.0)})

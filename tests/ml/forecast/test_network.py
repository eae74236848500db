"""A network over the same lags; what holds for every learner is asked of the trees."""

from __future__ import annotations

import warnings

import numpy as np

from shop_personalize.ml.forecast.network import LagNetwork
from shop_personalize.ml.forecast.panel import Panel
from tests.ml.forecast.test_trees import HORIZON, expected, shop


def test_learns_from_all_what_a_promotion_does() -> None:
    panel = shop(n=40, periods=40)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = LagNetwork(epochs=60, emphasis=0.0).fit(panel)
        error = np.abs(made.predict(HORIZON) / expected(panel) - 1)
    assert np.median(error) < 0.1
    assert not made.fallen_back_.any()


def test_numbers_far_from_all_others_do_not_carry_it_away() -> None:
    panel = shop(n=40, periods=40)
    values = panel.values.copy()
    values[:, -4:] = 1e6 * values[:, -4:].max()
    made = LagNetwork(epochs=2).fit(panel)
    assert made.predict(HORIZON).max() < 4 * panel.values.max()
    away = Panel(values, drivers=panel.drivers)
    found = LagNetwork(epochs=2).fit(away).predict(HORIZON)
    assert np.isfinite(found).all()
    assert found.max() < 100 * values.max()

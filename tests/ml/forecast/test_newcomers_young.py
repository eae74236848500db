"""Neighbors that are young themselves: what they have not lived yet tells nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.forecast.newcomers import launch_sums, launched
from shop_personalize.ml.forecast.panel import Panel, PanelError

YOUNG = np.full((3, 100), np.nan)
YOUNG[:2, -10:] = [10.0] * 9 + [2.0]
YOUNG[2, -1] = 20.0
FRIENDS, EVEN = np.array([[0, 1]]), np.ones((1, 2))


def test_the_usual_is_that_of_the_periods_they_lived() -> None:
    found = launched(Panel(YOUNG), np.array([2]), FRIENDS, EVEN, 1, kappa=8.0)
    usual = (9 * 10 + 2) / 10
    scale = (20 + 8 * usual) / (10 + 8 * usual)
    assert found.mean[0] == pytest.approx([10 * scale])


def test_a_sum_beyond_their_lives_grows_in_proportion() -> None:
    found = launch_sums(Panel(YOUNG), FRIENDS, EVEN, (0.5,), (5, 10, 50, 200))
    np.testing.assert_allclose(found[0, 0], [50, 92, 92 * 5, 92 * 20])


def test_gaps_are_no_sales_that_could_be_summed() -> None:
    gappy = YOUNG.copy()
    gappy[0, -3] = np.nan
    with pytest.raises(PanelError, match="fill the gaps first"):
        launched(Panel(gappy), np.array([2]), FRIENDS, EVEN, 1)


@given(st.integers(0, 2**31))
def test_a_sum_is_the_same_whatever_else_is_asked(seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.poisson(3, (4, 12)).astype(float)
    values[np.arange(12) < draw.integers(0, 12, (4, 1))] = np.nan
    spans = tuple(int(each) for each in draw.integers(1, 30, 4))
    neighbors, weights = np.arange(4)[None], draw.uniform(0.1, 1, (1, 4))
    together = launch_sums(Panel(values), neighbors, weights, (0.2, 0.9), spans)
    alone = [
        launch_sums(Panel(values), neighbors, weights, (0.2, 0.9), (each,))[0, :, 0]
        for each in spans
    ]
    np.testing.assert_allclose(together[0].T, alone)
    assert (together[0, 0] <= together[0, 1]).all()

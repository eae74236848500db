"""A new product begins as its neighbors did, and becomes itself."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.newcomers import blended, launch_sums, launched
from shop_personalize.ml.forecast.panel import Panel, PanelError

N = np.nan
PANEL = Panel(
    np.array(
        [
            [8.0, 6, 4, 4, 4, 4],
            [N, N, 10, 8, 6, 6],
            [6.0, 4, 2, 2, 2, 2],
            [N, N, N, N, N, 9],
        ]
    )
)
FRIENDS = np.array([[0, 1, 2]])
EVEN = np.ones((1, 3))


def test_without_a_past_it_sells_what_the_middle_neighbor_sold() -> None:
    found = launched(PANEL, np.array([-1]), FRIENDS, EVEN, 4, level=0.5)
    np.testing.assert_allclose(found.mean[0], [8, 6, 4, 4])
    np.testing.assert_allclose(found.lower[0], [6, 4, 2, 2])
    np.testing.assert_allclose(found.upper[0], [10, 8, 6, 6])
    assert found.told_by.tolist() == [3]


def test_its_own_sales_move_the_level_as_they_come() -> None:
    # One period, 9 where neighbors sold 8; of two that are left the smaller leads.
    usual = np.mean([8, 6, 4, 4, 2, 2])
    found = launched(PANEL, np.array([3]), FRIENDS, EVEN, 2, kappa=2.0)
    scale = (9 + 2 * usual) / (8 + 2 * usual)
    np.testing.assert_allclose(found.mean[0], scale * np.array([6, 4]))


def test_neighbors_as_young_as_itself_tell_nothing() -> None:
    rows, friends = np.array([3]), np.array([[3, -1]])
    found = launched(PANEL, rows, friends, np.ones((1, 2)), 2)
    assert found.told_by.tolist() == [0]
    assert np.isnan(found.mean).all()
    own = np.array([[5.0, 5.0]])
    np.testing.assert_array_equal(blended(own, found.mean, np.array([1])), own)


def test_likeness_weighs() -> None:
    weights = np.array([[0.1, 0.1, 0.8]])
    found = launched(PANEL, np.array([-1]), FRIENDS, weights, 3)
    np.testing.assert_allclose(found.mean[0], [6, 4, 2])


def test_sums_of_the_first_periods() -> None:
    found = launch_sums(PANEL, FRIENDS, EVEN, (0.1, 0.5, 0.9), (1, 3))
    # First periods 8, 10, 6; the first three together 18, 24, 12.
    np.testing.assert_allclose(found[0], [[6, 12], [8, 18], [10, 24]])
    nobody = launch_sums(PANEL, np.array([[-1]]), np.ones((1, 1)), (0.5,), (1,))
    assert np.isnan(nobody).all()


def test_the_own_forecast_has_half_after_kappa_periods() -> None:
    own, launch = np.full((2, 1), 10.0), np.full((2, 1), 2.0)
    found = blended(own, launch, np.array([8, 0]))
    np.testing.assert_allclose(found, [[6.0], [2.0]])


@pytest.mark.parametrize(
    ("friends", "weights", "told"),
    [
        (np.array([[9]]), np.ones((1, 1)), "none of the panel's 4 series"),
        (np.array([[0]]), -np.ones((1, 1)), "a weight is negative"),
        (np.array([[0, 1]]), np.ones((1, 1)), r"neighbors are \(1, 2\)"),
    ],
)
def test_what_does_not_fit_is_named(
    friends: np.ndarray, weights: np.ndarray, told: str
) -> None:
    with pytest.raises(PanelError, match=told):
        launched(PANEL, np.array([-1]), friends, weights, 2)

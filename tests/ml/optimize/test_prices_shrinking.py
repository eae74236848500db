from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.optimize.prices.shrinking import (
    between_variance,
    drawn,
    grouped,
)

VALUES = np.array([-1.0, -2.0, -3.0, -4.0])
ERRORS = np.array([0.5, 0.5, 0.5, 0.5])
ONE = np.zeros(4, np.int64)


def test_with_equal_errors_both_ways_are_the_plain_excess_variance() -> None:
    """Sample variance 5/3 less the error's 1/4."""
    for method in ("paule-mandel", "dersimonian-laird"):
        found = between_variance(VALUES, ERRORS, ONE, 1, method=method)
        assert found == pytest.approx(5 / 3 - 0.25, abs=1e-9)


def test_paule_mandel_fills_the_degrees_of_freedom_exactly() -> None:
    values = np.array([-1.0, -2.5, -3.0, -6.0, -1.0, -1.5])
    errors = np.array([0.2, 0.9, 0.4, 1.1, 0.3, 0.2])
    group = np.array([0, 0, 0, 0, 1, 1])
    between = between_variance(values, errors, group, 2, method="paule-mandel")
    weight = 1 / (errors**2 + between)
    means = [np.average(values[group == g], weights=weight[group == g]) for g in (0, 1)]
    squares = (weight * (values - np.array(means)[group]) ** 2).sum()
    assert squares == pytest.approx(4.0, abs=1e-9)


def test_dersimonian_laird_of_a_worked_example() -> None:
    """Q = 6.0625 at 2 degrees, weights 4, 4, 1: (Q - 2) / (9 - 33/9)."""
    values, errors = np.array([0.0, 2.0, 0.5]), np.array([0.5, 0.5, 1.0])
    mean = (0 * 4 + 2 * 4 + 0.5) / 9
    squares = 4 * mean**2 + 4 * (2 - mean) ** 2 + (0.5 - mean) ** 2
    found = between_variance(
        values, errors, np.zeros(3, np.int64), 1, method="dersimonian-laird"
    )
    assert found == pytest.approx((squares - 2) / (9 - 33 / 9))


def test_no_more_difference_than_error_is_no_variance() -> None:
    for method in ("paule-mandel", "dersimonian-laird"):
        assert between_variance(VALUES, ERRORS * 9, ONE, 1, method=method) == 0
        assert between_variance(VALUES, ERRORS, np.arange(4), 4, method=method) == 0


def test_group_means_and_empty_groups() -> None:
    found = grouped(VALUES, ERRORS, np.array([0, 0, 2, 2]), 3)
    assert found.mean.tolist() == [-1.5, 0.0, -3.5]
    assert found.count.tolist() == [2, 0, 2]
    assert found.error[1] == np.inf
    assert found.between == pytest.approx(0.25)
    assert found.error[0] == pytest.approx(np.sqrt(0.25))


def test_an_estimate_and_its_group_are_weighted_by_what_they_know() -> None:
    value, error, weight = drawn(
        np.array([-4.0, -4.0]),
        np.array([1.0, np.inf]),
        np.array([-2.0, -2.0]),
        np.array([3.0, 3.0]),
    )
    assert value.tolist() == [-3.5, -2.0]
    assert weight.tolist() == [0.75, 0.0]
    np.testing.assert_allclose(error**2, [0.75, 3.0])

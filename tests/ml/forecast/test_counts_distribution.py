from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from sklearn.linear_model import LogisticRegression

from shop_personalize.ml.forecast.counts.distribution import (
    Distribution,
    edges_to,
    mixed,
)
from shop_personalize.ml.forecast.counts.members import (
    logistic,
    negative_binomial,
    own_past,
    shape_of,
    shares_up_to,
    sums,
)
from shop_personalize.ml.forecast.panel import Panel

NAN = np.nan


THREE = Distribution(np.array([0.0, 1.0, 2.0]), np.array([[0.5, 0.9, 1.0]]))
WIDE = Distribution(np.array([0.0, 10.0]), np.array([[0.5, 1.0], [0.0, 1.0]]))


@pytest.mark.parametrize(
    ("level", "expected"),
    [(0.01, 0), (0.5, 0), (0.51, 1), (0.9, 1), (0.91, 2), (0.999, 2)],
)
def test_a_quantile_is_the_least_that_is_enough(level: float, expected: int) -> None:
    assert THREE.quantile(level).tolist() == [expected]


def test_between_two_edges_every_count_is_as_likely() -> None:
    assert WIDE.quantile(0.75).tolist() == [5, 8]
    assert WIDE.quantile(0.76).tolist() == [6, 8]
    found = WIDE.chances(np.array([[-1.0, 0, 5, 10, 11]] * 2))
    np.testing.assert_allclose(found, [[0, 0.5, 0.75, 1, 1], [0, 0, 0.5, 1, 1]])


def test_a_level_between_two_counts_is_split() -> None:
    for level, enough, chance in ((0.7, 1.0, 0.5), (0.9, 1.0, 1.0), (0.25, 0.0, 0.5)):
        found = THREE.split(level)
        assert found[0].tolist() == [enough]
        assert found[1].tolist() == [pytest.approx(chance)]


@given(st.lists(st.integers(0, 20), min_size=4, max_size=4), st.floats(0.01, 0.99))
def test_the_quantile_is_enough_and_one_less_is_not(
    parts: list[int], level: float
) -> None:
    chances = np.cumsum([*parts, 1]) / (sum(parts) + 1)
    made = Distribution(np.array([0.0, 1.0, 4.0, 5.0, 9.0]), chances[None])
    enough = made.quantile(level)[:, None]
    assert made.chances(enough)[0, 0] >= level - 1e-6
    assert made.chances(enough - 1.0)[0, 0] < level + 1e-6


def test_mixed_is_the_mean_of_the_chances() -> None:
    other = Distribution(THREE.edges, np.array([[0.1, 0.1, 1.0]]))
    np.testing.assert_allclose(mixed([THREE, other]).up_to, [[0.3, 0.5, 1.0]])


def test_edges_hold_every_small_count_and_the_largest() -> None:
    assert edges_to(0.0).tolist() == [0, 1]
    assert edges_to(6.5).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    found = edges_to(5000.0)
    assert found[:4].tolist() == [0, 1, 2, 3]
    assert found[-1] == 5000
    assert len(found) <= 25


def test_sums_over_periods_in_a_row() -> None:
    values = np.array([[1.0, 2, 3, 4], [NAN, 5, 6, 7]])
    np.testing.assert_array_equal(sums(values, 2), [[3, 5, 7], [NAN, 11, 13]])
    np.testing.assert_array_equal(sums(values, 4), [[10], [NAN]])
    assert sums(values, 5).shape == (2, 0)


def test_shares_are_of_what_is_known() -> None:
    found = shares_up_to(np.array([[0.0, 2.0, NAN, 2.0]]), np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(found, [[1 / 3, 1 / 3, 1]])


def test_the_own_past_is_its_last_sums() -> None:
    panel = Panel(np.array([[9.0, 0, 1, 0, 2], [NAN, NAN, NAN, NAN, 4]]))
    edges = np.array([0.0, 1.0, 2.0, 9.0])
    np.testing.assert_allclose(
        own_past(panel, 1, 4, edges).up_to,
        np.array([[0.5, 0.75, 1, 1], [0, 0, 0, 1]]),
    )
    found = own_past(panel, 2, 4, edges).up_to
    np.testing.assert_allclose(found[0], np.array([0, 0.5, 0.75, 1]))
    assert np.isnan(found[1]).all()


def test_the_pooled_shape_is_that_of_the_moments() -> None:
    # squares 4 + 16 less means 2 + 4, over the squared means 4 + 16
    means, seen = np.array([[2.0], [4.0]]), np.array([[4.0, NAN], [0.0, NAN]])
    assert shape_of(means, seen) == pytest.approx(20 / 14)
    assert shape_of(means, np.array([[2.0], [4.0]])) == 1e6


def test_counts_without_more_spread_than_poisson_are_poisson() -> None:
    edges = np.arange(9.0)
    found = negative_binomial(np.array([0.7]), 1e6, edges).up_to
    np.testing.assert_allclose(found[0], poisson.cdf(edges, 0.7), atol=1e-6)


def test_logistic_regression_is_that_of_scikit_learn() -> None:
    draw = np.random.default_rng(2)
    basis = np.column_stack([np.ones(200), draw.normal(size=(200, 3))])
    hit = (draw.random(200) < 1 / (1 + np.exp(-basis @ [0.3, 1, -1, 0]))) * 1.0
    weights = draw.uniform(0.5, 1.5, 200)
    found = logistic(basis, hit, weights, 0.01)
    model = LogisticRegression(C=1 / (0.01 * weights.sum()), tol=1e-8)
    model.fit(basis[:, 1:], hit, sample_weight=weights)
    expected = np.concatenate([model.intercept_, model.coef_[0]])
    np.testing.assert_allclose(found, expected, atol=1e-3)
    np.testing.assert_allclose(
        logistic(basis, hit, weights, 0.01, found + 0.5), expected, atol=1e-3
    )

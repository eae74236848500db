from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from sklearn.linear_model import LogisticRegression

from shop_personalize.ml.forecast.base import Forecaster, NotFittedError
from shop_personalize.ml.forecast.counts import (
    CountEnsemble,
    CountQuantiles,
    CountRegression,
    CountTrees,
)
from shop_personalize.ml.forecast.counts.distribution import (
    Distribution,
    edges_to,
    mixed,
)
from shop_personalize.ml.forecast.counts.examples import NAMES, examples, matrix
from shop_personalize.ml.forecast.counts.members import (
    logistic,
    negative_binomial,
    own_past,
    shape_of,
    shares_up_to,
    sums,
)
from shop_personalize.ml.forecast.counts.quantiles import GRID, reached
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.shrunken import ShrunkenMean

NAN = np.nan
SERIES, PERIODS, AHEAD = 200, 32, 6


def shop() -> tuple[np.ndarray, np.ndarray]:
    """True rates (n,) and sales (n, periods): slow movers in threes and singly."""
    draw = np.random.default_rng(11)
    rates = draw.gamma(0.6, 0.8, SERIES)
    packs = draw.choice([1, 3], SERIES)[:, None]
    sales = draw.poisson(rates[:, None] / packs, (SERIES, PERIODS)) * packs
    return rates, sales.astype(np.float64)


RATES, SALES = shop()
PAST = Panel(SALES[:, :-AHEAD])


@pytest.fixture(scope="module")
def quantiles() -> CountQuantiles:
    return CountQuantiles(horizon=AHEAD).fit(PAST)


@pytest.mark.parametrize("build", [CountRegression, CountTrees, CountEnsemble])
def test_others_tell_more_of_a_rate_than_its_own_mean(build: type[Forecaster]) -> None:
    found = build().fit(PAST).predict(AHEAD)
    assert (found == found[:, :1]).all()
    own = PAST.values[:, -12:].mean(axis=1)
    error, plain = (np.mean((x - RATES) ** 2) for x in (found[:, 0], own))
    assert error < 0.9 * plain


@pytest.mark.parametrize("build", [CountRegression, CountTrees])
def test_few_series_or_periods_get_the_shrunken_mean_and_it_is_said(
    build: type[CountRegression | CountTrees],
) -> None:
    for panel in (PAST.take(np.arange(99)), PAST.until(12)):
        made = build().fit(panel)
        assert made.fallback_ == "too few series or periods"
        expected = ShrunkenMean().fit(panel).level_
        np.testing.assert_array_equal(made.level_, expected)
    assert build().fit(PAST.until(13)).fallback_ is None


def test_an_example_knows_nothing_of_what_came_after_it() -> None:
    before = examples(PAST, AHEAD, step=5)
    later = PAST.values.copy()
    later[:, 15:] += 9.0
    after = examples(Panel(later), AHEAD, step=5)
    # the moments are 25, 20 and 15
    early = slice(2 * SERIES, None)
    np.testing.assert_array_equal(before.features[early], after.features[early])
    assert (before.features[:SERIES] != after.features[:SERIES]).any()


def test_an_example_is_what_was_known_at_its_moment() -> None:
    found = examples(PAST, AHEAD, step=100)
    assert found.features.shape == (SERIES, len(NAMES))
    np.testing.assert_array_equal(found.features, matrix(PAST.until(25)))
    np.testing.assert_array_equal(found.after[:, 0], PAST.values[:, 25])
    assert np.isnan(found.after[:, 1:]).all()
    np.testing.assert_array_equal(found.means, PAST.values[:, 25])
    np.testing.assert_allclose(found.weights, np.sqrt(1 / 6) * 0.5 ** (1 / 12))


def test_a_series_teaches_from_its_first_period_on() -> None:
    values = PAST.values.copy()
    values[:100, :25] = NAN
    found = examples(Panel(values), AHEAD, step=1)
    assert len(found.features) == 100 * (25 - 12 + 1)


@pytest.mark.parametrize("build", [CountRegression, CountTrees, CountQuantiles])
def test_what_is_no_count_is_named(build: type) -> None:
    values = PAST.values.copy()
    values[5, 3] = -2.0
    with pytest.raises(PanelError, match="series 5 sold -2 in a period"):
        build().fit(Panel(values))
    with pytest.raises(PanelError, match="horizon must be 1 or more periods, not 0"):
        build(horizon=0).fit(PAST)


# distributions


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


# quantiles


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_the_service_asked_for_is_reached(
    quantiles: CountQuantiles, level: float
) -> None:
    truth = SALES[:, -AHEAD:]
    enough, chance = (each[:, None] for each in quantiles.split(level))
    met = ((truth < enough) + chance * (truth == enough)).mean()
    assert met == pytest.approx(level, abs=0.025)
    np.testing.assert_array_equal(quantiles.quantile(level), enough[:, 0])
    assert (truth <= enough).mean() >= level


def test_a_sum_over_periods_has_quantiles_of_its_own(
    quantiles: CountQuantiles,
) -> None:
    truth = SALES[:, -AHEAD:].sum(axis=1)
    enough, chance = quantiles.split(0.9, AHEAD)
    met = ((truth < enough) + chance * (truth == enough)).mean()
    assert met == pytest.approx(0.9, abs=0.06)
    assert (quantiles.quantile(0.9, AHEAD) >= quantiles.quantile(0.9)).all()


def test_every_series_may_have_a_time_of_its_own(quantiles: CountQuantiles) -> None:
    periods = np.where(np.arange(SERIES) % 2, 1, 3)
    found = quantiles.quantile(0.9, periods)
    np.testing.assert_array_equal(found[1::2], quantiles.quantile(0.9)[1::2])
    np.testing.assert_array_equal(found[::2], quantiles.quantile(0.9, 3)[::2])
    assert quantiles.fallback_[1] is quantiles.fallback_[3] is None


def test_a_higher_level_needs_as_many_or_more(quantiles: CountQuantiles) -> None:
    found = np.stack([quantiles.quantile(x) for x in (0.1, 0.5, 0.8, 0.95, 0.99)])
    assert (np.diff(found, axis=0) >= 0).all()
    assert (found == np.rint(found)).all()


def test_levels_move_only_where_the_past_tells(quantiles: CountQuantiles) -> None:
    fixed = CountQuantiles(horizon=AHEAD, adjusts=False).fit(PAST)
    np.testing.assert_array_equal(
        fixed.distribution().up_to, quantiles.distribution().up_to
    )
    enough, chance = fixed.distribution().split(0.9)
    np.testing.assert_array_equal(fixed.split(0.9)[1], chance)
    np.testing.assert_array_equal(fixed.split(0.9)[0], enough)
    assert (quantiles.split(0.9)[1] != chance).any()


def test_reached_is_the_share_below_each_level() -> None:
    outcomes = np.array([[0.0, 1.0]])
    found = np.interp([0.0, 0.25, 0.5, 0.7, 0.9, 1.0], GRID, reached(THREE, outcomes))
    # 0 fills the levels up to .5, 1 those from .5 to .9
    np.testing.assert_allclose(found, [0, 0.25, 0.5, 0.75, 1, 1], atol=1e-9)


def test_few_series_are_told_from_their_own_past() -> None:
    panel = Panel(np.array([[0.0] * 11 + [4.0], [2.0] * 12]))
    made = CountQuantiles().fit(panel)
    assert made.quantile(0.5).tolist() == [0, 2]
    assert made.fallback_ == {1: "too few series or periods"}
    assert (made.quantile(0.9, 3) >= made.quantile(0.9)).all()


@pytest.mark.parametrize(
    "values", [[[0.0]], [[3.0]], [[NAN, 2.0], [0.0, 0.0]], [[0.0] * 30]]
)
def test_little_is_enough(values: list[list[float]]) -> None:
    found = CountQuantiles().fit(Panel(np.array(values))).quantile(0.9, 2)
    assert found.shape == (len(values),)
    assert np.isfinite(found).all()


def test_questions_that_cannot_be_answered(quantiles: CountQuantiles) -> None:
    with pytest.raises(NotFittedError, match="fit"):
        CountQuantiles().quantile(0.9)
    with pytest.raises(PanelError, match=r"level must lie between 0 and 1.*not 90"):
        quantiles.quantile(90)
    with pytest.raises(PanelError, match="periods must be 1 or more, not 0"):
        quantiles.quantile(0.9, 0)
    with pytest.raises(PanelError, match="a whole number, or 200 of them"):
        quantiles.quantile(0.9, np.ones(3, np.int64))
    with pytest.raises(PanelError, match="a whole number"):
        quantiles.split(0.9, 1.5)  # type: ignore[arg-type]
    with pytest.raises(PanelError, match="series 0 has 1 unknown periods"):
        CountQuantiles().fit(Panel(np.array([[1.0, NAN, 2.0]])))

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.intervals.noise import PRIOR, Movement, learn
from shop_personalize.ml.forecast.intervals.scores import Scores, quantiles
from shop_personalize.ml.forecast.naive import MovingAverage, Naive
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Matrix = NDArray[np.float64]

PERIODS, HORIZON = 60, 6


def shop(n: int, seed: int, periods: int = PERIODS + HORIZON) -> Matrix:
    """Level 100; each quarter of the products twice as restless as the one before."""
    draw = np.random.default_rng(seed)
    size = 2.0 ** (np.arange(n) % 4)
    return 100 + draw.normal(0, 1, (n, periods)) * size[:, None]


class Watched(Naive):
    """Remembers the last value of the first series each time it learned."""

    seen: list[float]

    def _fit(self, panel: Panel) -> None:
        super()._fit(panel)
        self.seen.append(float(panel.values[0, -1]))


# -- quantiles of scores ----------------------------------------------------------


def test_the_quantile_is_the_order_statistic_of_one_more() -> None:
    scores = np.arange(1.0, 20.0)[:, None]
    assert quantiles(scores, 0.9) == [18.0]
    assert quantiles(scores, 0.95) == [19.0]
    assert quantiles(scores, 0.1) == [2.0]
    assert quantiles(scores, 0.05) == [1.0]
    assert quantiles(scores, 0.5) == [10.0]


def test_too_few_scores_are_students() -> None:
    scores = np.array([[1.0, -9.0], [-2.0, 1.0], [2.0, 1.0]])
    size = np.sqrt([9 / 3, 83 / 3])
    expected = stats.t.ppf(0.975, 2) * size
    np.testing.assert_allclose(quantiles(scores, 0.975), expected)
    np.testing.assert_allclose(quantiles(scores, 0.025), -expected)


def test_too_few_scores_reach_at_least_the_outermost() -> None:
    scores = np.array([[0.0], [0.0], [0.0], [0.0], [9.0]])
    assert quantiles(scores, 0.85) == [9.0]


@settings(max_examples=60)
@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=30),
    st.lists(st.floats(0.01, 0.99), min_size=2, max_size=5),
)
def test_quantiles_never_fall(scores: list[float], levels: list[float]) -> None:
    column = np.array(scores)[:, None]
    found = [float(quantiles(column, level)[0]) for level in sorted(levels)]
    assert found == sorted(found)


def test_series_are_grouped_by_noise_and_zeros_apart() -> None:
    noise = np.r_[np.linspace(0.1, 1, 600), np.full(10, np.nan)]
    scores = np.r_[np.repeat([1.0, 2, 3, 4], 150), np.full(10, 9.0)][:, None]
    made = Scores.of(scores, noise)
    found = made.reach(0.8, np.array([0.0, 0.12, 0.98, 7.0, np.nan, 0.4]))[:, 0]
    np.testing.assert_array_equal(found, [1, 1, 4, 4, 9, 2])


def test_few_series_are_one_group() -> None:
    made = Scores.of(np.arange(20.0)[:, None], np.linspace(0, 1, 20))
    assert len(made.edges) == 0
    np.testing.assert_array_equal(made.reach(0.5, np.array([0.0, 1.0])), [[10.0]] * 2)


# -- the size of errors -------------------------------------------------------------


def test_with_nothing_learned_sizes_are_as_believed_before() -> None:
    values = np.array([[10.0, 12, 10, 12, 10, 12, 10, 12]])
    movement = Movement.of(Panel(values))
    assert movement.level == [11.0]
    shares = np.log(np.array([2 / 11, 4 / 2 / 11, 1, 1]))
    np.testing.assert_allclose(movement.features[0, 1:], shares, atol=1e-12)
    np.testing.assert_allclose(learn(movement, movement.sizes(PRIOR)), PRIOR)


def test_what_changes_twice_as_much_errs_twice_as_much() -> None:
    values = shop(400, 1)
    movement = Movement.of(Panel(values))
    sizes = 3 * np.abs(np.diff(values, axis=1)).mean(axis=1)
    found = movement.sizes(learn(movement, sizes))
    np.testing.assert_allclose(found, sizes, rtol=0.1)


# -- intervals ----------------------------------------------------------------------


def test_they_hold_what_they_promise_in_each_quarter_by_noise() -> None:
    values = shop(1200, 2)
    panel, truth = Panel(values[:, :PERIODS]), values[:, PERIODS:]
    found = Calibrated(MovingAverage(), horizon=HORIZON).fit(panel).predict(HORIZON)
    inside = (truth >= found.lower) & (truth <= found.upper)
    np.testing.assert_allclose(inside.mean(axis=(1, 2)), [0.8, 0.95], atol=0.01)
    for quarter in range(4):
        share = inside[:, quarter::4].mean(axis=(1, 2))
        np.testing.assert_allclose(share, [0.8, 0.95], atol=0.025)
    width = (found.upper - found.lower)[0].mean(axis=1)
    np.testing.assert_allclose(width[1::4].mean() / width[0::4].mean(), 2.0, rtol=0.1)


def test_the_sum_over_periods_stays_below_its_quantile() -> None:
    values = shop(1200, 3)
    panel, truth = Panel(values[:, :PERIODS]), values[:, PERIODS:]
    made = Calibrated(MovingAverage(), horizon=HORIZON).fit(panel)
    levels = (0.1, 0.5, 0.9, 0.99)
    for periods in (1, 4, 6):
        below = truth[:, :periods].sum(axis=1) <= made.totals_at(periods, levels)
        np.testing.assert_allclose(below.mean(axis=1), levels, atol=0.04)


def test_periods_of_each_series_are_as_if_asked_alone() -> None:
    made = Calibrated(Combined(), horizon=HORIZON).fit(Panel(shop(50, 4)))
    periods = np.arange(50) % 9 + 1
    found = made.totals(periods, 0.9)
    for each in range(1, 10):
        rows = periods == each
        np.testing.assert_array_equal(found[rows], made.totals(each, 0.9)[rows])


def test_the_mean_is_the_forecasters() -> None:
    panel = Panel(shop(20, 5))
    found = Calibrated(Combined()).fit(panel).predict(4)
    np.testing.assert_array_equal(found.mean, Combined().fit(panel).predict(4))
    assert found.levels == (0.8, 0.95)
    assert (found.lower[1] <= found.lower[0]).all()
    assert (found.lower[0] <= found.upper[0]).all()
    assert (found.upper[0] <= found.upper[1]).all()


def test_the_forecaster_never_sees_what_it_is_judged_by() -> None:
    Watched.seen = []
    Calibrated(Watched(), horizon=6).fit(Panel(np.arange(40.0)[None]))
    assert Watched.seen == [39.0, 33.0, 31.0, 29.0]


def test_what_is_too_short_to_be_judged_gets_the_errors_of_the_others() -> None:
    values = shop(300, 6)
    values[7, :-4] = np.nan
    found = Calibrated(MovingAverage(), horizon=HORIZON).fit(Panel(values)).predict(3)
    width = (found.upper - found.lower)[0, :, 0]
    assert 0.3 < width[7] / np.median(width[3::4]) < 3


def test_a_short_past_judges_as_far_as_it_goes() -> None:
    panel = Panel(shop(30, 7, periods=12))
    made = Calibrated(MovingAverage(), horizon=13).fit(panel)
    assert made.is_judged_
    assert made.scores_.scores.shape[1] == 4
    found = made.predict(16)
    reach = (found.upper - found.mean)[0]
    np.testing.assert_allclose(reach[:, 15], reach[:, 3] * np.sqrt(16 / 4))


def test_a_shop_of_one_product() -> None:
    values = shop(1, 8)
    found = Calibrated(MovingAverage(), horizon=4).fit(Panel(values)).predict(4)
    width = found.upper - found.lower
    assert (width[1] > width[0]).all()
    assert (width > 0).all()


def test_without_any_past_to_judge_errors_are_normal() -> None:
    made = Calibrated(Naive()).fit(Panel(np.array([[10.0, 14, 10, 14]])))
    assert not made.is_judged_
    size = 4 * 1.2533
    found = made.predict(2)
    reach = stats.norm.ppf(0.9) * size * np.sqrt([1, 2])
    np.testing.assert_allclose(found.upper[0, 0], 14 + reach)
    np.testing.assert_allclose(
        made.totals(3, 0.95), [42 + stats.norm.ppf(0.95) * size * np.sqrt(3)]
    )


def test_of_a_single_value_they_are_poissons() -> None:
    found = Calibrated(Naive()).fit(Panel(np.array([[16.0], [0.0]]))).predict(1)
    z = stats.norm.ppf(0.9)
    np.testing.assert_allclose(found.upper[0], [[16 + 4 * z], [z]])
    np.testing.assert_allclose(found.lower[0], [[16 - 4 * z], [0]])


def test_what_never_sold_may_begin_as_others_did() -> None:
    begun = np.zeros((60, 40))
    begun[:20, 30:] = 5.0
    found = Calibrated(Naive(), horizon=6).fit(Panel(begun)).predict(6)
    assert found.upper[0, 50, 5] == 5.0
    never = Calibrated(Naive(), horizon=6).fit(Panel(np.zeros((60, 40)))).predict(6)
    np.testing.assert_array_equal(never.upper, 0.0)


def test_sales_are_not_below_nothing_but_other_values_may_be() -> None:
    panel = Panel(shop(40, 9) - 100)
    free = Naive()
    free.floor = None
    assert (Calibrated(free).fit(panel).predict(2).lower < 0).any()
    assert (Calibrated(Naive()).fit(panel).predict(2).lower >= 0).all()


def test_neither_the_unit_nor_the_order_matters() -> None:
    panel = Panel(shop(80, 10))
    found = Calibrated(Combined()).fit(panel).predict(5)
    large = Calibrated(Combined()).fit(replace(panel, values=panel.values * 64))
    np.testing.assert_allclose(large.predict(5).upper, found.upper * 64, rtol=1e-9)
    order = np.random.default_rng(0).permutation(80)
    mixed = Calibrated(Combined()).fit(panel.take(order)).predict(5)
    np.testing.assert_allclose(mixed.lower, found.lower[:, order], rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(0, 5))
def test_whatever_the_lengths_bounds_are_finite(lengths: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    values = draw.poisson(draw.uniform(0, 3), (len(lengths), 30)).astype(np.float64)
    values[np.arange(30) < 30 - np.array(lengths)[:, None]] = np.nan
    made = Calibrated(Naive(), horizon=5).fit(Panel(values, season=4))
    found = made.predict(7)
    bounds: FloatMatrix = np.concatenate([found.lower, found.upper])
    assert np.isfinite(bounds).all()
    assert (found.lower <= found.upper).all()
    totals = made.totals_at(9, (0.2, 0.6, 0.95))
    assert np.isfinite(totals).all()
    assert (np.diff(totals, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (Calibrated(Naive(), levels=(0.8, 95)), "between 0 and 1, not 95"),
        (Calibrated(Naive(), origins=0), "origins must be 1 or more, not 0"),
        (Calibrated(Naive(), horizon=0), "horizon must be 1 or more, not 0"),
    ],
)
def test_says_what_is_wrong(made: Calibrated, text: str) -> None:
    with pytest.raises(PanelError, match=text):
        made.fit(Panel(np.ones((1, 9))))


def test_fit_comes_first_and_questions_must_make_sense() -> None:
    made = Calibrated(Naive())
    for ask in (lambda: made.predict(2), lambda: made.totals(2, 0.9)):
        with pytest.raises(NotFittedError, match="fit"):
            ask()
    made.fit(Panel(np.ones((2, 30))))
    with pytest.raises(PanelError, match="periods must be 1 or more, not 0"):
        made.totals(np.array([3, 0]), 0.9)
    with pytest.raises(PanelError, match="between 0 and 1, not 1"):
        made.totals(3, 1)
    with pytest.raises(PanelError, match="horizon must be 1 or more"):
        made.predict(0)

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.counts import CountQuantiles
from shop_personalize.ml.forecast.counts.distribution import Distribution
from shop_personalize.ml.forecast.counts.quantiles import GRID, reached
from shop_personalize.ml.forecast.panel import Panel, PanelError
from tests.ml.forecast.slow_movers import AHEAD, PAST, SALES, SERIES

NAN = np.nan


@pytest.fixture(scope="module")
def quantiles() -> CountQuantiles:
    return CountQuantiles(horizon=AHEAD).fit(PAST)


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
    three = Distribution(np.array([0.0, 1.0, 2.0]), np.array([[0.5, 0.9, 1.0]]))
    outcomes = np.array([[0.0, 1.0]])
    found = np.interp([0.0, 0.25, 0.5, 0.7, 0.9, 1.0], GRID, reached(three, outcomes))
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

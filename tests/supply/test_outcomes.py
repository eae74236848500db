"""What came of forecasts: how far off they were, and when that is an alarm."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.supply.models import ForecastOutcome, ForecastRun
from shop_personalize.supply.selectors import accuracy
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import outcomes
from shop_personalize.supply.services.backtest import score
from tests.supply.builders import forecast, missed, monday, product, steady, weekly

pytestmark = pytest.mark.django_db
State = ForecastRun.State


def earlier(weeks: int) -> ForecastRun:
    """A forecast as it was made some weeks ago."""
    run = forecast()
    run.start = monday(weeks)
    run.save()
    run.series.update(start=run.start)
    return run


def test_a_forecast_is_held_to_every_period_that_has_passed() -> None:
    mug, pot = product("Mug"), product("Pot")
    steady(mug, 10)
    weekly(pot, *([4] * 28), 8, 4)
    run = earlier(2)
    expected = sum(sum(row.mean[:1]) for row in run.series.filter(level="product"))
    assert outcomes.measure(goods=goods()) == 4  # two weeks of products and the shop
    first = ForecastOutcome.objects.get(run=run, level="product", step=1)
    assert (first.period, first.series_count) == (monday(2), 2)
    assert first.actual == 18.0
    assert first.forecast == pytest.approx(expected)
    assert first.bias == pytest.approx((expected - 18) / 18)
    assert outcomes.measure(goods=goods()) == 0


def test_scores_are_what_they_say() -> None:
    truth, mean = np.array([10.0, 0.0]), np.array([8.0, 1.0])
    low, high = np.array([7.0, 0.5]), np.array([11.0, 2.0])
    wide = np.array([0.0, 0.0])
    told = score(truth, mean, (low, high, wide, high))
    assert told == {
        "wape": pytest.approx(0.3),
        "bias": pytest.approx(-0.1),
        "cover80": 0.5,
        "cover95": 1.0,
    }
    assert score(np.zeros(2), mean, None) == {"wape": None, "bias": None}


def test_the_alarm_needs_three_periods_far_above_the_promise() -> None:
    missed(1, 0.5)
    missed(2, 0.4)
    assert accuracy.drifts("week") == []
    missed(3, 0.3)
    (drift,) = accuracy.drifts("week")
    assert (drift.level, drift.now, drift.then) == (
        "product",
        pytest.approx(0.4),
        pytest.approx(0.2),
    )
    for weeks_ago in (1, 2, 3):
        missed(weeks_ago, 0.12, "shop")
    assert len(accuracy.drifts("week")) == 1


def test_one_bad_period_is_no_alarm_however_often_it_was_forecast() -> None:
    missed(1, 5.0)
    missed(2, 0.2)
    missed(3, 0.2)
    assert accuracy.drifts("week") == []
    missed(1, 5.0)
    missed(1, 5.0)
    assert accuracy.drifts("week") == []
    missed(2, 0.4)  # a later forecast of the same week counts
    (drift,) = accuracy.drifts("week")
    assert drift.now == pytest.approx(0.4)

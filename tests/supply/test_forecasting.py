"""Forecasts: what is stored, what is said of how sure they are, what is forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from shop_personalize.supply.models import (
    DemandDay,
    Event,
    ForecastOutcome,
    ForecastRun,
    ForecastSeries,
)
from shop_personalize.supply.selectors import accuracy, series
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import forecasting, outcomes, renewal
from shop_personalize.supply.services.backtest import score
from shop_personalize.supply.services.refused import RefusedError
from tests.supply.builders import forecast, monday, product, steady, weekly

pytestmark = pytest.mark.django_db
State = ForecastRun.State


def test_every_product_category_and_the_shop_get_a_series() -> None:
    mug = product("Mug", category="Kitchen")
    pot = product("Pot", category="Kitchen")
    product("Never sold", category="Garden")
    steady(mug, 10)
    steady(pot, 4)
    run = forecast()
    assert (run.state, run.start, run.horizon) == (State.DONE, monday(), 13)
    assert run.error == ""
    found = {(row.level, row.key): row for row in run.series.all()}
    assert set(found) == {
        ("product", mug),
        ("product", pot),
        ("category", "Kitchen"),
        ("shop", ""),
    }
    assert run.series_count == 4
    assert found["product", mug].mean == pytest.approx([10.0] * 13, abs=0.01)
    assert found["shop", ""].mean == pytest.approx([14.0] * 13, abs=0.01)
    assert found["shop", ""].history[-3:] == [14.0, 14.0, 14.0]
    assert found["product", mug].error == pytest.approx(0.0, abs=0.001)
    assert run.accuracy["product"]["wape"] == pytest.approx(0.0, abs=0.001)
    assert run.accuracy["product"]["series"] == 2


def test_the_bands_hold_the_middle_and_the_quantiles_rise() -> None:
    rng = np.random.default_rng(7)
    for at in range(4):
        weekly(product(f"P{at}"), *rng.poisson(20, 40))
    run = forecast()
    for row in run.series.all():
        low95, low80, mean, high80, high95 = map(
            np.array, (row.low95, row.low80, row.mean, row.high80, row.high95)
        )
        assert (low95 <= low80 + 0.011).all()
        assert (low80 <= mean + 0.011).all()
        assert (mean <= high80 + 0.011).all()
        assert (high80 <= high95 + 0.011).all()
        totals = np.array(row.totals)
        assert totals.shape == (8, 7)
        assert (np.diff(totals, axis=0) >= -0.011).all()


def test_three_points_are_forecast_and_called_a_guess() -> None:
    mug = product()
    weekly(mug, 5, 6, 7)
    run = forecast()
    row = run.series.get(level="product", key=mug)
    assert row.notes == [["few", {"n": 3}]]
    assert row.error is None
    assert run.accuracy == {}
    assert np.isfinite(row.mean).all()


def test_nothing_sold_is_a_failed_forecast_that_says_so() -> None:
    product()
    run = forecast()
    assert run.state == State.FAILED
    assert run.error == "no whole week with a sale is known yet"
    assert not run.series.exists()


def test_a_fault_leaves_a_failed_forecast_and_no_series(monkeypatch: Any) -> None:
    def fail(*args: Any) -> Any:
        raise IndexError("out of bounds")

    steady(product())
    monkeypatch.setattr(forecasting, "_rows", fail)
    run = forecast()
    assert (run.state, run.error) == (State.FAILED, "IndexError: out of bounds")
    assert not run.series.exists()


def test_products_without_a_sale_for_long_are_expected_to_sell_nothing() -> None:
    old, mug = product("Old"), product("Mug")
    weekly(old, 3, *([0] * 30))
    steady(mug)
    row = forecast().series.get(level="product", key=old)
    assert sum(row.mean) < 1.5


def test_one_forecast_of_a_grain_is_made_at_a_time() -> None:
    first = forecasting.ask(grain="week", rung=False)
    assert forecasting.ask(grain="week", rung=False) == first
    assert forecasting.ask(grain="month", rung=False) != first
    ForecastRun.objects.filter(pk=first.pk).update(
        created_at=timezone.now() - timedelta(hours=2), state=State.RUNNING
    )
    second = forecasting.ask(grain="week", rung=False)
    assert second.pk != first.pk
    first.refresh_from_db()
    assert first.state == State.FAILED
    assert "was not finished within an hour" in first.error
    assert forecasting.make(first.pk) is False


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"grain": "year"}, "“year” is none of: day, week, month."),
        ({"grain": "week", "horizon": 0}, "The horizon must be 1 period or more, not"),
    ],
)
def test_what_cannot_be_forecast_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        forecasting.ask(rung=False, **asked)


def test_asking_has_it_made_after_the_commit(
    django_capture_on_commit_callbacks: Any,
) -> None:
    steady(product())
    with django_capture_on_commit_callbacks(execute=True):
        run = forecasting.ask(grain="month")
    run.refresh_from_db()
    assert run.state == State.FAILED  # no demand has been counted
    assert "no whole month" in run.error


def test_old_forecasts_are_forgotten(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "SUPPLY": {"keep_runs": 2},
    }
    steady(product(), weeks=12)
    runs = [forecast().pk for _k in range(3)]
    assert set(ForecastRun.objects.values_list("pk", flat=True)) == set(runs[1:])
    kept = ForecastSeries.objects.values_list("run", flat=True).distinct().order_by()
    assert set(kept) == set(runs[1:])


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
    run = ForecastRun.objects.create(
        grain="week",
        horizon=13,
        state=State.DONE,
        accuracy={"product": {"wape": 0.2}, "category": {"wape": 0.1}},
    )

    def happen(step: int, wape: float, level: str = "product") -> None:
        ForecastOutcome.objects.create(
            run=ForecastRun.objects.create(
                grain="week", horizon=13, state=State.DONE, accuracy=run.accuracy
            ),
            level=level,
            step=1,
            period=monday(step),
            series_count=1,
            actual=1,
            forecast=1,
            wape=wape,
            cover80=1,
            cover95=1,
        )

    happen(1, 0.5)
    happen(2, 0.4)
    assert accuracy.drifts("week") == []
    happen(3, 0.3)
    (drift,) = accuracy.drifts("week")
    assert (drift.level, drift.now, drift.then) == (
        "product",
        pytest.approx(0.4),
        pytest.approx(0.2),
    )
    for step in (1, 2, 3):
        happen(step, 0.12, "shop")
    assert len(accuracy.drifts("week")) == 1


def test_what_a_page_tells_of_a_series() -> None:
    mug = product(category="Kitchen")
    steady(mug, weeks=20)
    forecast()
    told = series.told("week", "product", mug)
    assert told is not None
    assert told.history[-20:] == [10.0] * 20
    assert series.starts(told)[len(told.history)] == monday()
    assert series.told("week", "product", "nobody") is None
    group = series.told("week", "category", "Kitchen")
    assert group is not None
    assert group.history == [10.0] * 20
    assert series.categories(group.run) == [("Kitchen", pytest.approx(130, abs=0.1))]


def test_trend_season_and_events_are_told_apart_and_sum_to_the_forecast() -> None:
    history = [10.0 + (12.0 if at % 12 == 11 else 0.0) for at in range(36)]
    run = ForecastRun.objects.create(
        grain="month", horizon=12, start=date(2026, 1, 1), state=State.DONE
    )
    ForecastSeries.objects.create(
        run=run,
        level="shop",
        start=run.start,
        mean=history[:12],
        history=history,
        method="by hand",
    )
    Event.objects.create(name="Fair", first=date(2025, 6, 1), last=date(2025, 6, 30))
    told = series.told("month", "shop", "")
    assert told is not None
    found = series.parts(told)
    season = found["season"]
    assert len(season) == 48
    assert [at for at, each in enumerate(season) if each > 5] == [11, 23, 35, 47]
    sums = np.sum(list(found.values()), axis=0)[36:]
    assert sums == pytest.approx(history[:12], abs=1e-6)


def test_a_series_too_short_for_a_season_has_nothing_told_apart() -> None:
    mug = product()
    steady(mug, weeks=20)
    forecast()
    told = series.told("week", "product", mug)
    assert told is not None
    assert series.parts(told) == {}


def test_the_schedule_forecasts_once_a_period_and_suggests_once_a_day() -> None:
    mug = product(stock=0)
    steady(mug)
    renewal.renew()
    assert DemandDay.objects.filter(item_id=mug).count() == 30
    (run,) = ForecastRun.objects.all()
    assert run.state == State.DONE
    renewal.renew()
    assert ForecastRun.objects.count() == 1
    ForecastRun.objects.update(start=monday(1))
    renewal.renew()
    assert ForecastRun.objects.count() == 2
    assert ForecastOutcome.objects.filter(run=run, step=1).exists()


def test_a_shop_without_orders_is_left_alone(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(20):
        renewal.renew()
    assert not ForecastRun.objects.exists()


def test_forecasts_cost_few_queries_however_many_products(
    django_assert_max_num_queries: Any,
) -> None:
    for at in range(40):
        weekly(product(f"P{at}"), *([at + 1] * 12))
    from shop_personalize.supply.services import demand

    demand.roll_up()
    run = forecasting.ask(grain="week", rung=False)
    with django_assert_max_num_queries(25):
        forecasting.make(run.pk)

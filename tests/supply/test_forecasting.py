"""Forecasts: what is stored, how sure they are, what is refused and forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from threadpoolctl import threadpool_info

from shop_personalize.supply.models import ForecastRun, ForecastSeries
from shop_personalize.supply.services import demand, engine, forecasting, storing
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
    monkeypatch.setattr(storing, "_rows", fail)
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


def test_forecasts_that_failed_never_push_out_the_last_that_is_done(
    settings: Any,
) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "SUPPLY": {"keep_runs": 2},
    }
    steady(product(), weeks=12)
    done = forecast()
    failed = [
        ForecastRun.objects.create(grain="week", horizon=13, state=State.FAILED).pk
        for _k in range(4)
    ]
    assert forecasting.purge(grain="week") == 2
    left = ForecastRun.objects.order_by("pk").values_list("pk", flat=True)
    assert list(left) == [done.pk, *failed[2:]]
    assert done.series.exists()


def test_forecasts_cost_few_queries_however_many_products(
    django_assert_max_num_queries: Any,
) -> None:
    for at in range(40):
        weekly(product(f"P{at}"), *([at + 1] * 12))
    demand.roll_up()
    run = forecasting.ask(grain="week", rung=False)
    with django_assert_max_num_queries(25):
        forecasting.make(run.pk)


def test_a_forecast_leaves_the_processor_to_others(monkeypatch: Any) -> None:
    seen: list[int] = []

    def learn(*given: Any, **named: Any) -> Any:
        seen.extend(each["num_threads"] for each in threadpool_info())
        return learned(*given, **named)

    learned = engine.learn
    monkeypatch.setattr(engine, "learn", learn)
    steady(product())
    assert forecast().state == ForecastRun.State.DONE
    assert seen
    assert set(seen) == {1}

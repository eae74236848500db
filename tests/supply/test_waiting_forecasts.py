"""Forecasts whose ring was lost, and processes that died: neither holds up the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_personalize.supply.models import ForecastRun
from shop_personalize.supply.services import forecasting, renewal
from tests.supply.builders import product, steady

pytestmark = pytest.mark.django_db
State = ForecastRun.State


def queued(minutes_ago: int) -> ForecastRun:
    run = forecasting.ask(grain="month", rung=False)
    since = timezone.now() - timedelta(minutes=minutes_ago)
    ForecastRun.objects.filter(pk=run.pk).update(created_at=since)
    return run


@pytest.mark.parametrize(
    ("minutes", "state"), [(61, State.QUEUED), (170, State.QUEUED), (190, State.FAILED)]
)
def test_what_waits_for_the_schedule_is_not_given_up(minutes: int, state: str) -> None:
    run = queued(minutes)
    forecasting.give_up_stuck()
    run.refresh_from_db()
    assert run.state == state


def test_the_schedule_makes_what_waits() -> None:
    steady(product(), weeks=30)
    run = queued(61)
    assert renewal.forecast_if_due("month")
    run.refresh_from_db()
    assert ForecastRun.objects.count() == 1
    assert run.state in {State.DONE, State.FAILED}
    assert "within an hour" not in run.error


def test_only_the_time_at_work_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    run = queued(100)
    seen: list[str] = []

    def meanwhile(run: ForecastRun, **_given: object) -> object:
        forecasting.give_up_stuck()
        seen.append(ForecastRun.objects.get(pk=run.pk).state)
        raise ValueError("enough")

    monkeypatch.setattr(forecasting, "compute", meanwhile)
    forecasting.make(run.pk)
    assert seen == [State.RUNNING]
    run.refresh_from_db()
    assert run.finished_at is not None
    assert run.finished_at - run.created_at < timedelta(minutes=1)

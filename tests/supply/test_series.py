"""What is told of a forecast series: history, and the parts it is made of."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from shop_personalize.supply.models import Event, ForecastRun, ForecastSeries
from shop_personalize.supply.selectors import series
from tests.supply.builders import forecast, monday, product, steady

pytestmark = pytest.mark.django_db
State = ForecastRun.State


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

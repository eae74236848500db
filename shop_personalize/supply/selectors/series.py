"""What was sold and what is expected of one thing: for its page and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shop_personalize.supply.models import (
    ForecastRun,
    ForecastSeries,
    ItemState,
    Level,
)
from shop_personalize.supply.selectors import demand
from shop_personalize.supply.selectors.calendar import Happening, happenings
from shop_personalize.supply.selectors.periods import Span, number

SHOWN = {"day": 56, "week": 52, "month": 24}
"""Periods of the past beside a forecast."""


@dataclass(frozen=True)
class Told:
    """``history`` units sold in each period of ``span``; the forecast follows it."""

    run: ForecastRun
    series: ForecastSeries
    span: Span
    history: list[float]
    events: list[Happening]


def newest(grain: str) -> ForecastRun | None:
    done = ForecastRun.objects.filter(grain=grain, state=ForecastRun.State.DONE)
    return done.order_by("-pk").first()


def told(grain: str, level: str, key: str) -> Told | None:
    """None where nothing of the kind has been forecast."""
    run = newest(grain)
    if run is None or run.start is None:
        return None
    series = ForecastSeries.objects.filter(run=run, level=level, key=key).first()
    if series is None:
        return None
    first = number(grain, run.start)
    span = Span(grain, first - SHOWN[grain], SHOWN[grain])
    if level == Level.PRODUCT:
        sold = demand.of_item(key, span).tolist()
    else:
        span = Span(grain, first - len(series.history), len(series.history))
        sold = series.history
    whole = span.longer(run.horizon)
    events = happenings(whole.begin, whole.end - timedelta(days=1))
    return Told(run, series, span, sold, _of(events, level, key))


def _of(events: list[Happening], level: str, key: str) -> list[Happening]:
    if level == Level.SHOP:
        return [each for each in events if not each.category]
    if level == Level.CATEGORY:
        return [each for each in events if each.category in {"", key}]
    state = ItemState.objects.filter(item_id=key).values_list("category", flat=True)
    own = {"", *state}
    return [each for each in events if each.category in own]


def starts(told: Told) -> list[date]:
    """The first day of every period, past and forecast."""
    return told.span.longer(told.run.horizon).starts


def categories(run: ForecastRun) -> list[tuple[str, float]]:
    """Categories with what is expected of them over the horizon, the most first."""
    rows = ForecastSeries.objects.filter(run=run, level=Level.CATEGORY)
    found = [(key, sum(mean)) for key, mean in rows.values_list("key", "mean")]
    return sorted(found, key=lambda one: (-one[1], one[0]))

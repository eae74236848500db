"""What was sold and what is expected of one thing: for its page and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.parts import ahead, split
from shop_personalize.supply.censored import begun
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import (
    ForecastRun,
    ForecastSeries,
    Grain,
    ItemState,
    Level,
)
from shop_personalize.supply.selectors import demand
from shop_personalize.supply.selectors.calendar import Happening, drivers, happenings
from shop_personalize.supply.selectors.periods import SEASONS, Span, number
from shop_personalize.supply.selectors.runs import newest

Matrix = NDArray[np.float64]
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


def told(grain: str, level: str, key: str) -> Told | None:
    """None where nothing of the kind has been forecast."""
    run = newest(grain)
    if run is None or run.start is None:
        return None
    series = ForecastSeries.objects.filter(run=run, level=level, key=key).first()
    if series is None:
        return None
    first, kept = number(grain, run.start), supply_settings().history
    span = Span(grain, first - kept, kept)
    if level == Level.PRODUCT:
        sold = demand.of_item(key, span).tolist()
    else:
        span = Span(grain, first - len(series.history), len(series.history))
        sold = series.history
    shown = Span(grain, first - SHOWN[grain], SHOWN[grain]).longer(run.horizon)
    events = happenings(shown.begin, shown.end - timedelta(days=1))
    return Told(run, series, span, sold, _of(events, level, key))


def _of(events: list[Happening], level: str, key: str) -> list[Happening]:
    own = _categories_of(level, key)
    return [each for each in events if each.category in own]


def _categories_of(level: str, key: str) -> set[str]:
    """Whose events count: those of the whole shop, and of the category."""
    if level == Level.SHOP:
        return {""}
    if level == Level.CATEGORY:
        return {"", key}
    state = ItemState.objects.filter(item_id=key).values_list("category", flat=True)
    return {"", *state}


def parts(told: Told) -> dict[str, list[float]]:
    """Trend, season and events of the past and of the forecast, in units.

    What a series is too short for, or has nothing of, is left out; with nothing but a
    trend nothing is told apart.
    """
    grain, own = told.run.grain, _categories_of(told.series.level, told.series.key)
    values = begun(np.array([told.history]).reshape(1, -1))
    panel = Panel(values, season=SEASONS[Grain(grain)])
    if panel.starts[0] == panel.periods:
        return {}
    whole = told.span.longer(told.run.horizon)
    events = {
        name: share
        for (name, category), share in drivers(whole, told.span.count).items()
        if category in own
    }
    past = split(panel, events)
    coming = ahead(panel, past, np.array([told.series.mean]), events)
    found = {
        "trend": _joined(past.trend, coming.trend),
        "season": _joined(past.season, coming.season),
        "events": _joined(
            sum(past.events.values(), np.zeros_like(values)),
            sum(coming.events.values(), np.zeros_like(coming.trend)),
        ),
    }
    told_apart = {name: each for name, each in found.items() if any(each)}
    return told_apart if set(told_apart) - {"trend"} else {}


def _joined(past: Matrix, coming: Matrix) -> list[float]:
    joined: list[float] = np.nan_to_num(np.concatenate([past[0], coming[0]])).tolist()
    return joined


def starts(told: Told) -> list[date]:
    """The first day of every period, past and forecast."""
    return told.span.longer(told.run.horizon).starts


def categories(run: ForecastRun) -> list[tuple[str, float]]:
    """Categories with what is expected of them over the horizon, the most first."""
    rows = ForecastSeries.objects.filter(run=run, level=Level.CATEGORY)
    found = [(key, sum(mean)) for key, mean in rows.values_list("key", "mean")]
    return sorted(found, key=lambda one: (-one[1], one[0]))

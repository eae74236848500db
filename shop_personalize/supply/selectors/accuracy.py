"""How right forecasts have been, and whether they have become worse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ForecastOutcome, ForecastRun, Level

RECENT = 3
"""Periods that make a drift; it is their middle error that counts, so that one bad week
is none."""
LOOKED_AT = 40
"""Outcomes among which they are looked for: a period may have been forecast often."""


@dataclass(frozen=True)
class Drift:
    """``now`` middle error of the last periods, ``then`` the one of the backtest."""

    grain: str
    level: str
    now: float
    then: float


def drifts(grain: str) -> list[Drift]:
    """Levels whose forecasts are much worse than they promised to be."""
    found = []
    for level in (Level.PRODUCT, Level.SHOP):
        drift = _drift(grain, level)
        if drift is not None and drift.now > supply_settings().drift * drift.then:
            found.append(drift)
    return found


def _drift(grain: str, level: str) -> Drift | None:
    rows = ForecastOutcome.objects.filter(
        run__grain=grain, level=level, step=1, wape__isnull=False
    ).select_related("run")
    newest: dict[date, ForecastOutcome] = {}
    for row in rows.order_by("-period", "-run_id")[:LOOKED_AT]:
        newest.setdefault(row.period, row)
    last = list(newest.values())[:RECENT]
    if len(last) < RECENT:
        return None
    promised = [_promised(row.run, level) for row in last]
    known = [each for each in promised if each]
    if not known:
        return None
    now = median(row.wape or 0.0 for row in last)
    return Drift(grain, level, now, sum(known) / len(known))


def _promised(run: ForecastRun, level: str) -> float | None:
    """The backtest of groups is kept under their level; the shop is one of them."""
    told = run.accuracy.get(Level.CATEGORY if level == Level.SHOP else level, {})
    return told.get("wape")


@dataclass(frozen=True)
class Past:
    period: date
    forecast: float
    actual: float
    wape: float | None
    cover80: float


def past(grain: str, level: str, step: int = 1, most: int = 12) -> list[Past]:
    """Forecasts made ``step`` periods before, and what came, the oldest first."""
    rows = ForecastOutcome.objects.filter(run__grain=grain, level=level, step=step)
    told = rows.order_by("-period", "-run_id").values_list(
        "period", "forecast", "actual", "wape", "cover80"
    )
    newest: dict[date, Past] = {}
    for row in told[: most * 2]:
        newest.setdefault(row[0], Past(*row))
    return [newest[day] for day in sorted(newest)][-most:]

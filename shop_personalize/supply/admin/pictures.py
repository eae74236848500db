"""What was sold and what is expected, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Series, line
from shop_personalize.admin.numbers import number
from shop_personalize.supply.models import Grain
from shop_personalize.supply.selectors.series import Told, starts
from shop_personalize.supply.selectors.series import parts as parts_of

KEPT = {Grain.DAY: 42, Grain.WEEK: 40, Grain.MONTH: 24}
"""Periods of the past that are drawn: more would squeeze what is to come."""


def forecast(told: Told, title: str) -> SafeString:
    """Sold, expected, the 80 % and 95 % bands, and the events."""
    grain = Grain(told.run.grain)
    cut = _cut(told)
    history, days = told.history[cut:], starts(told)[cut:]
    ahead: list[None] = [None] * len(history)
    series = told.series
    blank: list[None] = [None] * len(days)
    joined = [*ahead[:-1], *history[-1:]] if history else []
    return line(
        title,
        [label(grain, day) for day in days],
        [
            Series(
                _("95 % of cases"),
                blank,
                "quiet",
                ([*ahead, *series.low95], [*ahead, *series.high95]),
            ),
            Series(
                _("80 % of cases"),
                blank,
                "a",
                ([*ahead, *series.low80], [*ahead, *series.high80]),
            ),
            Series(_("units sold"), [*history, *([None] * len(series.mean))], "c"),
            Series(_("expected"), [*joined, *series.mean], "a"),
        ],
        write=whole,
        head=str(grain.label),
        description=_(
            "A line for what was sold, one for what is expected, bands for where it "
            "may lie."
        ),
        events=_events(told, days),
    )


def _cut(told: Told) -> int:
    """From where on the past is drawn: not too long, and not before the first sale."""
    first = next((at for at, sold in enumerate(told.history) if sold), 0)
    return max(len(told.history) - KEPT[Grain(told.run.grain)], first - 1, 0)


def whole(value: float) -> str:
    shown = round(value) if abs(value) >= 10 else round(value, 1)
    return number(shown, 0 if shown == int(shown) else 1)


def label(grain: str, day: date) -> str:
    if grain == Grain.MONTH:
        return date_format(day, "M Y")
    return date_format(day, "j M Y")


def _events(told: Told, days: Sequence[date]) -> list[tuple[int, str]]:
    found = []
    for event in told.events:
        within = [at for at, day in enumerate(days) if day <= event.first]
        if within and event.last >= days[0]:
            found.append((within[-1], f"{event.name} {label('day', event.first)}"))
    return found


def parts(told: Told, title: str) -> list[SafeString]:
    """Trend, season and events apart, where the series is long enough to tell.

    The trend is that of the past: what lies ahead of it is the forecast's own.
    """
    grain, cut = Grain(told.run.grain), _cut(told)
    days = [label(grain, day) for day in starts(told)[cut:]]
    found: dict[str, list[float | None]] = {
        name: list(values) for name, values in parts_of(told).items()
    }
    if "trend" in found:
        ahead = len(told.series.mean)
        found["trend"] = [*found["trend"][:-ahead], *([None] * ahead)]
    names = {"trend": _("trend"), "season": _("season"), "events": _("events")}
    return [
        line(
            f"{title}: {name}",
            days,
            [Series("", found[key][cut:])],
            write=whole,
            head=str(grain.label),
        )
        for key, name in names.items()
        if any(found.get(key, [])[cut:])
    ]

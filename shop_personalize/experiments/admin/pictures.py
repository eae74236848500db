"""The picture of an answer: a difference with its band, or rates side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Series, line
from shop_personalize.experiments.words import level, signed, title_of

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from shop_personalize.experiments.selectors import Point, Result

TONES = ("a", "b", "c")
WIDEST = 4.0
"""Bands so many times as wide as the last one are left out: they hide the rest."""


def picture(result: Result) -> SafeString | str:
    """The difference with its band about the zero line, or rates side by side."""
    shown = {key: points for key, points in result.curves.items() if points}
    labels = sorted({point.day for points in shown.values() for point in points})
    if not labels:
        return ""
    metric, currency = result.primary.metric, result.currency
    is_rate = bool(result.chances)

    def write(value: float) -> str:
        return (level if is_rate else signed)(metric, value, currency)

    drawn = [
        series(_name(result, key), points, labels, TONES[at % len(TONES)])
        for at, (key, points) in enumerate(shown.items())
    ]
    return line(
        _caption(result, is_rate),
        [date_format(day, "SHORT_DATE_FORMAT") for day in labels],
        drawn,
        write=write,
        head=_("day"),
        description=_(
            "A line for what was found up to each day, a band for where it may lie. "
            "While the band holds zero, it may be chance."
        ),
    )


def _caption(result: Result, is_rate: bool) -> str:
    words = {
        "metric": title_of(result.primary.metric),
        "control": result.study.control.name,
    }
    if is_rate:
        return _("%(metric)s: from the start to each day") % words
    return (
        _("%(metric)s: difference from “%(control)s”, from the start to each day")
        % words
    )


def _name(result: Result, key: str) -> str:
    return next((v.name for v in result.study.variants if v.key == key), key)


def series(
    name: str, points: Sequence[Point], labels: Sequence[Any], tone: str
) -> Series:
    at = {point.day: point for point in points if _is_telling(point, points[-1])}
    known = [at.get(day) for day in labels]
    band = (
        [point.low if point else None for point in known],
        [point.high if point else None for point in known],
    )
    values = [point.value if point else None for point in known]
    has_band = any(end is not None for end in band[0])
    return Series(name, values, tone, band if has_band else None)


def _is_telling(point: Point, last: Point) -> bool:
    if point.low is None or point.high is None or last.low is None or last.high is None:
        return True
    return point.high - point.low <= WIDEST * (last.high - last.low)

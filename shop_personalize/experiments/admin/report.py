"""The page of one experiment: number, comparison, picture, what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Series, line
from shop_personalize.admin.numbers import NOTHING, days, number, percent
from shop_personalize.experiments.metrics import METRICS
from shop_personalize.experiments.words import (
    certainty,
    level,
    relative,
    signed,
    signed_percent,
    span,
    split,
    title_of,
)

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from shop_personalize.experiments.selectors import (
        Guarded,
        Measured,
        Point,
        Result,
        Variant,
    )

TONES = ("a", "b", "c")
WIDEST = 6.0
"""Bands so many times as wide as the last one are left out: they hide the rest."""


@dataclass(frozen=True)
class Row:
    """A variant in the table."""

    name: str
    changes: list[str]
    cells: list[str]
    is_winner: bool = False


@dataclass(frozen=True)
class Figure:
    """A metric in the table of all that was looked at."""

    title: str
    name: str
    means: str
    cells: list[str]
    is_adjusted: bool = False


@dataclass(frozen=True)
class Guard:
    title: str
    allowed: str
    stands: str
    is_crossed: bool


def tiles(result: Result, share: float | None) -> list[tuple[str, str, str]]:
    """Name, number, and what it is to be compared with."""
    study, primary = result.study, result.primary
    seen = _("recommendations seen") if result.chances else _("visitors counted")
    found = [(seen, number(sum(primary.units), 0), split(primary.units))]
    if study.started_at:
        until = study.ended_at or timezone.now()
        ran = days((until - study.started_at).total_seconds() / 86400)
        since = date_format(timezone.localtime(study.started_at), "DATE_FORMAT")
        label = _("running for") if study.is_running else _("ran for")
        found.append((label, ran, _("since %(date)s") % {"date": since}))
    if share is not None:
        found.append((_("take part"), percent(share), _("of all visitors")))
    for variant, mean in zip(study.variants, primary.means, strict=False):
        shown = level(primary.metric, mean, result.currency)
        found.append((variant.name, shown, title_of(primary.metric)))
    return found


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

    series = [
        _series(_name(result, key), points, labels, TONES[at % len(TONES)])
        for at, (key, points) in enumerate(shown.items())
    ]
    return line(
        _caption(result, is_rate),
        [date_format(day, "SHORT_DATE_FORMAT") for day in labels],
        series,
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
    return _(
        "%(metric)s: difference from “%(control)s”, from the start to each day"
    ) % (words)


def _name(result: Result, key: str) -> str:
    return next((v.name for v in result.study.variants if v.key == key), key)


def _series(
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


def arms(
    result: Result,
    changes: dict[str, list[str]],
    weights: dict[str, float],
    winner: str = "",
) -> tuple[list[str], list[Row]]:
    """Heads and rows of the table by variant."""
    primary = result.primary
    seen = _("seen") if result.chances else _("visitors")
    heads = [seen, title_of(primary.metric)]
    heads += (
        [_("best by a chance of"), _("gets now")]
        if result.chances
        else [_("difference"), _("in %"), _("likely between")]
    )
    rows = []
    for at, variant in enumerate(result.study.variants):
        units = primary.units[at] if primary.units else 0
        mean = primary.means[at] if primary.means else None
        cells = [number(units, 0), level(primary.metric, mean, result.currency)]
        cells += _against(result, variant, weights)
        rows.append(
            Row(
                variant.name,
                changes.get(variant.key, []),
                cells,
                bool(winner) and variant.key == winner,
            )
        )
    return heads, rows


def _against(result: Result, variant: Variant, weights: dict[str, float]) -> list[str]:
    if result.chances:
        now = weights.get(variant.key, variant.weight)
        return [percent(result.chances[variant.key], 0), percent(now, 0)]
    found, metric = result.primary.of(variant), result.primary.metric
    if found is None:
        return [NOTHING] * 3
    return [
        signed(metric, found.effect.difference, result.currency),
        relative(found),
        span(metric, found, result.currency),
    ]


def others(result: Result) -> tuple[list[str], list[Figure]]:
    """Heads and rows of what was looked at as well; a comparison takes two cells."""
    heads = [result.study.control.name]
    for variant in result.study.treatments:
        heads += [variant.name, _("likely between"), ""]
    return heads, [_figure(result, each) for each in result.secondary]


def _figure(result: Result, measured: Measured) -> Figure:
    known, currency = METRICS[measured.metric], result.currency
    cells = [level(measured.metric, measured.means[0], currency)]
    for each in measured.compared:
        cells += [
            signed(measured.metric, each.effect.difference, currency),
            span(measured.metric, each, currency),
            certainty(each),
        ]
    return Figure(
        str(known.title),
        measured.metric,
        str(known.means),
        cells,
        any(each.is_adjusted for each in measured.compared),
    )


def guards(result: Result) -> list[Guard]:
    return [_guard(each) for each in result.guards]


def _guard(guard: Guarded) -> Guard:
    stands = "; ".join(
        _("%(arm)s %(by)s (%(low)s to %(high)s)")
        % {
            "arm": each.variant.name,
            "by": relative(each),
            "low": signed_percent(each.effect.relative_low),
            "high": signed_percent(each.effect.relative_high),
        }
        for each in guard.measured.compared
        if each.effect.is_known
    )
    return Guard(
        title_of(guard.bound.metric),
        signed_percent(-guard.bound.worst),
        stands or _("not known yet"),
        bool(guard.crossed),
    )


def traffic(result: Result) -> tuple[str, bool] | None:
    """Whether the traffic is split as planned, in a sentence."""
    if result.ratio_p is None:
        return None
    words = {
        "split": split(result.primary.units),
        "planned": " : ".join(percent(v.weight, 0) for v in result.study.variants),
        "p": number(result.ratio_p, 3),
    }
    if result.is_uneven:
        return _(
            "%(split)s; planned is %(planned)s. That is no chance (p = %(p)s)."
        ) % (words), False
    return _("%(split)s, as planned: %(planned)s (p = %(p)s).") % words, True


def method(result: Result) -> list[str]:
    """How it was judged, for who asks."""
    if result.chances:
        return [
            _(
                "Visitors go to the variants by their chance of being the best "
                "(Thompson sampling); the control keeps one in ten."
            )
        ]
    found = [
        _(
            "The intervals hold however often you look (always-valid, 95 %%, for all "
            "variants together)."
        )
        % {}
    ]
    cuts = [each.effect.cut for each in result.primary.compared if each.is_adjusted]
    if cuts:
        found.append(
            _(
                "What visitors did before the start was taken out (CUPED): that saves "
                "%(share)s of the visitors."
            )
            % {"share": percent(max(cuts), 0)}
        )
    if result.secondary:
        found.append(
            _(
                "What does not decide is called clear only after a correction for "
                "being several (Holm)."
            )
        )
    if result.other_currencies:
        found.append(
            _("Only what was sold in %(currency)s counts; there is also: %(others)s.")
            % {
                "currency": result.currency,
                "others": ", ".join(result.other_currencies),
            }
        )
    return found

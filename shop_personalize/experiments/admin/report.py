"""The page of one experiment: number, comparison, picture, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import NOTHING, days, number, percent
from shop_personalize.experiments.admin.pictures import picture
from shop_personalize.experiments.metrics import METRICS
from shop_personalize.experiments.words import (
    advice,
    certainty,
    headline,
    level,
    relative,
    signed,
    signed_percent,
    span,
    split,
    title_of,
    worth,
)

if TYPE_CHECKING:
    from shop_personalize.experiments.selectors import (
        Guarded,
        Measured,
        Result,
        Variant,
    )


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


@dataclass(frozen=True)
class Guard:
    title: str
    allowed: str
    stands: str
    is_crossed: bool


def context(
    result: Result,
    changes: dict[str, list[str]],
    weights: dict[str, float],
    share: float | None = None,
    winner: str = "",
) -> dict[str, Any]:
    heads, rows = arms(result, changes, weights, winner)
    other_heads, figures = others(result)
    return {
        "title": headline(result),
        "advice": advice(result),
        "worth": worth(result),
        "result": result,
        "tiles": tiles(result, share),
        "picture": picture(result),
        "heads": heads,
        "rows": rows,
        "other_heads": other_heads,
        "figures": figures,
        "guards": guards(result),
        "traffic": traffic(result),
        "method": method(result),
    }


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


def arms(
    result: Result,
    changes: dict[str, list[str]],
    weights: dict[str, float],
    winner: str = "",
) -> tuple[list[str], list[Row]]:
    """Heads and rows of the table by variant."""
    primary = result.primary
    if result.chances:
        rest = [_("chance to be the best"), _("gets now"), _("seen")]
    else:
        rest = [_("difference"), _("likely between"), _("in %"), _("visitors")]
    heads = [title_of(primary.metric), *rest]
    rows = []
    for at, variant in enumerate(result.study.variants):
        units = primary.units[at] if primary.units else 0
        mean = primary.means[at] if primary.means else None
        cells = [
            level(primary.metric, mean, result.currency),
            *_against(result, variant, weights),
            number(units, 0),
        ]
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
        span(metric, found, result.currency),
        relative(found),
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
            "The intervals hold in 19 of 20 experiments, however often you look and "
            "for all variants together (always-valid)."
        )
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

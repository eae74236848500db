"""The results as CSV: a line a metric and variant, plain numbers."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from shop_personalize.admin.export import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop_personalize.experiments.selectors import Measured, Result

COLUMNS = (
    "experiment",
    "until",
    "metric",
    "role",
    "currency",
    "variant",
    "name",
    "units",
    "mean",
    "difference",
    "low",
    "high",
    "relative",
    "p_value",
    "corrected_p",
    "adjusted",
)


def respond(result: Result) -> HttpResponse:
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{result.study.slug}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows(_lines(result))
    return response


def _lines(result: Result) -> Iterator[list[str]]:
    roles: list[tuple[str, Measured]] = [("primary", result.primary)]
    roles += [("secondary", each) for each in result.secondary]
    roles += [("guardrail", each.measured) for each in result.guards]
    for role, measured in roles:
        for at, variant in enumerate(result.study.variants):
            facts = [
                result.study.slug,
                result.day,
                measured.metric,
                role,
                measured.currency,
                variant.key,
                variant.name,
                measured.units[at],
                measured.means[at],
                *_against(measured, at),
            ]
            yield [_cell(each) for each in facts]


def _against(measured: Measured, at: int) -> list[Any]:
    if not at or at > len(measured.compared):
        return [None] * 7
    found = measured.compared[at - 1]
    effect = found.effect
    return [
        effect.difference,
        effect.low,
        effect.high,
        effect.relative,
        effect.p_value,
        found.corrected_p,
        int(found.is_adjusted),
    ]


def _cell(value: Any) -> str:
    """A number that is none leaves its cell empty."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return harmless(value)

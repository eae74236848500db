from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from shop_personalize.admin.charts.frame import figure, pct, px, svg, table
from shop_personalize.admin.numbers import number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

ROW, TOP, THICK = 40, 18, 14
"""Heights in px: a row, from its top to the bar, the bar."""
WIDTH = 74.0
"""Percent of the width for the longest bar; the rest holds its number."""


@dataclass(frozen=True)
class Bar:
    """``tone`` a, b, c or quiet is a color; ``note`` is said after the number."""

    label: str
    value: float
    note: str = ""
    tone: str = "a"


def bars(
    title: str,
    rows: Sequence[Bar],
    *,
    write: Callable[[float], str] = number,
    description: str = "",
    unit: str = "",
) -> SafeString:
    """Horizontal bars from a common zero, each with its name and number."""
    low = min([0.0, *(row.value for row in rows)])
    span = max([0.0, *(row.value for row in rows)]) - low or 1.0
    zero = -low / span * WIDTH
    drawing = format_html_join(
        "",
        "{}",
        ((_bar(at, row, zero, span, write),) for at, row in enumerate(rows)),
    )
    numbers = table(
        ["", unit or _("value")],
        ([row.label, f"{write(row.value)} {row.note}".strip()] for row in rows),
    )
    spoken = description or "; ".join(f"{r.label} {write(r.value)}" for r in rows)
    return figure(title, svg(len(rows) * ROW, title, spoken, drawing), numbers)


def _bar(
    at: int, row: Bar, zero: float, span: float, write: Callable[[float], str]
) -> SafeString:
    width = abs(row.value) / span * WIDTH
    left = zero - (width if row.value < 0 else 0)
    return format_html(
        '<text x="0" y="{}">{}</text>'
        '<rect class="sp-{}" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="sp-value" x="{}" dx="6" y="{}">{}</text>',
        px(at * ROW + TOP - 5),
        row.label,
        row.tone,
        pct(left),
        px(at * ROW + TOP),
        pct(width),
        px(THICK),
        pct(left + width),
        px(at * ROW + TOP + THICK - 3),
        f"{write(row.value)} {row.note}".strip(),
    )


def funnel(title: str, steps: Sequence[tuple[str, float]]) -> SafeString:
    """What is left after each step, with its share of the step before."""
    before = [None, *(value for _label, value in steps[:-1])]
    rows = [
        Bar(label, value, note=_of(value, previous))
        for (label, value), previous in zip(steps, before, strict=True)
    ]
    return bars(title, rows)


def _of(value: float, previous: float | None) -> str:
    return f"· {percent(value / previous)}" if previous else ""

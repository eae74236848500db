from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from shop_personalize.admin.charts.frame import figure, pct, px, svg, table
from shop_personalize.admin.charts.scale import ticks
from shop_personalize.admin.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

ROW, WORDS, LINE, HALF, FOOT = 44, 14, 28, 7, 20
"""Heights in px: a row, its words, its dot, half the marks about it, the foot."""
LEFT, RIGHT = 1.0, 99.0
"""Percent of the width between which the scale runs, so that no dot is cut off."""


@dataclass(frozen=True)
class Dot:
    """A value with what it may as well be; ``marked`` is the one that was taken."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    tone: str = "a"
    marked: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        low = self.value if self.low is None else self.low
        return low, self.value if self.high is None else self.high


def dots(
    title: str,
    rows: Sequence[Dot],
    *,
    write: Callable[[float], str] = number,
    description: str = "",
) -> SafeString:
    """A dot a row on one scale from zero, a line through it for its interval.

    The name stands at the left, the number at the right, above the line.
    """
    marks = ticks(end for row in rows for end in row.ends)
    scale = _Scale(marks[0], marks[-1])
    height = len(rows) * ROW + FOOT
    body = format_html(
        "{}{}",
        _grid(scale, marks, len(rows), write),
        format_html_join(
            "", "{}", ((_row(at, row, scale, write),) for at, row in enumerate(rows))
        ),
    )
    spoken = description or "; ".join(f"{r.label} {write(r.value)}" for r in rows)
    numbers = table(
        ["", _("value"), _("likely between")],
        ([_named(row), write(row.value), between(row, write)] for row in rows),
    )
    return figure(title, svg(height, title, spoken, body), numbers)


def between(row: Dot, write: Callable[[float], str]) -> str:
    """The interval in words: “0.105–0.126”."""
    low, high = row.ends
    return f"{write(low)}\N{EN DASH}{write(high)}" if low < high else ""


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float

    def x(self, value: float) -> float:
        """Percent from the left."""
        share = (value - self.low) / (self.high - self.low)
        return LEFT + share * (RIGHT - LEFT)


def _named(row: Dot) -> str:
    return f"✔ {row.label}" if row.marked else row.label


def _row(at: int, row: Dot, scale: _Scale, write: Callable[[float], str]) -> SafeString:
    low, high = row.ends
    top = at * ROW
    return format_html(
        '<text class="{}" x="0" y="{}">{}</text>'
        '<text class="sp-value" x="100%" y="{}" text-anchor="end">{}</text>'
        '<line class="sp-line sp-solid sp-{}" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<circle class="sp-{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        "sp-value" if row.marked else "",
        px(top + WORDS),
        _named(row),
        px(top + WORDS),
        write(row.value),
        row.tone,
        pct(scale.x(low)),
        pct(scale.x(high)),
        px(top + LINE),
        px(top + LINE),
        row.tone,
        pct(scale.x(row.value)),
        px(top + LINE),
        6 if row.marked else 4,
        f"{row.label} {write(row.value)} {between(row, write)}".strip(),
    )


def _grid(
    scale: _Scale, marks: Sequence[float], rows: int, write: Callable[[float], str]
) -> SafeString:
    """The scale's marks behind each row's dot, and their numbers at the foot."""
    lines = format_html_join(
        "",
        '<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>',
        (
            (
                "sp-grid" if mark else "sp-axis",
                pct(scale.x(mark)),
                px(row * ROW + LINE - HALF),
                px(row * ROW + LINE + HALF),
            )
            for row in range(rows)
            for mark in marks
        ),
    )
    return format_html(
        "{}{}",
        lines,
        format_html_join(
            "",
            '<text class="sp-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
            (
                (
                    pct(scale.x(mark)),
                    px(rows * ROW + FOOT - 6),
                    _anchor(mark, marks),
                    write(mark) if mark else "0",
                )
                for mark in marks
            ),
        ),
    )


def _anchor(mark: float, marks: Sequence[float]) -> str:
    if mark == marks[0]:
        return "start"
    return "end" if mark == marks[-1] else "middle"

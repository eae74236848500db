from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from shop_personalize.admin.charts.frame import figure, pct, px, svg, table
from shop_personalize.admin.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

TOP, HEIGHT, FOOT = 18, 110, 20
"""Heights in px: for the largest number, of the columns, for the labels."""
GAP = 0.2
"""Share of a column's place left empty."""


def histogram(
    title: str,
    columns: Sequence[tuple[str, float]],
    *,
    write: Callable[[float], str] = number,
    head: tuple[str, str] = ("", ""),
    labels: int = 3,
) -> SafeString:
    """Columns from zero; the largest says its number, some say their name."""
    values = [value for _label, value in columns]
    top = max([0.0, *values])
    place = 100 / max(1, len(columns))
    body = format_html(
        "{}{}{}",
        format_html_join(
            "",
            "{}",
            ((_column(*c, k, place, top, write),) for k, c in enumerate(columns)),
        ),
        format_html(
            '<line class="sp-axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>',
            px(TOP + HEIGHT),
        ),
        _names(columns, place, labels),
    )
    spoken = "; ".join(f"{label} {write(value)}" for label, value in columns[:12])
    drawing = svg(TOP + HEIGHT + FOOT, title, spoken, body)
    return figure(title, drawing, table(head, ([a, write(v)] for a, v in columns)))


def _column(
    label: str,
    value: float,
    at: int,
    place: float,
    top: float,
    write: Callable[[float], str],
) -> SafeString:
    height = value / top * HEIGHT if top else 0.0
    rect = format_html(
        '<rect class="sp-a" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect>",
        pct((at + GAP / 2) * place),
        px(TOP + HEIGHT - height),
        pct((1 - GAP) * place),
        px(height),
        f"{label}: {write(value)}",
    )
    if not top or value < top:
        return rect
    middle = (at + 0.5) * place
    return format_html(
        '{}<text class="sp-value" x="{}" y="{}" text-anchor="{}">{}</text>',
        rect,
        pct(middle),
        px(TOP - 5),
        anchor(middle),
        write(value),
    )


def _names(
    columns: Sequence[tuple[str, float]], place: float, labels: int
) -> SafeString:
    last = len(columns) - 1
    shown = sorted({round(k * last / max(1, labels - 1)) for k in range(labels)})
    return format_html_join(
        "",
        '<text class="sp-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (
                pct((at + 0.5) * place),
                px(TOP + HEIGHT + FOOT - 5),
                anchor((at + 0.5) * place),
                columns[at][0],
            )
            for at in shown
            if 0 <= at <= last
        ),
    )


def anchor(position: float) -> str:
    """Keeps a label at ``position`` percent inside the drawing."""
    return "start" if position < 12 else "end" if position > 88 else "middle"

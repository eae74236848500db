from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop_personalize.admin.charts.frame import px
from shop_personalize.admin.numbers import NOTHING, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH, HEIGHT, EDGE = 96, 24, 3


def sparkline(
    title: str, values: Sequence[float], *, write: Callable[[float], str] = number
) -> SafeString:
    """A line the size of a word, from zero, with its last number beside it."""
    if len(values) < 2:
        return format_html("{}", write(values[0]) if values else NOTHING)
    low, high = min([0.0, *values]), max([0.0, *values])
    scale = (HEIGHT - 2 * EDGE) / ((high - low) or 1.0)
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    points = [
        (EDGE + at * step, HEIGHT - EDGE - (value - low) * scale)
        for at, value in enumerate(values)
    ]
    return format_html(
        '<span class="sp-spark"><svg width="{}" height="{}" role="img">'
        '<title>{}</title>{}<polyline class="sp-line sp-a" points="{}"/>'
        '<circle class="sp-a" cx="{}" cy="{}" r="2.5"/></svg> {}</span>',
        WIDTH,
        HEIGHT,
        f"{title}: " + ", ".join(write(value) for value in values),
        _zero(HEIGHT - EDGE + low * scale) if low < 0 else "",
        " ".join(f"{px(x)},{px(y)}" for x, y in points),
        px(points[-1][0]),
        px(points[-1][1]),
        write(values[-1]),
    )


def _zero(y: float) -> SafeString:
    """Where nothing is, for values on both sides of it."""
    return format_html(
        '<line class="sp-grid" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, px(y), px(y)
    )

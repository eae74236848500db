"""A figure over the price: the curve with its band, today's price, what rules allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts.frame import figure, grid, pct, px, svg, table
from shop_personalize.admin.charts.histogram import anchor
from shop_personalize.admin.charts.scale import nice_step, ticks

if TYPE_CHECKING:
    from shop_personalize.pricing.selectors.workbench import Curve

TOP, HEIGHT, FOOT = 46, 170, 22
"""Heights in px: for the marks' names, of the plot, for the prices."""
ROWS = 12
"""Rows of the table of numbers."""
Write = Callable[[float], str]


@dataclass(frozen=True)
class Mark:
    """A price with a name; ``tone`` as of a chart."""

    label: str
    price: float
    tone: str = "quiet"


@dataclass(frozen=True)
class _Plot:
    left: float
    right: float
    low: float
    high: float

    def x(self, price: float) -> float:
        """Percent from the left."""
        return (price - self.left) / ((self.right - self.left) or 1.0) * 100

    def y(self, value: float) -> float:
        """Px from the top."""
        share = (self.high - value) / ((self.high - self.low) or 1.0)
        return TOP + min(max(share, 0.0), 1.0) * HEIGHT

    def holds(self, price: float) -> bool:
        return self.left <= price <= self.right


def curve(
    title: str,
    found: Curve,
    *,
    write: Write,
    write_price: Write,
    marks: Sequence[Mark] = (),
    allowed: tuple[float, float] | None = None,
    seen: Sequence[tuple[float, float]] = (),
    head: tuple[str, str] = ("", ""),
) -> SafeString:
    """One figure over the price. ``seen``: (price, figure) of the weeks there were."""
    scale = ticks(_shown(found, seen), count=4)
    plot = _Plot(float(found.price[0]), float(found.price[-1]), scale[0], scale[-1])
    body = format_html(
        "{}{}{}{}{}{}",
        _allowed(plot, allowed),
        grid(scale, plot.y, write),
        _drawn(plot, found),
        _seen(plot, seen, write, write_price),
        _marks(plot, marks, write_price),
        _prices(plot, write_price),
    )
    spoken = "; ".join(f"{mark.label} {write_price(mark.price)}" for mark in marks)
    drawing = svg(TOP + HEIGHT + FOOT, title, spoken or title, body)
    return figure(title, drawing, _numbers(found, write, write_price, head))


def _shown(found: Curve, seen: Sequence[tuple[float, float]]) -> list[float]:
    """The band and most weeks; a single week of a bulk order must not flatten them."""
    values = [float(found.value.max()), float(found.value.min())]
    top = float(found.value.max())
    values += [min(float(found.high.max()), 2 * max(top, 0.0)), float(found.low.min())]
    if seen:
        values.append(float(np.quantile([value for _price, value in seen], 0.95)))
    return [max(value, -max(top, 1.0)) for value in values]


def _allowed(plot: _Plot, allowed: tuple[float, float] | None) -> SafeString:
    if allowed is None:
        return SafeString("")
    left = max(allowed[0], plot.left)
    right = min(allowed[1], plot.right)
    if right <= left:
        return SafeString("")
    return format_html(
        '<rect class="sp-allowed" x="{}" y="{}" width="{}" height="{}">'
        "<title>{}</title></rect>",
        pct(plot.x(left)),
        px(TOP),
        pct(plot.x(right) - plot.x(left)),
        px(HEIGHT),
        _("allowed by the rules"),
    )


def _drawn(plot: _Plot, found: Curve) -> SafeString:
    """In a box that stretches with the page; the stroke does not."""
    upper = [(p, v) for p, v in zip(found.price, found.high, strict=True)]
    lower = [(p, v) for p, v in zip(found.price, found.low, strict=True)]
    middle = zip(found.price, found.value, strict=True)
    return format_html(
        '<svg viewBox="0 0 100 {0}" width="100%" height="{0}" '
        'preserveAspectRatio="none"><polygon class="sp-band sp-a" points="{1}"/>'
        '<polyline class="sp-line sp-a" points="{2}" '
        'vector-effect="non-scaling-stroke"/></svg>',
        px(TOP + HEIGHT),
        _points(plot, [*upper, *lower[::-1]]),
        _points(plot, middle),
    )


def _points(plot: _Plot, pairs: object) -> str:
    return " ".join(f"{px(plot.x(p))},{px(plot.y(v))}" for p, v in pairs)  # type: ignore[attr-defined]


def _seen(
    plot: _Plot,
    seen: Sequence[tuple[float, float]],
    write: Write,
    write_price: Write,
) -> SafeString:
    return format_html_join(
        "",
        '<circle class="sp-seen" cx="{}" cy="{}" r="3"><title>{}</title></circle>',
        (
            (
                pct(plot.x(price)),
                px(plot.y(value)),
                f"{write_price(price)}: {write(value)}",
            )
            for price, value in seen
            if plot.holds(price)
        ),
    )


def _marks(plot: _Plot, marks: Sequence[Mark], write: Write) -> SafeString:
    """Each with its name above the plot, neighbors on two heights."""
    there = [mark for mark in marks if plot.holds(mark.price)]
    there.sort(key=lambda mark: mark.price)
    return format_html_join(
        "",
        '<line class="sp-line sp-{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>'
        '<text class="sp-value sp-text-{0}" x="{1}" y="{4}" text-anchor="{5}">{6}'
        "</text>",
        (
            (
                mark.tone,
                pct(plot.x(mark.price)),
                px(TOP - 15),
                px(TOP + HEIGHT),
                px(TOP - 33 if at % 2 else TOP - 19),
                "start" if plot.x(mark.price) < 50 else "end",
                f"{mark.label} {write(mark.price)}",
            )
            for at, mark in enumerate(there)
        ),
    )


def _prices(plot: _Plot, write: Write) -> SafeString:
    step = nice_step(plot.right - plot.left, 4)
    first = int(np.ceil(plot.left / step - 1e-9))
    last = int(np.floor(plot.right / step + 1e-9))
    return format_html_join(
        "",
        '<text class="sp-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (
                pct(plot.x(at * step)),
                px(TOP + HEIGHT + FOOT - 6),
                anchor(plot.x(at * step)),
                write(at * step),
            )
            for at in range(first, last + 1)
        ),
    )


def _numbers(
    found: Curve, write: Write, write_price: Write, head: tuple[str, str]
) -> SafeString:
    rows = np.unique(np.linspace(0, len(found.price) - 1, ROWS).astype(int))
    return table(
        [*head, _("at least"), _("at most")],
        (
            [
                write_price(float(found.price[row])),
                write(float(found.value[row])),
                write(float(found.low[row])),
                write(float(found.high[row])),
            ]
            for row in rows
        ),
    )

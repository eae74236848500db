from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shop_personalize.admin.charts.frame import figure, grid, pct, px, svg, table
from shop_personalize.admin.charts.histogram import anchor
from shop_personalize.admin.charts.scale import ticks
from shop_personalize.admin.numbers import NOTHING, number

TOP, HEIGHT, FOOT = 16, 150, 22
"""Heights in px: above, of the plot, for the labels."""
APART = 14.0
"""Px between the labels of two lines that end close together."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """A line; its name stands at its end. ``band`` is (lower, upper).

    A band alone, without values, has its limits among the numbers.
    """

    label: str
    values: Values
    tone: str = "a"
    band: tuple[Values, Values] | None = None


def line(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    write: Callable[[float], str] = number,
    head: str = "",
    description: str = "",
    events: Sequence[tuple[int, str]] = (),
) -> SafeString:
    """Lines over common labels, from an honest zero; gaps where nothing is known.

    ``events`` are marked where they happen, by the place of the label, with their name.
    """
    marks = ticks([v for s in series for v in _all(s) if v is not None])
    plot = _Plot(len(labels), marks[0], marks[-1])
    body = format_html(
        "{}{}{}{}{}",
        grid(marks, plot.y, write),
        _events(plot, events),
        format_html_join("", "{}", ((_drawn(plot, s),) for s in series)),
        _ends(plot, series, write),
        _feet(plot, labels),
    )
    drawing = svg(TOP + HEIGHT + FOOT, title, description or title, body)
    return figure(title, drawing, _numbers(head, labels, series, write))


@dataclass(frozen=True)
class _Plot:
    count: int
    low: float
    high: float

    def x(self, at: int) -> float:
        """Percent from the left."""
        return at / (self.count - 1) * 100 if self.count > 1 else 50.0

    def y(self, value: float) -> float:
        """Px from the top."""
        return TOP + (self.high - value) / (self.high - self.low) * HEIGHT


def _all(series: Series) -> list[float | None]:
    lower, upper = series.band or ((), ())
    return [*series.values, *lower, *upper]


def _events(plot: _Plot, events: Sequence[tuple[int, str]]) -> SafeString:
    return format_html_join(
        "",
        '<line class="sp-event" x1="{0}" x2="{0}" y1="{1}" y2="{2}">'
        "<title>{3}</title></line>",
        (
            (pct(plot.x(at)), px(TOP), px(TOP + HEIGHT), name)
            for at, name in events
            if 0 <= at < plot.count
        ),
    )


def _drawn(plot: _Plot, series: Series) -> SafeString:
    """Shapes in a box that stretches with the page; their strokes do not."""
    shapes = format_html_join(
        "",
        '<polyline class="sp-line sp-{}" points="{}" '
        'vector-effect="non-scaling-stroke"/>',
        ((series.tone, points) for points in _runs(plot, series.values)),
    )
    return format_html(
        '<svg viewBox="0 0 100 {0}" width="100%" height="{0}" '
        'preserveAspectRatio="none">{1}{2}</svg>{3}',
        px(TOP + HEIGHT),
        _band(plot, series),
        shapes,
        format_html_join(
            "",
            '<circle class="sp-{}" cx="{}" cy="{}" r="3"><title>{}</title></circle>',
            _dots(plot, series),
        ),
    )


def _runs(plot: _Plot, values: Values) -> list[str]:
    known = groupby(enumerate(values), key=lambda pair: pair[1] is not None)
    return [
        " ".join(f"{px(plot.x(k))},{px(plot.y(v))}" for k, v in run if v is not None)
        for is_known, run in known
        if is_known
    ]


def _band(plot: _Plot, series: Series) -> SafeString:
    if series.band is None:
        return SafeString("")
    lower, upper = series.band
    there = [(k, v) for k, v in enumerate(upper) if v is not None]
    back = [(k, v) for k, v in enumerate(lower) if v is not None][::-1]
    points = " ".join(f"{px(plot.x(k))},{px(plot.y(v))}" for k, v in [*there, *back])
    return format_html(
        '<polygon class="sp-band sp-{}" points="{}"/>', series.tone, points
    )


def _dots(plot: _Plot, series: Series) -> list[tuple[str, str, str, str]]:
    """Few points are all marked, of many only the last."""
    known = [(k, v) for k, v in enumerate(series.values) if v is not None]
    shown = known if len(known) <= 12 else known[-1:]
    return [
        (series.tone, pct(plot.x(k)), px(plot.y(v)), f"{series.label} {number(v)}")
        for k, v in shown
    ]


def _ends(
    plot: _Plot, series: Sequence[Series], write: Callable[[float], str]
) -> SafeString:
    """Each line's name and last number, at its end and not over one another."""
    ends = []
    for one in series:
        known = [v for v in one.values if v is not None]
        if known:
            text = f"{one.label} {write(known[-1])}".strip()
            ends.append((plot.y(known[-1]) - 8, one.tone, text))
    placed: list[tuple[str, str, str]] = []
    lowest = float("-inf")
    for wanted, tone, text in sorted(ends):
        lowest = max(wanted, lowest + APART, 11.0)
        placed.append((tone, px(lowest), text))
    return format_html_join(
        "",
        '<text class="sp-value sp-text-{}" x="100%" y="{}" text-anchor="end">{}</text>',
        placed,
    )


def _feet(plot: _Plot, labels: Sequence[str]) -> SafeString:
    last = len(labels) - 1
    shown = sorted({0, last // 2, last}) if last >= 0 else []
    return format_html_join(
        "",
        '<text class="sp-tick" x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (
                pct(plot.x(at)),
                px(TOP + HEIGHT + FOOT - 5),
                anchor(plot.x(at)),
                labels[at],
            )
            for at in shown
        ),
    )


def _numbers(
    head: str,
    labels: Sequence[str],
    series: Sequence[Series],
    write: Callable[[float], str],
) -> SafeString:
    def cell(one: Series, at: int) -> str:
        value = one.values[at]
        if value is not None:
            return write(value)
        if one.band is None or any(v is not None for v in one.values):
            return NOTHING
        lower, upper = (limit[at] for limit in one.band)
        if lower is None or upper is None:
            return NOTHING
        return f"{write(lower)}\N{EN DASH}{write(upper)}"

    rows = (
        [label, *(cell(one, at) for one in series)] for at, label in enumerate(labels)
    )
    return table([head, *(one.label for one in series)], rows)

"""``python -m benchmarks.stock.picture RESULT.json OUT.svg``: service against stock."""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, FOOT = 640, 360, 52, 34, 40
LOWEST, HIGHEST = 0.84, 1.0
STEP = 250
"""Thousands from one mark to the next."""
WITHIN = "first 600"
CURVES = {
    "fixed point, factor": ("fixed reorder point", "#8a8a8a"),
    "ours, equal service": ("forecasts, the same service for all", "#0072b2"),
    "ours, by worth": ("forecasts, service by worth", "#d55e00"),
}
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#444}"
    "line{stroke:#ddd}polyline{fill:none;stroke-width:2}"
    "@media(prefers-color-scheme:dark){text{fill:#bbb}line{stroke:#444}}"
)

Points = list[tuple[float, float]]


def picture(systems: list[dict[str, Any]]) -> str:
    """Each way to order as a curve: money tied up, weeks without a miss."""
    curves = {start: _points(systems, start) for start in CURVES}
    most = max([x for points in curves.values() for x, _ in points])
    marks = list(range(0, int(-(-most // STEP)) * STEP + 1, STEP))
    most = float(marks[-1])
    parts = [_grid(marks, most)]
    for place, (start, (name, color)) in enumerate(CURVES.items()):
        parts.append(_curve(curves[start], most, color))
        parts.append(_name(name, color, place))
    title = "Service reached against money in stock"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img"><title>{title}</title><desc>{escape(_spoken(curves))}</desc>'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>\n"
    )


def _points(systems: list[dict[str, Any]], start: str) -> Points:
    rows = [
        each["metrics"]
        for each in systems
        if each["system"].startswith(start) and each["system"].endswith(WITHIN)
    ]
    pairs = [(row["stock_value"] / 1000, row["cycle_service"]) for row in rows]
    return sorted(pair for pair in pairs if pair[1] >= LOWEST)


def _x(value: float, most: float) -> str:
    return f"{LEFT + value / most * (WIDTH - LEFT - 20):.1f}"


def _y(service: float) -> str:
    share = (HIGHEST - service) / (HIGHEST - LOWEST)
    return f"{TOP + share * (HEIGHT - TOP - FOOT):.1f}"


def _grid(marks: list[int], most: float) -> str:
    levels = [0.85, 0.9, 0.95, 1.0]
    across = "".join(
        f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{_y(each)}" y2="{_y(each)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(each)}" dy="4" text-anchor="end">'
        f"{each:.0%}</text>"
        for each in levels
    )
    feet = "".join(
        f'<text x="{_x(each, most)}" y="{HEIGHT - 22}" text-anchor="middle">'
        f"{each:,.0f}</text>"
        for each in marks
    )
    words = (
        f'<text x="{WIDTH - 20}" y="{HEIGHT - 5}" text-anchor="end">'
        "thousand pounds in stock, at selling prices</text>"
        '<text x="4" y="16">product-weeks in which nobody left without</text>'
    )
    return across + feet + words


def _curve(points: Points, most: float, color: str) -> str:
    at = [(_x(value, most), _y(service)) for value, service in points]
    path = " ".join(f"{x},{y}" for x, y in at)
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}">'
        f"<title>{service:.1%}, £{value:,.0f} thousand</title></circle>"
        for (x, y), (value, service) in zip(at, points, strict=True)
    )
    return f'<polyline points="{path}" stroke="{color}"/>{dots}'


def _name(name: str, color: str, place: int) -> str:
    y = HEIGHT - FOOT - 70 + 20 * place
    return (
        f'<circle cx="{WIDTH - 270}" cy="{y - 4}" r="4" fill="{color}"/>'
        f'<text x="{WIDTH - 258}" y="{y}">{escape(name)}</text>'
    )


def _spoken(curves: dict[str, Points]) -> str:
    return "; ".join(
        f"{CURVES[start][0]}: "
        + ", ".join(f"{service:.1%} at {value:,.0f}" for value, service in points)
        for start, points in curves.items()
    )


if __name__ == "__main__":
    result = json.loads(Path(sys.argv[1]).read_text())
    Path(sys.argv[2]).write_text(picture(result["systems"]))

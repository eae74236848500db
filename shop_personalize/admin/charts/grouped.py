from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html_join

from shop_personalize.admin.charts.frame import figure, pct, px, svg, table
from shop_personalize.admin.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

NAME, THICK, GAP = 18, 13, 12
"""Heights in px: of a group's name, of one of its bars, below the group."""
WIDTH = 50.0
"""Percent of the width for the longest bar; the rest holds its number and name."""
TONES = ("a", "c", "quiet", "b")


@dataclass(frozen=True)
class Group:
    """A bar a name of ``names``, all on one scale."""

    label: str
    values: Sequence[float]


def grouped(
    title: str,
    names: Sequence[str],
    groups: Sequence[Group],
    *,
    write: Callable[[float], str] = number,
) -> SafeString:
    """Several bars a group from a common zero, each with its number and its name."""
    top = max([0.0, *(value for group in groups for value in group.values)]) or 1.0
    height = NAME + len(names) * THICK + GAP
    body = format_html_join(
        "",
        '<text class="sp-value" x="0" y="{}">{}</text>{}',
        (
            (
                px(at * height + NAME - 5),
                group.label,
                _bars(group, names, at * height + NAME, top, write),
            )
            for at, group in enumerate(groups)
        ),
    )
    spoken = "; ".join(
        f"{group.label}: {_spoken(group, names, write)}" for group in groups
    )
    numbers = table(
        ["", *names],
        ([group.label, *(write(value) for value in group.values)] for group in groups),
    )
    drawing = svg(len(groups) * height, title, spoken, body)
    return figure(title, drawing, numbers)


def _spoken(group: Group, names: Sequence[str], write: Callable[[float], str]) -> str:
    pairs = zip(names, group.values, strict=True)
    return ", ".join(f"{name} {write(value)}" for name, value in pairs)


def _bars(
    group: Group,
    names: Sequence[str],
    top: float,
    largest: float,
    write: Callable[[float], str],
) -> SafeString:
    return format_html_join(
        "",
        '<rect class="sp-{}" x="0" y="{}" width="{}" height="{}"/>'
        '<text x="{}" dx="6" y="{}">{}</text>',
        (
            (
                TONES[at % len(TONES)],
                px(top + at * THICK),
                pct(value / largest * WIDTH),
                px(THICK - 2),
                pct(value / largest * WIDTH),
                px(top + at * THICK + THICK - 3),
                f"{write(value)} {names[at]}",
            )
            for at, value in enumerate(group.values)
        ),
    )

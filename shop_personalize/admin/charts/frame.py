"""What surrounds every chart: heading, drawing, the numbers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.utils.safestring import SafeString


def px(value: float) -> str:
    """A coordinate: at most two places, never in the reader's locale."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def pct(value: float) -> str:
    return f"{px(value)}%"


def svg(height: float, title: str, description: str, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="sp-chart" width="100%" height="{}" role="img">'
        "<title>{}</title><desc>{}</desc>{}</svg>",
        px(height),
        title,
        description,
        body,
    )


def grid(
    marks: Sequence[float],
    y: Callable[[float], float],
    write: Callable[[float], str],
) -> SafeString:
    """A line across at each mark of the scale, with its number; ``y`` is in px."""
    return format_html_join(
        "",
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/>'
        '<text class="sp-tick" x="0" y="{}">{}</text>',
        (
            (
                "sp-axis" if mark == 0 else "sp-grid",
                px(y(mark)),
                px(y(mark)),
                px(y(mark) - 3),
                write(mark),
            )
            for mark in marks
        ),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> SafeString:
    """The same numbers as text; the first cell of a row names it."""
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (row[0], format_html_join("", "<td>{}</td>", ((c,) for c in row[1:])))
            for row in rows
        ),
    )
    return format_html(
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        format_html_join("", '<th scope="col">{}</th>', ((text,) for text in head)),
        body,
    )


def figure(title: str, drawing: SafeString, numbers: SafeString) -> SafeString:
    return format_html(
        '<figure class="sp-figure"><figcaption>{}</figcaption>{}'
        '<details class="sp-numbers"><summary>{}</summary>{}</details></figure>',
        title,
        drawing,
        _("The numbers"),
        numbers,
    )

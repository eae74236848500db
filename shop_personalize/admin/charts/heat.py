from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from shop_personalize.admin.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.utils.safestring import SafeString

SHADES = 5


def heat(
    title: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[float | None]]],
    *,
    write: Callable[[float], str] = number,
) -> SafeString:
    """A table whose cells darken with their number; zero and unknown stay white."""
    top = max([0.0, *(value or 0 for _label, values in rows for value in values)])
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((label, _cells(values, top, write)) for label, values in rows),
    )
    return format_html(
        '<figure class="sp-figure"><figcaption>{}</figcaption><div class="sp-scroll">'
        '<table class="sp-heat"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></figure>",
        title,
        format_html_join("", '<th scope="col">{}</th>', ((c,) for c in columns)),
        body,
    )


def _cells(
    values: Sequence[float | None], top: float, write: Callable[[float], str]
) -> SafeString:
    return format_html_join(
        "",
        '<td class="sp-heat-{}">{}</td>',
        ((shade(value or 0, top), write(value) if value else "") for value in values),
    )


def shade(value: float, top: float) -> int:
    """0 for nothing, else 1 to 5 in equal steps of the largest value."""
    return math.ceil(max(0.0, value) / top * SHADES) if top else 0

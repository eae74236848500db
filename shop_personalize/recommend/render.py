"""From recommendations to HTML: the block's template, its data, its stylesheet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.scope import scope_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from shop_personalize.recommend.results import Recommendations

TEMPLATE = "shop_personalize/block.html"
STYLESHEET = "shop_personalize/personalize.css"
SCRIPT = "shop_personalize/personalize.js"
NOTHING = SafeString("")
ESCAPES = {ord(mark): f"\\u{ord(mark):04X}" for mark in "<>&\u2028\u2029"}


def render(
    found: Recommendations,
    *,
    request: HttpRequest | None = None,
    template: str = "",
    context: dict[str, Any] | None = None,
    shared: bool = False,
) -> SafeString:
    """The block as HTML; nothing at all when there is nothing to show.

    With ``shared`` its template sees neither the request nor the page: what comes out
    can be shown to anybody.
    """
    if not found:
        return NOTHING
    return guarded(
        lambda: _render(found, request, template, context or {}, shared=shared),
        NOTHING,
        what="rendering a block",
    )


def _render(
    found: Recommendations,
    request: HttpRequest | None,
    template: str,
    context: dict[str, Any],
    *,
    shared: bool,
) -> SafeString:
    own = {
        "recommendations": found,
        "heading_id": f"sp-{slugify(found.block)}-{found.rid[-6:]}",
        "stylesheet": "" if shared else stylesheet(request),
        "show_reason": found.show_reason and found.reasons_differ,
        "structured_data": structured_data(found, request),
    }
    chosen = template or found.template or TEMPLATE
    return render_to_string(chosen, {**context, **own}, None if shared else request)


def stylesheet(request: HttpRequest | None) -> str:
    """The stylesheet's URL at its first use on a page, "" afterwards."""
    scope = scope_of(request)
    if scope.styled:
        return ""
    scope.styled = True
    return asset(STYLESHEET)


def asset(path: str) -> str:
    """The URL of a static file, also where ``collectstatic`` has not met it yet."""
    try:
        return staticfiles_storage.url(path)
    except ValueError:  # a manifest without the file
        return f"{settings.STATIC_URL or '/static/'}{path}"


def structured_data(found: Recommendations, request: HttpRequest | None) -> SafeString:
    """The list as schema.org data: a data block, so no content policy forbids it."""
    if request is None:
        return NOTHING
    here = request.build_absolute_uri("/")[:-1]
    data = {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "name": found.title,
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": item.position,
                "name": item.title,
                "url": here + item.url
                if item.url.startswith("/") and not item.url.startswith("//")
                else request.build_absolute_uri(item.url),
            }
            for item in found
            if item.url
        ],
    }
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308  escaped above as json_script does
    )

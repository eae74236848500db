"""Blocks for pages in a shared cache: a placeholder now, the block by fetch later."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from shop_personalize.recommend.blocks import PREFERRED
from shop_personalize.recommend.context import item_ids
from shop_personalize.recommend.render import NOTHING, render, stylesheet
from shop_personalize.recommend.scope import scope_of
from shop_personalize.recommend.service import compose
from shop_personalize.recommend.wish import Wish

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

SALT = "shop_personalize.lazy"
CARRIED = (
    "limit",
    "minimum",
    "fallback",
    "same_category",
    "diversity",
    "per_category",
    "price_band",
    "rotation",
    "objective",
    "title",
    "template",
    "exclude",
    "page",
)
LIST = ","


def placeholder(request: HttpRequest | None, wish: Wish) -> SafeString:
    """Room for the block, and without JavaScript what sells best."""
    everyone = replace(
        wish,
        block=None,
        recommender="popular",
        basket=None,
        user=None,
        personal=False,
        remember=False,
        title=wish.title,
    )
    style = stylesheet(request)
    usual = render(compose(request, everyone), request=request)
    link = format_html('<link rel="stylesheet" href="{}">', style) if style else NOTHING
    return format_html(
        '{}<div class="sp-lazy" data-sp-lazy="{}"><noscript>{}</noscript></div>',
        link,
        fragment_url(request, wish),
        usual,
    )


def fragment_url(request: HttpRequest | None, wish: Wish) -> str:
    """Where the block is fetched: the page's facts in the open, the options signed."""
    name = wish.block or wish.recommender
    if name is None:
        name = PREFERRED.get(wish.page) or "home-for-you"
    options = {key: getattr(wish, key) for key in CARRIED}
    options["exclude"] = [*item_ids(wish.exclude), *sorted(scope_of(request).shown)]
    given = {key: _plain(value) for key, value in options.items() if _is_set(value)}
    facts = {
        "lang": get_language() or "",
        "product": LIST.join(item_ids([wish.product])) if wish.product else "",
        "items": LIST.join(item_ids(wish.items)) if wish.items else "",
        "category": str(wish.category or ""),
        "query": wish.query or "",
        "o": signing.dumps(given, salt=SALT, compress=True) if given else "",
    }
    query = urlencode({key: value for key, value in facts.items() if value})
    return f"{reverse('shop_personalize:block', args=[name])}?{query}"


def options_of(text: str) -> dict[str, Any]:
    """The options a placeholder signed; none if they are not ours."""
    try:
        found = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return {}
    return {key: found[key] for key in CARRIED if key in found}


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, list)) else str(value)


def _is_set(value: Any) -> bool:
    return value is not None and value != "" and value != []

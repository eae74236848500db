"""A lazy block's HTML, in the language of the page that asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from shop_personalize.api.serializers import WishSerializer
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.lazy import options_of
from shop_personalize.recommend.render import NOTHING, render
from shop_personalize.recommend.scope import scope_of
from shop_personalize.recommend.service import UnknownBlockError, compose, wish_of

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@require_safe
def block(request: HttpRequest, name: str) -> HttpResponse:
    """200 and nothing where there is nothing to show: a page must not log errors."""
    # The placeholder has brought the stylesheet.
    scope_of(request).styled = True
    with translation.override(_language(request)):
        html = guarded(lambda: _html(request, name), NOTHING, what="a lazy block")
        response = HttpResponse(html)
        response["Content-Language"] = translation.get_language() or ""
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ("Cookie",))
    response["X-Robots-Tag"] = "noindex"
    return response


def _html(request: HttpRequest, name: str) -> SafeString:
    facts = WishSerializer(data=request.GET)
    if not facts.is_valid():
        return NOTHING
    named = {k: v for k, v in facts.validated_data.items() if k not in {"block", "n"}}
    given: dict[str, Any] = {**named, **options_of(request.GET.get("o", ""))}
    try:
        found = compose(request, wish_of(block=name, **given))
    except UnknownBlockError:
        return NOTHING
    return render(found, request=request)


def _language(request: HttpRequest) -> str:
    """What the page said, if the shop speaks it; mounted outside ``i18n_patterns``
    the URL says nothing and the browser's wish may differ from the page's."""
    wanted = request.GET.get("lang", "")
    known = {code.lower(): code for code, _ in settings.LANGUAGES}
    return known.get(wanted.lower()) or translation.get_language() or "en"

"""The shopper's own page: what is known, why this is shown, and how to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views import View
from django.views.decorators.csrf import csrf_protect

from shop_personalize.api.consent import keep
from shop_personalize.api.erasure import erase, show_again, start_anew
from shop_personalize.api.me import hide
from shop_personalize.api.serializers import ID_LENGTH
from shop_personalize.capture.consent import ESSENTIAL, FULL, LEVELS, NONE
from shop_personalize.capture.identity import personalize_of
from shop_personalize.catalog import get_catalog
from shop_personalize.models import Interaction
from shop_personalize.recommend.scope import scope_of
from shop_personalize.recommend.service import recommend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shop_personalize.catalog.types import Card

TEMPLATE = "shop_personalize/own_page.html"
EXAMPLES, LATEST = 8, 12
KINDS = {
    "view": ngettext_lazy("%(n)s product looked at", "%(n)s products looked at", "n"),
    "add_to_cart": ngettext_lazy(
        "%(n)s product put into the basket", "%(n)s products put into the basket", "n"
    ),
    "purchase": ngettext_lazy("%(n)s product bought", "%(n)s products bought", "n"),
    "search": ngettext_lazy("%(n)s search", "%(n)s searches", "n"),
    "rec_view": ngettext_lazy(
        "%(n)s recommendation seen", "%(n)s recommendations seen", "n"
    ),
    "click": ngettext_lazy(
        "%(n)s recommendation followed", "%(n)s recommendations followed", "n"
    ),
    "wishlist": ngettext_lazy("%(n)s product wished for", "%(n)s products wished", "n"),
    "rating": ngettext_lazy("%(n)s product rated", "%(n)s products rated", "n"),
}
CHOICES = {
    FULL: (
        gettext_lazy("Remember me"),
        gettext_lazy("What you look at and buy chooses what we show, on every visit."),
    ),
    ESSENTIAL: (
        gettext_lazy("Only while I am here"),
        gettext_lazy("This visit chooses what we show; then we no longer know you."),
    ),
    NONE: (
        gettext_lazy("Nothing at all"),
        gettext_lazy("Nothing is noted; you see what everybody sees."),
    ),
}


@dataclass(frozen=True)
class Named:
    """A product by its id, with what a card shows of it."""

    item_id: str
    card: Card


@method_decorator(csrf_protect, name="dispatch")
class OwnPage(View):
    """GET shows; POST does what its button says and comes back."""

    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ("Cookie",))
        response["X-Robots-Tag"] = "noindex"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        state, scope = personalize_of(request), scope_of(request)
        history = scope.history(scope.visitor_key)
        shown = recommend(
            request, recommender="for_you", limit=EXAMPLES, minimum=1, remember=False
        )
        context = {
            "is_known": bool(history),
            "counts": _counts(scope.visitor_key),
            "choices": [(level, *CHOICES[level]) for level in CHOICES],
            "consent": state.consent,
            "recommendations": shown,
            "viewed": _named(history.viewed[:LATEST]),
            "hidden": _named(sorted(history.hidden)),
        }
        return TemplateResponse(request, TEMPLATE, context)

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(reverse("shop_personalize:own_page"))
        action = ACTIONS.get(request.POST.get("action", ""))
        if action is not None:
            said = action(request, response)
            if said and hasattr(request, "_messages"):
                messages.info(request, said)
        return response


def _hide(request: HttpRequest, response: HttpResponse) -> str:
    item = _item(request)
    if not item:
        return ""
    hide(request, item)
    return _("You will not be shown it again.")


def _show_again(request: HttpRequest, response: HttpResponse) -> str:
    key, item = scope_of(request).visitor_key, _item(request)
    if key and item:
        show_again(key, item)
    return _("It may be shown to you again.")


def _start_anew(request: HttpRequest, response: HttpResponse) -> str:
    key = scope_of(request).visitor_key
    if key:
        start_anew(key)
    return _("We have forgotten what you looked at.")


def _erase(request: HttpRequest, response: HttpResponse) -> str:
    key = scope_of(request).visitor_key
    if not request.POST.get("sure"):
        return _("Nothing was deleted: please tick the box first.")
    if key:
        erase(key)
    return _("Everything we knew of you is deleted.")


def _consent(request: HttpRequest, response: HttpResponse) -> str:
    level = request.POST.get("consent", "")
    if level not in LEVELS:
        return ""
    keep(response, level, secure=request.is_secure())
    return _("Your choice is kept.")


ACTIONS: dict[str, Callable[[HttpRequest, HttpResponse], str]] = {
    "hide": _hide,
    "show_again": _show_again,
    "start_anew": _start_anew,
    "erase": _erase,
    "consent": _consent,
}


def _item(request: HttpRequest) -> str:
    item = request.POST.get("item", "")
    return item if len(item) <= ID_LENGTH and "\x00" not in item else ""


def _counts(key: str | None) -> list[str]:
    """How many rows of each kind, in words; what has no words is not personal."""
    if not key:
        return []
    rows = Interaction.objects.filter(visitor__key=key, visitor__is_erased=False)
    found = dict(rows.values_list("kind").annotate(n=Count("pk")).order_by())
    return [KINDS[kind] % {"n": found[kind]} for kind in KINDS if found.get(kind)]


def _named(ids: Iterable[str]) -> list[Named]:
    wanted = list(ids)
    catalog = get_catalog()
    known = catalog.stored(wanted) if wanted else {}
    return [Named(each, catalog.card(known[each])) for each in wanted if each in known]

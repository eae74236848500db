"""What the pages of the slice share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.access import FactAdmin, PersonalizeAdmin, allowed

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

APP = "shop_personalize_pricing"
APPROVE = f"{APP}.approve_price"
EXPORT = f"{APP}.export_prices"
PLAN = f"{APP}.plan_markdown"
DO = f"admin:{APP}_pricesuggestion_do"
SHOWN = 5
"""Refusals that are told one by one."""


class Styled:
    """The slice's style sheet beside those of all our pages."""

    folder = APP

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": (f"{APP}/pricing.css",)}
        return super().media + Media(css=style)  # type: ignore[misc]


class PricingAdmin(Styled, PersonalizeAdmin):
    """Rows that people write."""


class PricingFactAdmin(Styled, FactAdmin):
    """Rows that are made, and only looked at."""


class OfProductAdmin(PricingFactAdmin):
    """Rows of a product each, which are read where all of it is: at its workbench."""

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return redirect(bench_url(self.found(request, object_id).item_id))


class DecidedAdmin(OfProductAdmin):
    """With a column ``buttons`` for those who may approve prices."""

    def get_list_display(self, request: HttpRequest) -> Any:
        if allowed(request, APPROVE):
            return super().get_list_display(request)
        return [name for name in self.list_display if name != "buttons"]


def buttons(
    row: object, suggestion_id: int | None, offered: Iterable[tuple[str, str, str]]
) -> SafeString:
    """Of a row in a list, which is one form: each names where it leads.

    ``offered`` are verbs of the suggestion as (name, label, style).
    """
    return format_html_join(
        " ",
        '<button type="submit" class="button {2}" formaction="{0}" '
        'formmethod="post" formnovalidate aria-label="{1}: {3}">{1}</button>',
        (
            (reverse(DO, args=[suggestion_id, verb]), label, style, row)
            for verb, label, style in offered
        ),
    )


def bench_url(item_id: str) -> str:
    return reverse(f"admin:{APP}_workbench", args=[item_id])


def back(request: HttpRequest, fallback: str) -> HttpResponse:
    """To the page a button was pressed on."""
    wanted = request.POST.get("back", "")
    hosts = {request.get_host()}
    if wanted and url_has_allowed_host_and_scheme(wanted, hosts, request.is_secure()):
        return redirect(wanted)
    return redirect(fallback)


def tell(request: HttpRequest, done: str, refused: list[str]) -> None:
    """What was done, and what was not and why."""
    if done:
        messages.success(request, done)
    for each in refused[:SHOWN]:
        messages.error(request, each)
    left = len(refused) - SHOWN
    if left > 0:
        text = ngettext("%(n)s more was refused.", "%(n)s more were refused.", left)
        messages.error(request, text % {"n": left})


def refused_text(problem: Exception) -> str:
    return _("Nothing was changed: %(reason)s") % {"reason": problem}

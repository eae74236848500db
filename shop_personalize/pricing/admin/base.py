"""What the pages of the slice share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.access import FactAdmin, PersonalizeAdmin

APP = "shop_personalize_pricing"
APPROVE = f"{APP}.approve_price"
EXPORT = f"{APP}.export_prices"
PLAN = f"{APP}.plan_markdown"
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

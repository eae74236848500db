"""For the shop's product admin: what is recommended on a product's page and why, and
which rules speak of the product.

``class ProductAdmin(RecommendedHere, admin.ModelAdmin): ...`` is all a shop writes.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.forms import Media
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from shop_personalize.admin.names import name_of
from shop_personalize.admin.rule_places import rules_of_product
from shop_personalize.models import Block, Recommender

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger("shop_personalize")
FIELD = "recommended_here"


class RecommendedHere:
    """Adds one read-only part to the page of a product that exists."""

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": ("shop_personalize/admin.css",)}
        return super().media + Media(css=style)  # type: ignore[misc]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*given, FIELD]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        given = super().get_fieldsets(request, obj)  # type: ignore[misc]
        title = _("Recommended on this product's page")
        return with_part(given, obj, FIELD, title)

    @admin.display(description=_("to a new visitor"))
    def recommended_here(self, product: Any) -> str:
        try:
            blocks, rules = _blocks(product), rules_of_product(product)
        except Exception:
            # The shop's product must stay editable whatever is wrong with us.
            logger.exception("recommendations of a product could not be shown")
            if settings.DEBUG:
                raise
            blocks, rules = [], []
        template = "admin/shop_personalize/product.html"
        return render_to_string(template, {"blocks": blocks, "rules": rules})


def with_part(given: list[Any], obj: Any, field: str, title: Any) -> list[Any]:
    """The fieldsets, with ``field`` in one of its own if the product exists."""
    # Django puts it wherever all fields go.
    own = [
        (name, {**rest, "fields": [each for each in rest["fields"] if each != field]})
        for name, rest in given
    ]
    if obj is None:
        return own
    return [*own, (title, {"classes": ["collapse"], "fields": [field]})]


def _blocks(product: Any) -> list[dict[str, Any]]:
    from shop_personalize.catalog import get_catalog
    from shop_personalize.recommend.service import Wish, compose

    page = urlencode({"product": get_catalog().item_id(product)})
    names = {one.slug: name_of(one) for one in Recommender.objects.all()}
    found = []
    for block in Block.objects.filter(is_active=True, page=Block.Page.PRODUCT):
        wish = Wish(
            block=block.slug, product=product, personal=False, minimum=0, remember=False
        )
        shown = [
            (each.title, each.reason, names.get(each.recommender, each.recommender))
            for each in compose(None, wish)
        ]
        found.append({"block": block, "shown": shown, "page": page})
    return found

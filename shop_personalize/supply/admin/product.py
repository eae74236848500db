"""For the shop's product admin: stock, what will sell, and what to order.

``class ProductAdmin(SuppliedHere, admin.ModelAdmin): ...`` is all a shop writes, also
beside ``RecommendedHere``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from shop_personalize.admin.access import allowed
from shop_personalize.admin.product import with_part
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.admin.rows import item_url
from shop_personalize.supply.admin.tiles import item_tiles
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ItemState, Level, Reorder
from shop_personalize.supply.selectors import series

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger("shop_personalize")
FIELD = "supplied_here"


class SuppliedHere(SupplyMedia):
    """Adds one read-only part to the page of a product that exists."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        given = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [*given, FIELD]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Who may not see the stocks of the slice does not see this one here either."""
        given = super().get_fieldsets(request, obj)  # type: ignore[misc]
        shown = obj if allowed(request, f"{APP}.view_itemstate") else None
        return with_part(given, shown, FIELD, _("Stock and what will sell"))

    @admin.display(description=_("supply"))
    def supplied_here(self, product: Any) -> str:
        try:
            facts = _facts(product)
        except Exception:
            # The shop's product must stay editable whatever is wrong with us.
            logger.exception("the supply of a product could not be shown")
            if settings.DEBUG:
                raise
            facts = {}
        return render_to_string("admin/shop_personalize_supply/product.html", facts)


def _facts(product: Any) -> dict[str, Any]:
    from shop_personalize.catalog import get_catalog

    item_id = get_catalog().item_id(product)
    state = ItemState.objects.filter(item_id=item_id).first()
    told = series.told(supply_settings().plan_by, Level.PRODUCT, item_id)
    rows = Reorder.objects.filter(item_id=item_id, state=Reorder.State.OPEN)
    return {
        "tiles": item_tiles(state),
        "notes": words.notes(state.notes) if state else [],
        "chart": pictures.forecast(told, str(_("Units sold"))) if told else "",
        "reorders": [(words.headline(row), words.reason(row)) for row in rows],
        "url": item_url(item_id),
    }

"""The adapter that needs settings only: it reads any shop the paths can describe."""

from __future__ import annotations

from shop_personalize.catalog.generic.orders import GenericOrders
from shop_personalize.catalog.generic.products import GenericCatalog

__all__ = ["GenericCatalog", "GenericOrders"]

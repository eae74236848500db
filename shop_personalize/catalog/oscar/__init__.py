"""The adapter for django-oscar 4.1 and later: ``CATALOG = {"adapter": "oscar"}``.

Models and classes are always asked from Oscar's loader, for forked apps are normal;
prices and stock of a page come from ``request.strategy`` and nowhere else.
"""

from __future__ import annotations

from shop_personalize.catalog.oscar.events import OscarEvents
from shop_personalize.catalog.oscar.orders import OscarOrders
from shop_personalize.catalog.oscar.products import OscarCatalog

__all__ = ["OscarCatalog", "OscarEvents", "OscarOrders"]

"""The only door to the host shop: what it sells, what was ordered, what it signals."""

from __future__ import annotations

from shop_personalize.catalog.loader import (
    get_catalog,
    get_connections,
    get_events,
    get_orders,
)

__all__ = ["get_catalog", "get_connections", "get_events", "get_orders"]

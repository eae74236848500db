"""Oscar's order lines: paths through its own models, states by order and by line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models.signals import post_save

from shop_personalize.catalog.generic.orders import GenericOrders

logger = logging.getLogger("shop_personalize")
UID = "shop_personalize.oscar."
CANCELLED = ("Cancelled", "Canceled", "Declined", "Payment declined", "Void")
REFUNDED = ("Refunded", "Returned")


class OscarOrders(GenericOrders):
    """``order_id`` is the order's number, as customers and analytics know it."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        from oscar.core.loading import get_model

        super().__init__(
            {
                "model": get_model("order", "Line"),
                "order": "order__number",
                "product": "product",
                "variant": None,
                "quantity": "quantity",
                "unit_price": "unit_price_incl_tax",
                "line_total": "line_price_incl_tax",
                "currency": "order__currency",
                "user": "order__user",
                "email": "order__guest_email",
                "placed_at": "order__date_placed",
                "updated": None,
                "counted": {},
                "cancelled": _either(_statuses(CANCELLED, "cancel")),
                "refunded": _either(_statuses(REFUNDED, "refund", "return")),
                **{k: v for k, v in (given or {}).items() if k != "adapter"},
            }
        )

    def _parent_path(self) -> str:
        return "product__parent"

    def connect(self, changed: Callable[[Any], None]) -> None:
        from oscar.apps.order.signals import (
            order_line_status_changed,
            order_placed,
            order_status_changed,
        )
        from oscar.core.loading import get_model

        def tell(number: Any) -> None:
            try:
                changed(number)
            except Exception:
                logger.exception("an order change could not be noted")

        def placed(*, order: Any, **kwargs: Any) -> None:
            tell(order.number)

        def line_changed(*, line: Any, **kwargs: Any) -> None:
            tell(line.order.number)

        def saved(*, instance: Any, raw: bool = False, **kwargs: Any) -> None:
            if not raw:
                tell(instance.number)

        order_placed.connect(placed, weak=False, dispatch_uid=UID + "placed")
        order_status_changed.connect(placed, weak=False, dispatch_uid=UID + "status")
        order_line_status_changed.connect(
            line_changed, weak=False, dispatch_uid=UID + "line"
        )
        post_save.connect(
            saved, get_model("order", "Order"), weak=False, dispatch_uid=UID + "saved"
        )


def _statuses(usual: tuple[str, ...], *words: str) -> list[str]:
    """The usual names and those of the shop's own pipelines that sound alike."""
    own: set[str] = set()
    for name in ("OSCAR_ORDER_STATUS_PIPELINE", "OSCAR_LINE_STATUS_PIPELINE"):
        own |= {str(status) for status in getattr(settings, name, {})}
    alike = {one for one in own if any(word in one.lower() for word in words)}
    return sorted({*usual, *alike})


def _either(statuses: list[str]) -> list[dict[str, Any]]:
    return [{"order__status__in": statuses}, {"status__in": statuses}]

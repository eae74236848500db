"""Oscar's signals that are events of a shopper."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from shop_personalize.catalog.base import Events

logger = logging.getLogger("shop_personalize")
Record = Callable[..., None]
UID = "shop_personalize.oscar."


class OscarEvents(Events):
    """Views, basket additions, searches and checkouts, without the false ones."""

    def connect(self, record: Record) -> None:
        from oscar.apps.basket.signals import basket_addition
        from oscar.apps.catalogue.signals import product_viewed
        from oscar.apps.checkout.signals import start_checkout
        from oscar.apps.search.signals import user_search

        for name, signal, tell in (
            ("view", product_viewed, _viewed),
            ("add", basket_addition, _added),
            ("search", user_search, _searched),
            ("checkout", start_checkout, _checkout),
        ):
            signal.connect(_receiver(tell, record), weak=False, dispatch_uid=UID + name)


def _receiver(tell: Callable[..., None], record: Record) -> Callable[..., None]:
    """A receiver that raises would be a 500 on the product page."""

    def receive(**kwargs: Any) -> None:
        try:
            tell(record, **kwargs)
        except Exception:
            logger.exception("an Oscar signal could not be recorded")

    return receive


def _viewed(
    record: Record,
    *,
    product: Any,
    request: HttpRequest,
    response: Any = None,
    **kw: Any,
) -> None:
    if _is_look(request, response):
        record("view", product, request=request)


def _is_look(request: HttpRequest, response: HttpResponse | None) -> bool:
    """The signal also fires for HEAD, prefetching and after adding to the basket."""
    if request.method != "GET" or (
        response is not None and response.status_code != 200
    ):
        return False
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose", "")
    if "prefetch" in purpose or request.headers.get("X-Moz") == "prefetch":
        return False
    # The form on the page posts and is sent back here: the same look, not another.
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from.path != request.path or came_from.netloc != request.get_host()


def _added(record: Record, *, product: Any, request: HttpRequest, **kw: Any) -> None:
    """The signal does not say how many; the form that was posted does."""
    text = request.POST.get("quantity", "1")
    quantity = int(text) if text.isdecimal() and 0 < len(text) < 7 else 1
    record("add_to_cart", product, request=request, quantity=quantity or 1)


def _searched(record: Record, *, query: str = "", **kw: Any) -> None:
    if query.strip():
        record("search", context={"query": query.strip()[:200]})


def _checkout(record: Record, *, request: HttpRequest, **kw: Any) -> None:
    record("checkout", request=request)

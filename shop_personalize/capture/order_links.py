"""Which browser placed an order, and the order's lines, once the shop has committed.

Shops create orders in many ways, often without a user; but nearly always inside a
request of the buyer. The webhook that says "paid" comes without our cookie: no link.
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import router, transaction
from django.utils import timezone

from shop_personalize.capture import outbox, visitors
from shop_personalize.capture.identity import Personalize, current
from shop_personalize.capture.safety import harmless
from shop_personalize.catalog import get_orders
from shop_personalize.catalog.types import LineState, OrderLine
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction, OrderVisitor

if TYPE_CHECKING:
    from collections.abc import Sequence

RECENT = timedelta(days=1)
MAX_ORDERS = 200
SYNCS, SECONDS = 50, 10.0


def order_changed(order_id: Any) -> None:
    """What adapters call when the shop saves an order; cheap, and never raises."""
    with harmless("order_changed"):
        if not app_settings.ENABLED or not order_id:
            return
        state, text = current.get(), str(order_id)
        if state is not None:
            outbox.after_commit(partial(state.changed_orders.setdefault, text))
        elif _budget.spend():
            outbox.after_commit(partial(_sync, [text]))


def finish(state: Personalize) -> None:
    """At the end of a request: note the buyer, then take over the orders' lines."""
    changed, state.changed_orders = list(state.changed_orders)[:MAX_ORDERS], {}
    silent = _placed_silently(state) if state.places_orders and not changed else []
    if not changed and not silent:
        return
    with harmless("order link"):
        # Of two guests who order at the same moment it is not told which is which.
        ours = changed or (silent if len(silent) == 1 else [])
        if ours and _is_buyer(state):
            _link(state, ours)
    _sync(changed or silent)


def _placed_silently(state: Personalize) -> list[str]:
    """Orders made by ``bulk_create``, which fires no signal, while this request ran."""
    orders = get_orders()
    if orders is None:
        return []
    lines = orders.iter_lines(since=state.started)
    return list(
        {
            line.order_id: None
            for line in islice(lines, MAX_ORDERS)
            if line.placed_at >= state.started and line.user_id == state.user_pk
        }
    )


def _is_buyer(state: Personalize) -> bool:
    """Somebody we know from before, who does not work on the orders of others."""
    if state.consent == "none" or state.is_bot or state.is_new:
        return False
    user = getattr(state.request, "user", None)
    return not (state.user_pk and getattr(user, "is_staff", False))


def _link(state: Personalize, changed: Sequence[str]) -> None:
    fresh = _fresh(changed)
    if not fresh or state.key is None:
        return
    known = OrderVisitor.objects.filter(order_id__in=fresh)
    fresh -= set(known.values_list("order_id", flat=True))
    if not fresh:
        return
    ids = visitors.visitor_ids({state.key: state.kind}, site=state.site)
    visitor = ids.get(state.key)
    if visitor is None:
        return
    rids = _rids(visitor)
    using = router.db_for_write(OrderVisitor)
    links = [OrderVisitor(order_id=o, visitor_id=visitor, rids=rids) for o in fresh]
    with transaction.atomic(using=using):
        OrderVisitor.objects.using(using).bulk_create(links, ignore_conflicts=True)


def _fresh(changed: Sequence[str]) -> set[str]:
    """Without the orders of long ago, which somebody merely corrects."""
    orders = get_orders()
    if orders is None:
        return set()
    old = {
        line.order_id for line in orders.iter_lines(order_ids=changed) if _is_old(line)
    }
    return set(changed) - old


def _is_old(line: OrderLine) -> bool:
    if line.state is LineState.OPEN:
        return False
    return line.placed_at < timezone.now() - RECENT


def _rids(visitor: int) -> dict[str, str]:
    """The recommendation each product of this visit was reached by; newest wins."""
    rows = Interaction.objects.filter(
        visitor_id=visitor,
        kind__in=("click", "view", "add_to_cart"),
        occurred_at__gte=timezone.now() - RECENT,
    ).exclude(rid="")
    return dict(rows.order_by("occurred_at").values_list("item_id", "rid")[:200])


def _sync(order_ids: list[str]) -> None:
    from shop_personalize.capture.orders import sync_orders

    with harmless("sync_orders"):
        sync_orders(order_ids=order_ids)


class _Budget:
    """A command that saves 100,000 orders is left to the next regular sync."""

    def __init__(self) -> None:
        self._since = 0.0
        self._spent = 0
        self._lock = threading.Lock()

    def spend(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now - self._since > SECONDS:
                self._since, self._spent = now, 0
            self._spent += 1
            return self._spent <= SYNCS


_budget = _Budget()

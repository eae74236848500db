"""A guest logs in: what the browser did becomes the customer's, once and only theirs.

At a shared device three things keep people apart: the browser gets a new id at every
login and logout, a guest is merged once, and never into a customer when an order of
another was placed from it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import router, transaction
from django.utils import timezone

from shop_personalize.capture import outbox, visitors
from shop_personalize.capture.consent import FULL
from shop_personalize.capture.identity import personalize_of
from shop_personalize.capture.safety import harmless
from shop_personalize.models import Interaction, OrderVisitor, Visitor, VisitorDay
from shop_personalize.models.visitor import visitor_key
from shop_personalize.signals import visitor_merged


def on_login(request: Any, user: Any) -> None:
    """Django has rotated the session by now; our own cookie still knows the guest."""
    if request is None:
        return
    state = personalize_of(request)
    if state.consent != FULL or state.is_bot or not state.cookie_id:
        return
    guest, customer = state.guest_key, visitor_key("user", user.pk)
    outbox.pin_to(state, customer, "user")
    state.renew()
    outbox.after_commit(partial(_merge_safely, guest, customer))


def on_logout(request: Any) -> None:
    if request is None:
        return
    state = personalize_of(request)
    outbox.pin(state)
    state.renew()


def merge(guest_key: str, customer_key: str) -> bool:
    """Re-point a guest's rows to a customer; whether there was anything to merge."""
    using = router.db_for_write(Visitor)
    with transaction.atomic(using=using):
        guests = Visitor.objects.using(using).select_for_update()
        guest = guests.filter(key=guest_key).first()
        if guest is None or guest.merged_into_id or guest.is_erased:
            return False
        ids = visitors.visitor_ids({customer_key: Visitor.Kind.USER})
        if customer_key not in ids or _ordered_by_another(guest, ids[customer_key]):
            return False
        guest.merged_into_id = ids[customer_key]
        guest.merged_at = timezone.now()
        guest.save(update_fields=["merged_into", "merged_at"])
        for model in (Interaction, OrderVisitor, VisitorDay):
            rows = model._default_manager.using(using).filter(visitor=guest)
            rows.update(visitor_id=ids[customer_key])
    visitors.forget([guest_key])
    customer = Visitor.objects.using(using).get(pk=ids[customer_key])
    visitor_merged.send_robust(None, guest=guest, customer=customer)
    return True


def _merge_safely(guest_key: str, customer_key: str) -> None:
    with harmless("merge of a visitor"):
        merge(guest_key, customer_key)


def _ordered_by_another(guest: Visitor, customer: int) -> bool:
    orders = OrderVisitor.objects.filter(visitor=guest).values("order_id")
    bought = Interaction.objects.filter(order_id__in=orders, kind="purchase")
    others = bought.filter(visitor__kind=Visitor.Kind.USER)
    return others.exclude(visitor_id=customer).exists()

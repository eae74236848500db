"""What visitors may do to their own record: start anew, show again, end it."""

from __future__ import annotations

from django.db import router, transaction
from django.db.models import Q
from django.utils import timezone

from shop_personalize.capture.visitors import forget
from shop_personalize.conf import KEPT_AT_RESET
from shop_personalize.models import (
    Connection,
    Interaction,
    OrderVisitor,
    Visitor,
    VisitorDay,
)
from shop_personalize.signals import visitor_erased


def erase(key: str) -> int:
    """Delete what a visitor did; return how many rows. Nothing of it comes back:
    the key stays, marked, so that orders read again are not laid to it."""
    using = router.db_for_write(Visitor)
    with transaction.atomic(using=using):
        visitor = Visitor.objects.using(using).filter(key=key).first()
        if visitor is None:
            return 0
        family = [visitor.pk, *visitor.merged.values_list("pk", flat=True)]
        rows = Interaction.objects.using(using).filter(visitor__in=family)
        deleted, _ = rows.delete()
        for model in (OrderVisitor, VisitorDay):
            model.objects.using(using).filter(visitor__in=family).delete()
        ties = Q(source__in=family) | Q(target__in=family)
        Connection.objects.using(using).filter(ties).delete()
        Visitor.objects.using(using).filter(pk__in=family).update(is_erased=True)
    forget()
    visitor_erased.send_robust(None, visitor_key=key)
    return deleted


def start_anew(key: str) -> int:
    """Forget what a visitor looked at, searched and chose; return how many rows.

    What was bought stays, for it is the shop's order, and what was hidden too. Files
    for training lose the rest at the next purge.
    """
    using = router.db_for_write(Visitor)
    with transaction.atomic(using=using):
        visitors = Visitor.objects.using(using).filter(key=key, is_erased=False)
        visitors.update(reset_at=timezone.now())
        rows = Interaction.objects.using(using).filter(visitor__key=key)
        deleted, _ = rows.exclude(kind__in=KEPT_AT_RESET).delete()
        days = VisitorDay.objects.using(using).filter(visitor__key=key)
        days.filter(is_present=True).delete()
    return deleted


def show_again(key: str, item_id: str) -> int:
    """Take back “not for me”; return how many times it had been said."""
    rows = Interaction.objects.filter(visitor__key=key, kind="hide", item_id=item_id)
    deleted, _ = rows.delete()
    return deleted

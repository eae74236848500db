"""The end of a visitor's record: rows gone, the key barred, everyone told."""

from __future__ import annotations

from django.db import router, transaction
from django.db.models import Q

from shop_personalize.capture.visitors import forget
from shop_personalize.models import Connection, Interaction, OrderVisitor, Visitor
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
        OrderVisitor.objects.using(using).filter(visitor__in=family).delete()
        ties = Q(source__in=family) | Q(target__in=family)
        Connection.objects.using(using).filter(ties).delete()
        Visitor.objects.using(using).filter(pk__in=family).update(is_erased=True)
    forget()
    visitor_erased.send_robust(None, visitor_key=key)
    return deleted

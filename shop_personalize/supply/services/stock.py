"""The stock of every product, noted once a day."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.supply.models import StockDay
from shop_personalize.supply.selectors.goods import Good

NAME = "supply:stock"
BATCH = 5000
KEPT = timedelta(days=90)
"""After so long only days on which a product was sold out are kept."""


def take(*, goods: dict[str, Good]) -> int:
    """Note today's stock of products that tell it; a later look replaces an earlier.

    A product that was sold out at any look of the day stays noted as sold out: on that
    day less was bought than wanted.
    """
    with days.alone(NAME) as using:
        today = timezone.localdate()
        rows = StockDay.objects.using(using)
        noted = rows.filter(day=today)
        empty = set(noted.filter(stock__lte=0).values_list("item_id", flat=True))
        new = [
            StockDay(
                item_id=item,
                day=today,
                stock=min(good.stock, 0) if item in empty else good.stock,
            )
            for item, good in goods.items()
            if good.stock is not None
        ]
        noted.delete()
        rows.bulk_create(new, batch_size=BATCH)
        rows.filter(day__lt=today - KEPT, stock__gt=0).delete()
    return len(new)

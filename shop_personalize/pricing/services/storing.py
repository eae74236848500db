"""What was thought takes the place of what was thought before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.attribution import days
from shop_personalize.pricing.models import PricedItem, PriceSuggestion

if TYPE_CHECKING:
    from shop_personalize.pricing.selectors.catalog import Product
    from shop_personalize.pricing.services.cases import Case
    from shop_personalize.pricing.services.learning import Learned

State = PriceSuggestion.State
Origin = PriceSuggestion.Origin
NAME = "pricing:suggested"
BATCH = 500
KEPT = timedelta(days=90)
"""After so long what expired is forgotten."""


def keep_items(learned: Learned, thought: list[Case], now: datetime) -> None:
    by_id = {case.product.id: case for case in thought}
    rows = [_item(p, by_id.get(p.id), learned, now) for p in learned.products]
    with days.alone(NAME) as using:
        kept = PricedItem.objects.using(using)
        kept.all().delete()
        kept.bulk_create(rows, batch_size=BATCH)


def _item(
    product: Product, case: Case | None, learned: Learned, now: datetime
) -> PricedItem:
    found = PricedItem(
        item_id=product.id,
        title=product.title,
        category=product.category,
        brand=product.brand,
        price=product.amount or None,
        currency=product.currency,
        cost=product.cost,
        stock=product.stock,
        problem=case.problem if case else PricedItem.Problem.NO_PRICE,
        detail=case.detail if case else {},
        renewed_at=now,
    )
    if case is not None:
        lately = learned.lately
        found.units = float(np.nan_to_num(lately.units[case.at]))
        found.noise = float(np.nan_to_num(lately.noise[case.at]))
        paid = lately.paid[case.at]
        found.paid = None if np.isnan(paid) else float(paid)
        found.units_now = case.units
    return found


def keep(found: list[PriceSuggestion], now: datetime) -> None:
    """What is open is brought up to date; what no longer holds expires."""
    with days.alone(NAME) as using:
        rows = PriceSuggestion.objects.using(using)
        open_rows = rows.filter(state=State.OPEN, origin=Origin.LEARNED)
        locked = open_rows.select_for_update().values_list("item_id", "pk")
        known = dict(locked)
        # What a person decided while this was thought over is decided.
        decided = rows.filter(decided_at__gte=now).values_list("item_id", flat=True)
        done = set(decided)
        found = [each for each in found if each.item_id not in done]
        for each in found:
            each.pk = known.pop(each.item_id, None)
        kept = [each.pk for each in found if each.pk]
        # Written anew under the same keys: an update of so many columns takes longer.
        for part in _parts(kept):
            rows.filter(pk__in=part).delete()
        rows.bulk_create([each for each in found if each.pk], batch_size=BATCH)
        rows.bulk_create([each for each in found if not each.pk], batch_size=BATCH)
        for part in _parts(list(known.values())):
            rows.filter(pk__in=part).update(state=State.EXPIRED)
        old = rows.filter(state=State.EXPIRED, made_at__lt=now - KEPT)
        old.filter(changes=None).delete()


def _parts(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]

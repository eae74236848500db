"""Which products should be spared or pushed for the sake of the stock."""

from __future__ import annotations

from shop_personalize.supply.models import ItemState


def pressures() -> dict[str, float]:
    """−1 to 1 by product; below 0 it will run out before the next delivery, above
    too much of it lies there. What is neither is left out. One query.
    """
    rows = ItemState.objects.exclude(pressure=0).order_by()
    return dict(rows.values_list("item_id", "pressure"))

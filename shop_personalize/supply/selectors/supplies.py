"""Where products come from, and what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shop_personalize.supply.conf import SupplySettings, supply_settings
from shop_personalize.supply.models import ItemSupply, Reorder, Supplier
from shop_personalize.supply.selectors.goods import MOST

State = Reorder.State
COMING = (State.APPROVED, State.CHANGED, State.ORDERED)
"""Decided and not received: counted as on order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms a product can be had; what nobody says is the settings'."""

    supplier: Supplier | None
    lead: float
    lead_sd: float
    review: float
    cost: float | None
    currency: str
    pack: int = 1
    minimum: int = 0
    service: float | None = None
    is_active: bool = True


def terms() -> dict[str, Terms]:
    """Of every product that has a row of its own; one query."""
    settings = supply_settings()
    rows = ItemSupply.objects.select_related("supplier")
    return {row.item_id: _terms(row, settings) for row in rows.iterator(2000)}


def nobodys() -> Terms:
    """The terms of a product of which nobody has said anything."""
    return _terms(ItemSupply(), supply_settings())


def _terms(row: ItemSupply, settings: SupplySettings) -> Terms:
    supplier = row.supplier
    lead = row.lead_time_days
    if lead is None:
        lead = settings.lead_time_days if supplier is None else supplier.lead_time_days
    return Terms(
        supplier=supplier,
        lead=lead,
        lead_sd=supplier.lead_time_sd if supplier else 0.0,
        review=supplier.review_days if supplier else settings.review_days,
        cost=None if row.unit_cost is None else float(row.unit_cost),
        currency=supplier.currency if supplier else "",
        pack=row.pack,
        minimum=row.minimum,
        service=row.service_level,
        is_active=row.is_active,
    )


@dataclass(frozen=True, slots=True)
class Coming:
    """Units on their way, and the day of the next delivery, if any was ordered."""

    units: int
    next_on: date | None


def coming() -> dict[str, Coming]:
    rows = Reorder.objects.filter(state__in=COMING).order_by("due_on")
    found: dict[str, Coming] = {}
    names = ("item_id", "quantity", "state", "due_on")
    for item, units, state, due in rows.values_list(*names):
        known = found.get(item, Coming(0, None))
        # What is approved and not ordered comes no sooner than what is ordered now.
        told = due if state == State.ORDERED else None
        all_units = min(units + known.units, MOST)
        found[item] = Coming(all_units, known.next_on or told)
    return found

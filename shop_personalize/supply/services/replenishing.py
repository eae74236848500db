"""What to order, when and why: suggestions, made anew from what is known now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db.models import Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize.attribution import days
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ForecastRun, ItemState, Reorder
from shop_personalize.supply.position import LATEST
from shop_personalize.supply.selectors.demand import main_currency
from shop_personalize.supply.selectors.goods import Good
from shop_personalize.supply.selectors.goods import goods as all_goods
from shop_personalize.supply.selectors.overview import RISKY
from shop_personalize.supply.selectors.runs import newest
from shop_personalize.supply.selectors.supplies import coming
from shop_personalize.supply.services import budgeting
from shop_personalize.supply.services.needs import Needs, day_after
from shop_personalize.supply.services.needs import measure as needs_of
from shop_personalize.supply.services.refused import RefusedError

NAME = "supply:replenish"
BATCH = 1000
WEEK = 7.0
EDGE = 0.01
"""Days; what may wait until the next look is not ordered at this one."""
State = Reorder.State
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Replenished:
    """What was found; ``value`` of the suggestions whose cost is known.

    It is in ``currency``; what suppliers want in others stands in ``elsewhere``.
    """

    products: int
    suggested: int
    units: int
    value: float
    currency: str
    elsewhere: Mapping[str, float]
    without_cost: int
    at_risk: int
    overstocked: int


@dataclass(frozen=True)
class _Decided:
    """What was decided of the rows from ``first`` on when a plan began."""

    first: int
    keys: frozenset[int]


@dataclass(frozen=True)
class _Plan:
    states: list[ItemState]
    reorders: list[Reorder]
    currency: str
    decided: _Decided


def replenish(
    *, progress: Progress | None = None, dry_run: bool = False
) -> Replenished:
    """Measure every product and suggest what to order; decided rows stay as they are.

    Raises RefusedError where nothing has been forecast yet.
    """
    told = progress or (lambda done, stage: None)
    told(0.1, "catalog")
    goods = all_goods()
    run = newest(supply_settings().plan_by)
    if run is None:
        raise RefusedError(
            _("Nothing has been forecast yet: make a forecast, then see what to order.")
        )
    told(0.3, "needs")
    plan = _plan(run, goods)
    if not dry_run:
        told(0.8, "storing")
        _store(plan)
    return _summary(plan)


def _plan(run: ForecastRun, goods: Mapping[str, Good]) -> _Plan:
    decided = _decided_now()
    needs = needs_of(run, goods)
    quantity, cut = budgeting.within(needs, wanted(needs))
    currency = main_currency()
    reorders = [
        _reorder(needs, at, int(quantity[at]), bool(cut[at]), currency)
        for at in np.flatnonzero(quantity > 0).tolist()
    ]
    return _Plan(list(_states(needs, goods, currency)), reorders, currency, decided)


def _decided_now() -> _Decided:
    """Asked before anything else of a plan is: what is committed by now it knows of."""
    ends = Reorder.objects.aggregate(
        first=Min("pk", filter=Q(state=State.OPEN)), last=Max("pk")
    )
    first = ends["first"] or (ends["last"] or 0) + 1
    known = Reorder.objects.filter(pk__gte=first).exclude(state=State.OPEN)
    return _Decided(first, frozenset(known.values_list("pk", flat=True)))


def wanted(needs: Needs) -> np.ndarray:
    """Units of what must be ordered before the next look; 0 of all others."""
    review = np.array([one.review for one in needs.terms])
    active = np.array([one.is_active for one in needs.terms], bool)
    skipped = _dismissed(needs)
    due = (needs.wait < review - EDGE) & active & ~skipped
    return np.where(due, needs.quantity, 0)


def _dismissed(needs: Needs) -> np.ndarray:
    """What somebody said no to is not asked again before the next regular look."""
    now = timezone.now()
    longest = max((one.review for one in needs.terms), default=0.0)
    rows = Reorder.objects.filter(
        state=State.DISMISSED, decided_at__gt=now - timedelta(days=longest)
    )
    told = dict(rows.order_by("decided_at").values_list("item_id", "decided_at"))

    def is_fresh(item: str, review: float) -> bool:
        at = told.get(item)
        return at is not None and now - at < timedelta(days=review)

    pairs = zip(needs.items, needs.terms, strict=True)
    return np.array([is_fresh(item, one.review) for item, one in pairs], bool)


def _reorder(
    needs: Needs, at: int, quantity: int, is_cut: bool, currency: str
) -> Reorder:
    terms, wait = needs.terms[at], float(needs.wait[at])
    cost = needs.cost[at]
    by = day_after(wait)
    notes = list(needs.notes[at])
    if np.isnan(cost):
        notes.append(["no_cost", {}])
    if is_cut:
        notes.append(["cut", {"n": int(needs.quantity[at])}])
    return Reorder(
        item_id=needs.items[at],
        supplier=terms.supplier,
        suggested=quantity,
        quantity=quantity,
        unit_cost=None if np.isnan(cost) else Decimal(str(round(float(cost), 4))),
        currency=terms.currency or currency,
        order_by=by,
        due_on=by + timedelta(days=round(terms.lead)),
        facts=facts(needs, at),
        risk=round(float(needs.risk[at]), 4),
        notes=notes,
    )


def facts(needs: Needs, at: int) -> dict[str, Any]:
    """The figures behind a suggestion, as the page says them."""
    terms = needs.terms[at]
    return {
        "stock": int(needs.stock[at]),
        "on_order": int(needs.on_order[at]),
        "lead": terms.lead,
        "lead_sd": terms.lead_sd,
        "review": terms.review,
        "service": round(float(needs.service[at]), 4),
        "asked": round(float(needs.asked[at]), 4),
        "expected": round(float(needs.expected[at]), 1),
        "safety": round(float(needs.safety[at]), 1),
        "target": round(float(needs.target[at]), 1),
        "cover": _finite(needs.cover[at]),
        "pack": terms.pack,
        "minimum": terms.minimum,
        "class": f"{needs.abc[at]}{needs.xyz[at]}",
    }


def _finite(value: float) -> float | None:
    return round(float(value), 1) if value <= LATEST else None


def _states(
    needs: Needs, goods: Mapping[str, Good], currency: str
) -> Iterator[ItemState]:
    now, on_way = timezone.now(), coming()
    place = {item: at for at, item in enumerate(needs.items)}
    for item, good in goods.items():
        if not good.is_sold:
            continue
        row = ItemState(
            item_id=item,
            title=good.title,
            category=good.category,
            stock=good.stock,
            on_order=on_way[item].units if item in on_way else 0,
            currency=good.currency or currency,
            measured_at=now,
        )
        at = place.get(item)
        if at is None:
            row.notes = [["no_stock" if good.stock is None else "never_sold", {}]]
        else:
            _fill(row, needs, at, good, currency)
        yield row


def _fill(row: ItemState, needs: Needs, at: int, good: Good, currency: str) -> None:
    is_known = not np.isnan(needs.cost[at])
    worth = needs.cost[at] if is_known else good.price
    if is_known:
        row.currency = needs.terms[at].currency or currency
    row.expected = round(float(needs.rate[at]) * WEEK, 2)
    row.cover_days = _finite(needs.cover[at])
    row.risk = round(float(needs.risk[at]), 4)
    row.surplus = float(needs.surplus[at])
    row.tied = None if worth is None else round(row.surplus * float(worth), 2)
    row.pressure = round(float(needs.pressure[at]), 4)
    row.abc, row.xyz = str(needs.abc[at]), str(needs.xyz[at])
    row.notes = list(needs.notes[at])
    if np.isnan(needs.cost[at]) and row.surplus and worth is not None:
        row.notes.append(["tied_by_price", {}])


def _store(plan: _Plan) -> None:
    """All at once, so that a page sees the old figures or the new.

    What somebody has decided meanwhile is left out: the plan does not know of it. What
    is open goes first, which waits for whoever is deciding it at this moment.
    """
    with days.alone(NAME) as using:
        Reorder.objects.using(using).filter(state=State.OPEN).delete()
        left = Reorder.objects.using(using).filter(pk__gte=plan.decided.first)
        known = {
            item
            for key, item in left.values_list("pk", "item_id")
            if key not in plan.decided.keys
        }
        ItemState.objects.using(using).all().delete()
        ItemState.objects.using(using).bulk_create(plan.states, batch_size=BATCH)
        new = [row for row in plan.reorders if row.item_id not in known]
        Reorder.objects.using(using).bulk_create(new, batch_size=BATCH)


def _summary(plan: _Plan) -> Replenished:
    amounts = _amounts(plan.reorders)
    most = max(amounts, key=lambda one: amounts[one], default=plan.currency)
    currency = plan.currency if plan.currency in amounts else most
    return Replenished(
        products=len(plan.states),
        suggested=len(plan.reorders),
        units=sum(row.quantity for row in plan.reorders),
        value=amounts.pop(currency, 0.0),
        currency=currency,
        elsewhere=amounts,
        without_cost=sum(row.unit_cost is None for row in plan.reorders),
        at_risk=sum(row.risk >= RISKY for row in plan.states),
        overstocked=sum(row.surplus > 0 for row in plan.states),
    )


def _amounts(reorders: list[Reorder]) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in reorders:
        if row.value is not None:
            found[row.currency] = found.get(row.currency, 0.0) + row.value
    return {currency: round(amount, 2) for currency, amount in found.items()}

"""What every product needs: from forecasts, stock and terms to figures, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ForecastRun, ForecastSeries, Grain, Level
from shop_personalize.supply.position import (
    LATEST,
    Outlook,
    in_packs,
    pressure,
    with_late,
)
from shop_personalize.supply.selectors import classes, demand
from shop_personalize.supply.selectors.goods import Good, costs
from shop_personalize.supply.selectors.periods import LENGTHS, Span, number
from shop_personalize.supply.selectors.supplies import (
    Coming,
    Terms,
    coming,
    nobodys,
    terms,
)
from shop_personalize.supply.services import engine, promising

WEEKS = 26
"""Weeks whose ups and downs make the class by regularity."""
DEAREST = 1e8
"""Money from which on what a unit costs is a fault of the shop's data: not known."""

Vector = NDArray[np.float64]
Notes = list[list[object]]


@dataclass(frozen=True, eq=False)
class Needs:
    """Of n products that have a forecast, a stock and a price list, row by row.

    ``service`` is promised, ``asked`` the level asked of the forecast for it; ``wait``
    days an order may wait, inf where none is needed; ``quantity`` to order
    then; ``risk`` of running out before the next delivery; ``surplus`` units beyond
    what sells in the days the settings allow.
    """

    items: list[str]
    terms: list[Terms]
    stock: Vector
    on_order: Vector
    abc: NDArray[np.str_]
    xyz: NDArray[np.str_]
    service: Vector
    asked: Vector
    rate: Vector
    expected: Vector
    safety: Vector
    target: Vector
    wait: Vector
    quantity: NDArray[np.int64]
    cover: Vector
    risk: Vector
    surplus: Vector
    pressure: Vector
    cost: Vector
    price: Vector
    quantiles: NDArray[np.float64]
    """Of what is asked for until the delivery after the next, at ``engine.LEVELS``."""
    notes: list[Notes]


def measure(run: ForecastRun, goods: Mapping[str, Good]) -> Needs:
    """Raises nothing of single products: what is odd about one stands in its notes."""
    series = {row[0]: row for row in _series(run)}
    items = [
        item
        for item, good in goods.items()
        if good.is_sold and good.stock is not None and item in series
    ]
    own, default, on_way = terms(), nobodys(), coming()
    of = [own.get(item, default) for item in items]
    rows = [series[item] for item in items]
    ahead = _outlook(run, rows)
    stock = np.array([goods[item].stock for item in items], np.float64)
    abc, xyz = _classes(items)
    lead = np.array([one.lead for one in of])
    review = np.array([one.review for one in of])
    units = np.array([on_way[i].units if i in on_way else 0 for i in items], float)
    cost = _cost(items, of)
    price = _price([goods[item] for item in items], of)
    service = promising.by_worth(
        promising.promised(of, abc),
        of,
        np.where(np.isnan(cost), price, cost),
        ahead.spread(lead + review, np.full(len(items), promising.USUAL)),
    )
    asked = promising.asked(service, abc, run.promise)
    spread = _spread(ahead, lead + review, asked, of)
    expected = ahead.expected(lead + review)
    target = np.maximum(expected + spread, 0.0)
    wait = _wait(ahead, stock + units, lead, asked, of)
    later = np.where(np.isfinite(wait), np.minimum(wait, LATEST), 0.0)
    wanted = ahead.expected(later + lead + review) + spread - stock - units
    quantity = in_packs(
        np.maximum(wanted, 0.0),
        np.array([one.pack for one in of], np.float64),
        np.array([one.minimum for one in of], np.float64),
    )
    cover = ahead.lasts(np.maximum(stock, 0.0))
    until = _until_next(items, lead, on_way)
    risk = np.where(stock > 0, ahead.chance_beyond(until, stock), 1.0)
    risk = np.where(ahead.rate > 0, risk, 0.0)
    days = np.full(len(items), supply_settings().overstock_days)
    enough = np.maximum(ahead.expected(days), target)
    surplus = np.floor(np.maximum(stock + units - enough, 0.0))
    return Needs(
        items=items,
        terms=of,
        stock=stock,
        on_order=units,
        abc=abc,
        xyz=xyz,
        service=service,
        asked=asked,
        rate=ahead.rate,
        expected=expected,
        safety=np.maximum(spread, 0.0),
        target=target,
        wait=np.where(quantity > 0, wait, np.inf),
        quantity=quantity,
        cover=cover,
        risk=risk,
        surplus=surplus,
        pressure=pressure(risk, service, surplus, enough),
        cost=cost,
        price=price,
        quantiles=ahead.quantiles(lead + review),
        notes=[
            notes_of(one, level, row[4])
            for one, level, row in zip(
                of, stock, (series[i] for i in items), strict=True
            )
        ],
    )


def _series(
    run: ForecastRun,
) -> list[tuple[str, list[float], list, float | None, Notes]]:
    rows = ForecastSeries.objects.filter(run=run, level=Level.PRODUCT)
    return list(rows.values_list("key", "mean", "totals", "error", "notes"))


def _outlook(run: ForecastRun, rows: list[tuple]) -> Outlook:
    spans = engine.spans(run.grain, run.horizon)
    start = run.start or timezone.localdate()
    return Outlook(
        mean=np.array([row[1] for row in rows]).reshape(len(rows), run.horizon),
        totals=np.array([row[2] for row in rows]).reshape(
            len(rows), len(engine.LEVELS), len(spans)
        ),
        levels=engine.LEVELS,
        spans=spans,
        period_days=LENGTHS[Grain(run.grain)],
        elapsed=float(max((timezone.localdate() - start).days, 0)),
    )


def _classes(items: list[str]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    week = number("week", timezone.localdate())
    sold = demand.of_products(Span("week", week - WEEKS, WEEKS))
    nothing = np.zeros(WEEKS)
    weeks = np.array([sold.get(item, nothing) for item in items]).reshape(-1, WEEKS)
    return (
        classes.abc_of(items),
        classes.xyz(weeks),
    )


def _spread(ahead: Outlook, days: Vector, service: Vector, of: list[Terms]) -> Vector:
    late = np.array([one.lead_sd for one in of])
    return with_late(ahead.spread(days, service), service, ahead.rate, late)


def _wait(
    ahead: Outlook, position: Vector, lead: Vector, service: Vector, of: list[Terms]
) -> Vector:
    """Days until what is there and coming just covers the lead time."""
    spare = _spread(ahead, lead, service, of)
    return np.where(ahead.rate > 0, ahead.wait(position - spare, lead), np.inf)


def _until_next(items: list[str], lead: Vector, on_way: Mapping[str, Coming]) -> Vector:
    """Days until something comes: what is on its way, or what is ordered now."""
    today = timezone.localdate()

    def until(item: str, days: float) -> float:
        due = on_way[item].next_on if item in on_way else None
        # Of a delivery that is late nobody knows the day.
        if due is None or due < today:
            return days
        return min(float((due - today).days), 2 * days)

    pairs = zip(items, lead.tolist(), strict=True)
    return np.array([until(item, days) for item, days in pairs])


def _cost(items: list[str], of: list[Terms]) -> Vector:
    """What a unit costs: as told here, else by the shop's catalog, else NaN."""
    missing = [i for i, one in zip(items, of, strict=True) if one.cost is None]
    told = costs(missing) if missing else {}
    found = np.array(
        [
            told.get(item, np.nan) if one.cost is None else one.cost
            for item, one in zip(items, of, strict=True)
        ]
    )
    return np.where((found >= 0) & (found < DEAREST), found, np.nan)


def _price(goods: list[Good], of: list[Terms]) -> Vector:
    """NaN where it is not known, or in another money than the supplier's."""

    def told(good: Good, one: Terms) -> float:
        is_other = one.currency and good.currency and one.currency != good.currency
        return good.price if good.price and not is_other else np.nan

    pairs = zip(goods, of, strict=True)
    return np.array([told(good, one) for good, one in pairs], np.float64)


def notes_of(one: Terms, stock: float, known: Notes) -> Notes:
    found: Notes = list(known)
    if one.supplier is None:
        found.append(["no_supplier", {"days": one.lead}])
    elif not one.lead:
        found.append(["no_lead", {}])
    if stock < 0:
        found.append(["negative", {"n": int(stock)}])
    return found


def day_after(days: float) -> date:
    return timezone.localdate() + timedelta(days=int(min(days, LATEST)))

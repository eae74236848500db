"""Sales by week as arrays: of all products at once, or of one for its page."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import FloatField, Q
from django.db.models.functions import Cast
from django.utils import timezone
from numpy.typing import NDArray

from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PriceWeek

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = timedelta(days=7)
FARTHEST = 4.0
"""How many times a price that was asked one may be for demand to be carried to it."""
GAP = 4
"""Weeks without a sale that are nothing sold; after more of them a product was
probably not on offer."""


@dataclass(frozen=True, eq=False)
class Weekly:
    """Rows of (item, week), by item and then by week, where nothing was sold too.

    ``item`` int64 (rows,) counts ``ids``; ``week`` int64 (rows,) counts weeks up to
    ``last``, which is ``weeks - 1``. ``price`` and ``units`` float64 (rows,); units are
    less what came back. A week without a sale has the price of the week before.
    """

    ids: list[str]
    item: Ints
    week: Ints
    price: Floats
    units: Floats
    sold: NDArray[np.bool_]
    weeks: int
    last: date
    foreign: frozenset[str] = frozenset()
    """Products sold in other currencies only."""


class Lately(NamedTuple):
    """The recent weeks of each product: float64 (n,) each; NaN where never sold.

    ``least`` and ``most``: the lowest and highest mean price of a week.
    """

    units: Floats
    noise: Floats
    paid: Floats
    least: Floats
    most: Floats


def last_week() -> date:
    """The Monday of the last week that is over."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday()) - WEEK


def weekly(currencies: Mapping[str, str]) -> Weekly:
    """All weeks of the products given with the currency of their prices.

    What was sold in another currency is left out.
    """
    ids = sorted(currencies)
    place = {key: at for at, key in enumerate(ids)}
    last, weeks = last_week(), pricing_settings().history_weeks
    first = last - (weeks - 1) * WEEK
    item, week = array("q"), array("q")
    price, units = array("d"), array("d")
    foreign: set[str] = set()
    for key, day, code, paid, count in _rows(first, last):
        at = place.get(key)
        if at is None:
            continue
        if not same(code, currencies[key]):
            foreign.add(key)
        else:
            item.append(at)
            week.append((day - first).days // 7)
            price.append(paid)
            units.append(count)
    columns = (
        np.array(item, np.int64),
        np.array(week, np.int64),
        np.array(price, np.float64),
        np.array(units, np.float64),
    )
    own = {ids[at] for at in set(item)}
    found = _filled(ids, *columns, weeks=weeks, last=last)
    return replace(found, foreign=frozenset(foreign - own))


def same(paid_in: str, priced_in: str) -> bool:
    """A shop of one currency may leave it unsaid at either end."""
    return paid_in == priced_in or not paid_in or not priced_in


def _rows(first: date, last: date) -> Iterable[tuple[str, date, str, float, float]]:
    rows = PriceWeek.objects.filter(week__gte=first, week__lte=last)
    # Decimals would cost more than the query; sums of floats are exact enough here.
    told = rows.order_by("item_id", "week").annotate(
        paid=Cast("price", FloatField()),
        bought=Cast("units", FloatField()),
        back=Cast("returned", FloatField()),
    )
    columns = ("item_id", "week", "currency", "paid", "bought", "back")
    for key, day, code, paid, bought, back in told.values_list(*columns).iterator():
        yield key, day, code, paid, max(bought - back, 0.0)


def _filled(
    ids: list[str],
    item: Ints,
    week: Ints,
    price: Floats,
    units: Floats,
    *,
    weeks: int,
    last: date,
) -> Weekly:
    """The weeks between sales become rows too, as long as they are few."""
    order = np.lexsort((week, item))
    item, week, price, units = item[order], week[order], price[order], units[order]
    following = np.append(week[1:], weeks)
    ends = np.append(item[1:] != item[:-1], True)[: len(item)]
    following = np.where(ends, weeks, following)
    gap = following - week - 1
    gap = np.maximum(gap, 0)
    repeats = 1 + np.where(gap <= GAP, gap, np.where(ends, GAP, 0))
    source = np.repeat(np.arange(len(item)), repeats)
    starts = np.cumsum(repeats) - repeats
    later = np.arange(len(source)) - starts[source]
    return Weekly(
        ids=ids,
        item=item[source],
        week=week[source] + later,
        price=price[source],
        units=np.where(later == 0, units[source], 0.0),
        sold=later == 0,
        weeks=weeks,
        last=last,
    )


def lately(found: Weekly) -> Lately:
    """Units a week, how much they differ, and the mean price, of the recent weeks.

    Of a product younger than that, of the weeks since its first sale.
    """
    n, recent = len(found.ids), min(pricing_settings().recent_weeks, found.weeks)
    first = np.full(n, found.weeks, np.int64)
    np.minimum.at(first, found.item, found.week)
    count = np.clip(found.weeks - first, 1, recent).astype(np.float64)
    late = found.week >= found.weeks - recent
    item, units = found.item[late], found.units[late]
    total = np.bincount(item, units, n)
    mean = total / count
    variance = np.maximum(np.bincount(item, units**2, n) / count - mean**2, 0.0)
    sold = late & found.sold
    sums = np.bincount(found.item[sold], found.price[sold], n)
    with np.errstate(divide="ignore", invalid="ignore"):
        paid: Floats = sums / np.bincount(found.item[sold], minlength=n)
    never = first == found.weeks
    least, most = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(least, found.item[sold], found.price[sold])
    np.maximum.at(most, found.item[sold], found.price[sold])
    unsold = np.isinf(least)
    return Lately(
        np.where(never, np.nan, mean),
        np.where(never, np.nan, np.sqrt(variance)),
        paid,
        np.where(unsold, np.nan, least),
        np.where(unsold, np.nan, most),
    )


def carried(now: Floats, reference: Floats, elasticity: Floats) -> Floats:
    """By what factor units change from one price to another: (n,); NaN where unknown.

    No further than to ``FARTHEST`` times the price, or that part of it: what a price
    mistyped by a thousand would sell nobody knows.
    """
    with np.errstate(invalid="ignore"):
        ratio = np.clip(now / reference, 1 / FARTHEST, FARTHEST)
    factor: Floats = ratio**elasticity
    return factor


class Seen(NamedTuple):
    """One week of one product, for its page."""

    week: date
    price: float
    low: float
    high: float
    units: float
    orders: int


def seen(item_id: str, currency: str) -> list[Seen]:
    """The weeks in which a product was sold, the oldest first."""
    first = last_week() - (pricing_settings().history_weeks - 1) * WEEK
    rows = PriceWeek.objects.filter(item_id=item_id, week__gte=first)
    if currency:
        rows = rows.filter(Q(currency=currency) | Q(currency=""))
    return [
        Seen(
            row.week,
            float(row.price),
            float(row.low),
            float(row.high),
            max(float(row.units - row.returned), 0.0),
            row.orders,
        )
        for row in rows.order_by("week")
    ]

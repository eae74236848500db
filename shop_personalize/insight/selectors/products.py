"""Which products earn, which are looked at and not bought, which deserve more eyes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from shop_personalize.insight.selectors.catalog import facts
from shop_personalize.insight.selectors.customers import main_currency
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.sales import (
    Sold,
    revenue_parts,
    sold,
    viewed,
)
from shop_personalize.insight.selectors.wilson import wilson

TOP, MANY, SOME = 100, 20, 10
"""Products in the table; in each of the two lists; of the chart."""
SEEN_ENOUGH = 30
"""Views below which nothing is said of how often a product is bought."""
POINTS = 12
NONE = Sold(0, Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Product:
    """``low`` and ``high``: where the share of views that end in an order lies.

    None below ``SEEN_ENOUGH`` views, and where more is ordered than viewed: then it is
    sold where nobody sees it.
    """

    item_id: str
    views: int
    orders: int
    units: Decimal
    revenue: Decimal
    before: Decimal
    low: float | None
    high: float | None
    trend: tuple[float, ...] = ()

    @property
    def rate(self) -> float | None:
        return _share(self.orders, self.views)


@dataclass(frozen=True)
class Group:
    name: str
    products: int
    views: int
    orders: int
    revenue: Decimal
    before: Decimal

    @property
    def rate(self) -> float | None:
        return _share(self.orders, self.views)


@dataclass(frozen=True)
class Products:
    """``rate``: orders of a product per view of one, over the whole shop."""

    revenue: Decimal
    before: Decimal
    sold: int
    catalog: int
    rate: float | None
    top: tuple[Product, ...]
    passed_by: tuple[Product, ...]
    gems: tuple[Product, ...]
    categories: tuple[Group, ...]
    currency: str
    others: tuple[tuple[str, Decimal], ...]


def measure(period: Period) -> Products:
    currency, others = main_currency(period.first, period.until)
    now, before = sold(period, currency), sold(period.before, currency)
    views = viewed(period)
    made = {
        item: _product(item, views.get(item, 0), now.get(item, NONE), before)
        for item in {*now, *views}
    }
    rate = _rate(made.values())
    top = sorted(made.values(), key=lambda one: (-one.revenue, one.item_id))[:TOP]
    trends = revenue_parts(
        period, [one.item_id for one in top], currency, _points(period)
    )
    return Products(
        revenue=sum((one.revenue for one in now.values()), Decimal(0)),
        before=sum((one.revenue for one in before.values()), Decimal(0)),
        sold=sum(1 for one in now.values() if one.orders),
        catalog=len(facts()),
        rate=rate,
        top=tuple(_with(one, trends.get(one.item_id, ())) for one in top if one.orders),
        passed_by=_passed_by(made.values(), rate),
        gems=_gems(made.values(), rate),
        categories=_categories(made.values(), before),
        currency=currency,
        others=others,
    )


def _share(orders: int, views: int) -> float | None:
    return orders / views if views and orders <= views else None


def _points(period: Period) -> int:
    return min(POINTS, period.days)


def _product(item: str, views: int, own: Sold, before: dict[str, Sold]) -> Product:
    known = views >= SEEN_ENOUGH and own.orders <= views
    low, high = wilson(own.orders, views) if known else (None, None)
    return Product(
        item_id=item,
        views=views,
        orders=own.orders,
        units=own.units,
        revenue=own.revenue,
        before=before.get(item, NONE).revenue,
        low=low,
        high=high,
    )


def _with(one: Product, trend: tuple[float, ...]) -> Product:
    return replace(one, trend=trend)


def _rate(products: Iterable[Product]) -> float | None:
    seen = [one for one in products if one.rate is not None]
    views = sum(one.views for one in seen)
    return sum(one.orders for one in seen) / views if views else None


def _passed_by(products: Iterable[Product], rate: float | None) -> tuple[Product, ...]:
    """Surely bought less often than others; what would sell most at the usual rate."""
    if not rate:
        return ()
    found = [one for one in products if one.high is not None and one.high < rate]
    missed = sorted(found, key=lambda one: (one.orders - rate * one.views, one.item_id))
    return tuple(missed[:MANY])


def _gems(products: Iterable[Product], rate: float | None) -> tuple[Product, ...]:
    """Surely bought more often than others, and looked at by fewer than most."""
    known = [one for one in products if one.low is not None]
    if not rate or not known:
        return ()
    usual = sorted(one.views for one in known)[len(known) // 2]
    found = [one for one in known if (one.low or 0) > rate and one.views <= usual]
    best = sorted(found, key=lambda one: (-(one.low or 0), one.item_id))
    return tuple(best[:MANY])


def _categories(
    products: Iterable[Product], before: dict[str, Sold]
) -> tuple[Group, ...]:
    known = facts()
    groups: dict[str, list[Product]] = defaultdict(list)
    earlier: dict[str, Decimal] = defaultdict(Decimal)
    for one in products:
        groups[known[one.item_id].category if one.item_id in known else ""].append(one)
    for item, own in before.items():
        earlier[known[item].category if item in known else ""] += own.revenue
    made = [
        Group(
            name=name,
            products=sum(1 for one in own if one.orders),
            views=sum(one.views for one in own),
            orders=sum(one.orders for one in own),
            revenue=sum((one.revenue for one in own), Decimal(0)),
            before=earlier[name],
        )
        for name, own in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: (-group.revenue, group.name))[:TOP])

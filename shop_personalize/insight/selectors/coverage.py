"""How much of the range do recommendations show, and how evenly?"""

from __future__ import annotations

from dataclasses import dataclass

from shop_personalize.insight.selectors.catalog import facts
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.sales import Shown, shown, sold
from shop_personalize.insight.selectors.shares import gini, lorenz, top_share

FIRST, TOP = 10, 50


@dataclass(frozen=True)
class Most:
    """A product recommended often: how often seen and clicked, orders of it."""

    item_id: str
    seen: int
    clicked: int
    orders: int


@dataclass(frozen=True)
class Coverage:
    """``gini``: 0 all products are shown alike, 1 always the same one; over the range
    that may be shown. ``curve``: what share the least shown parts have."""

    catalog: int
    items: int
    items_before: int
    seen: int
    gini: float
    gini_before: float
    sales_gini: float
    top_share: float
    sales_top_share: float
    curve: tuple[float, ...]
    most: tuple[Most, ...]
    never: int
    """Products of the range that nobody saw recommended."""

    @property
    def share(self) -> float | None:
        return (self.catalog - self.never) / self.catalog if self.catalog else None


def measure(period: Period) -> Coverage:
    now, before = shown(period), shown(period.before)
    sales = {item: own.orders for item, own in sold(period, "").items()}
    range_ = [item for item, own in facts().items() if own.visible]
    seen = [now[item].seen if item in now else 0 for item in range_]
    earlier = [before[item].seen if item in before else 0 for item in range_]
    bought = [sales.get(item, 0) for item in range_]
    best = sorted(now, key=lambda item: (-now[item].seen, item))[:TOP]
    return Coverage(
        catalog=len(range_),
        items=_count(now),
        items_before=_count(before),
        seen=sum(own.seen for own in now.values()),
        gini=gini(seen),
        gini_before=gini(earlier),
        sales_gini=gini(bought),
        top_share=top_share(seen, FIRST),
        sales_top_share=top_share(bought, FIRST),
        curve=lorenz(seen),
        most=tuple(
            Most(item, now[item].seen, now[item].clicked, sales.get(item, 0))
            for item in best
        ),
        never=sum(1 for count in seen if not count),
    )


def _count(of: dict[str, Shown]) -> int:
    return sum(1 for own in of.values() if own.seen)

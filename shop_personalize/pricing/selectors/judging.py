"""What the rules ask of one price: for a person who reads it, and at approval."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from shop_personalize.pricing.models import PriceChange, PriceRule
from shop_personalize.pricing.selectors.catalog import Product
from shop_personalize.pricing.selectors.competitors import compared
from shop_personalize.pricing.selectors.rules import Limits, RuleBook

SLACK = 1e-6
ENDINGS = {".99": 0.99, ".95": 0.95, ".90": 0.9, ".00": 0.0}
FOREVER = float("inf")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What one limit asks of a price; ``rule`` is None where it is the shop's setting.

    ``value`` is the limit as it was given: a share, a price, days. ``theirs`` is the
    cheapest competitor's price. ``since`` is when the price was changed too recently.
    """

    limit: str
    value: float = 0.0
    low: float = 0.0
    high: float = FOREVER
    ending: float | None = None
    theirs: float = 0.0
    since: date | None = None
    rule: PriceRule | None = None

    def allows(self, price: float) -> bool:
        if not self.low * (1 - SLACK) <= price <= self.high * (1 + SLACK):
            return False
        if self.ending is None:
            return True
        off = (price - self.ending) % 1.0
        return min(off, 1.0 - off) < 1e-4


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A product as the rules see it: its price today, its cost, the competitors."""

    now: float
    cost: float | None = None
    theirs: float | None = None


def bounds(limits: Limits, at: Standing) -> list[Bound]:
    """All limits of a product; those of which nothing is known are left out."""
    return [*_plain(limits, at), *_by_cost(limits, at), *_by_competitor(limits, at)]


def _plain(limits: Limits, at: Standing) -> Iterator[Bound]:
    rules = limits.rules.get
    if (least := limits.least) is not None:
        yield Bound(limit="least", value=least, low=least, rule=rules("least"))
    if (most := limits.most) is not None:
        yield Bound(limit="most", value=most, high=most, rule=rules("most"))
    if (step := limits.step) is not None:
        yield Bound(
            limit="step",
            value=step,
            low=at.now * (1 - step),
            high=at.now * (1 + step),
            rule=rules("step"),
        )
    if limits.ending:
        ending = ENDINGS[limits.ending]
        yield Bound(limit="ending", value=ending, ending=ending, rule=rules("ending"))


def _by_cost(limits: Limits, at: Standing) -> Iterator[Bound]:
    """A margin that cannot be reckoned allows nothing."""
    if (margin := limits.margin) is None:
        return
    low = FOREVER if at.cost is None else at.cost / (1 - margin)
    yield Bound(limit="margin", value=margin, low=low, rule=limits.rules.get("margin"))


def _by_competitor(limits: Limits, at: Standing) -> Iterator[Bound]:
    theirs, rules = at.theirs, limits.rules.get
    if theirs is None:
        return
    if (share := limits.below) is not None:
        low, rule = theirs * (1 - share), rules("below")
        yield Bound(limit="below", value=share, low=low, theirs=theirs, rule=rule)
    if (share := limits.above) is not None:
        high, rule = theirs * (1 + share), rules("above")
        yield Bound(limit="above", value=share, high=high, theirs=theirs, rule=rule)


def standing(known: Product) -> Standing:
    """Raises ValueError for a product without a price."""
    if known.price is None:
        raise ValueError(f"product {known.id} has no price")
    theirs = compared([known.id])(known.id, known.price.currency)
    return Standing(
        now=float(known.price.amount),
        cost=None if known.cost is None else float(known.cost),
        theirs=None if theirs is None else float(theirs),
    )


PLANNED = ("step", "days")
"""Limits that a markdown, whose whole path was approved, has of its own."""


def broken_by(
    known: Product, wanted: float, *, leaving_out: Collection[str] = ()
) -> list[Bound]:
    """The limits that forbid a price now; nothing where it is allowed."""
    limits = RuleBook().limits(
        item_id=known.id, category=known.category, brand=known.brand
    )
    found = [*bounds(limits, standing(known)), *_too_soon(known.id, limits)]
    left = [each for each in found if each.limit not in leaving_out]
    return [each for each in left if not each.allows(wanted)]


def _too_soon(item_id: str, limits: Limits) -> list[Bound]:
    if not limits.days:
        return []
    since = timezone.now() - timedelta(days=limits.days)
    last = PriceChange.objects.filter(item_id=item_id, at__gt=since).first()
    if last is None:
        return []
    rule, day = limits.rules.get("days"), timezone.localtime(last.at).date()
    days = float(limits.days)
    return [Bound(limit="days", value=days, low=FOREVER, since=day, rule=rule)]

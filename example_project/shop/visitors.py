"""Visitors drawn by lot, so that the reports of the demo have something to tell.

The shop's orders are real; these visitors are not. They are shown what the shop would
show them, one in twenty is held out, and on product pages two variants compete. Some of
what is recommended is bought that would not have been; the reports find how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from example_project.shop.models import OrderLine, Product
from shop_personalize import recommend
from shop_personalize.attribution import Token, assignment, sign
from shop_personalize.attribution.token import mark_of
from shop_personalize.capture.event import Event
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.tokens import RIDS
from shop_personalize.conf import app_settings
from shop_personalize.models import Trial
from shop_personalize.models.visitor import visitor_key

PAGES = 300
"""Products that visitors come for, the best sellers of late."""
PLACES_SEEN = 4
HOME, PRODUCT = "home-for-you", "product-also-viewed"
LANDS_AT_HOME, SEARCHES, COMES_BACK = 0.25, 0.2, 0.35
SEES, CLICKS, BUYS_IT, WANTS, HESITATES = 0.7, 0.2, 0.4, 0.06, 0.05
BETTER = 1.25
"""The second variant is clicked so much more often."""
FALLBACK = ("similar", "popular")
Rows = tuple[tuple[str, str], ...]
UNKNOWN_WORDS = ("unicorn", "gift card", "oven gloves", "hammock", "jigsaw", "kettle")


@dataclass(frozen=True)
class Shown:
    """A list as a block showed it: its token, and each product's."""

    block: str
    variant: str
    rows: Rows
    """Id and recommender, place by place."""
    at: datetime
    key: str

    def token(self, position: int = 0) -> str:
        seconds = int(self.at.timestamp())
        item, recommender = self.rows[max(position - 1, 0)]
        return sign(
            Token(
                self.block,
                recommender,
                version=1,
                position=position,
                item=item if position else "",
                at=seconds,
                variant=self.variant,
                mark=mark_of(self.key, seconds),
            )
        )


@dataclass
class Shop:
    """What visitors come for, what it costs, and what is shown beside it."""

    products: list[Product]
    trial: Trial | None
    lists: dict[tuple[str, str, str], Rows] = field(default_factory=dict)
    known: dict[str, Product] = field(default_factory=dict)

    def drawn(self, chance: Random) -> Product:
        return self.products[int(len(self.products) * chance.random() ** 2)]

    def beside(self, block: str, product: Product | None, arm: str) -> Rows:
        """The same for everybody, so that each list is asked for once."""
        key = (block, str(product.pk) if product else "", arm)
        if key not in self.lists:
            wish: dict[str, Any] = {"block": block}
            if arm == "b":
                wish = {"recommender": "also_bought", "fallback": FALLBACK}
            found = recommend(None, product=product, minimum=1, remember=False, **wish)
            self.lists[key] = tuple((each.item_id, each.recommender) for each in found)
            self.known |= {each.item_id: each.product for each in found}
        return self.lists[key]

    def product(self, item_id: str) -> Product:
        return self.known[item_id]


def open_shop(trial: Trial | None) -> Shop:
    """The products that sold most in the last year and are still there."""
    since = timezone.now() - timedelta(days=365)
    sold = OrderLine.objects.filter(order__placed_at__gte=since, product__stock__gt=0)
    best = sold.values("product").annotate(n=Sum("quantity")).order_by("-n", "product")
    ids = list(best.values_list("product", flat=True)[:PAGES])
    known = Product.objects.filter(available=True).in_bulk(ids)
    return Shop([known[each] for each in ids if each in known], trial)


class Visitor:
    """One browser with a lot of its own, drawn the same whatever it is shown."""

    def __init__(self, number: int, shop: Shop, seed: int) -> None:
        self.shop = shop
        self.chance = Random(seed * 1_000_003 + number)  # noqa: S311 - a lot, no secret
        self.key = visitor_key("guest", f"demo-{seed}-{number}")
        self.is_held = assignment.is_held(self.key, app_settings.HOLDOUT)

    def visits(self, first: datetime, days: int) -> Iterator[Event]:
        count = 1
        while count < 6 and self.chance.random() < COMES_BACK:
            count += 1
        for _ in range(count):
            at = first + timedelta(seconds=self.chance.random() * (days * 86400 - 3600))
            yield from self._visit(at)

    def _visit(self, at: datetime) -> Iterator[Event]:
        landing, sought, wants = (self.chance.random() for _ in range(3))
        product, block = self.shop.drawn(self.chance), PRODUCT
        if sought < SEARCHES:
            yield self._search(product, at - timedelta(seconds=20))
        if landing < LANDS_AT_HOME:
            block = HOME
        else:
            yield self._event("view", at, product)
        basket = [product] if wants < WANTS else []
        if basket and block == HOME:
            yield self._event("view", at + timedelta(seconds=20), product)
        follows, buys = self.chance.random(), self.chance.random()
        if not self.is_held:
            shown = self._shown(block, product if block == PRODUCT else None, at)
            yield from self._look(shown, follows, buys, basket, at)
        yield from self._till(basket, at + timedelta(seconds=90))

    def _shown(self, block: str, product: Product | None, at: datetime) -> Shown:
        arm, trial = "", self.shop.trial
        if trial is not None and block == trial.block and at >= trial.started_at:
            number = assignment.arm_number(self.key, trial.salt, trial.arms)
            arm = trial.arms[number or 0]["key"]
        return Shown(
            block,
            assignment.variant(trial.slug, arm) if trial and arm else "",
            self.shop.beside(block, product, arm),
            at,
            self.key,
        )

    def _look(
        self,
        shown: Shown,
        follows: float,
        buys: float,
        basket: list[Product],
        at: datetime,
    ) -> Iterator[Event]:
        if not shown.rows:
            return
        positions = list(range(1, len(shown.rows) + 1))
        rids = [shown.token(position) for position in positions]
        yield self._event("rec_shown", at, rid=shown.token(), context={RIDS: rids})
        if self.chance.random() >= SEES:
            return
        for position in positions[:PLACES_SEEN]:
            seen = at + timedelta(seconds=3)
            yield self._event("rec_view", seen, shown, position=position)
        better = BETTER if shown.variant.endswith(":b") else 1.0
        if follows >= CLICKS * better:
            return
        position = 1 + int(len(positions[:PLACES_SEEN]) * self.chance.random() ** 2)
        clicked = at + timedelta(seconds=8)
        yield self._event("click", clicked, shown, position=position)
        yield self._event("view", clicked, shown, position=position)
        if buys < BUYS_IT:
            basket.append(self.shop.product(shown.rows[position - 1][0]))

    def _till(self, basket: list[Product], at: datetime) -> Iterator[Event]:
        if not basket and self.chance.random() < HESITATES:
            yield self._event("add_to_cart", at, self.shop.drawn(self.chance))
        if not basket:
            return
        for product in basket:
            yield self._event("add_to_cart", at, product)
        yield self._event("checkout", at + timedelta(seconds=20))
        order = f"visit-{uuid7(at).hex[-12:]}"
        for product in basket:
            paid = at + timedelta(seconds=60)
            yield self._event("purchase", paid, product, order=order)

    def _search(self, product: Product, at: datetime) -> Event:
        words = " ".join(product.title.lower().split()[-2:])
        context = {"query": words, "results": self.chance.randint(1, 30)}
        if self.chance.random() < 0.12:
            context = {"query": self.chance.choice(UNKNOWN_WORDS), "results": 0}
        return self._event("search", at, context=context)

    def _event(
        self,
        kind: str,
        at: datetime,
        what: Product | Shown | None = None,
        *,
        position: int = 0,
        order: str = "",
        rid: str = "",
        context: dict[str, Any] | None = None,
    ) -> Event:
        item, value = "", None
        if isinstance(what, Shown):
            item, rid = what.rows[position - 1][0], what.token(position)
        elif what is not None:
            item, value = str(what.pk), what.price
        return Event(
            kind=kind,
            event_id=uuid7(at),
            item_id=item,
            visitor_key=self.key,
            quantity=Decimal(1),
            value=value,
            currency="GBP" if order else "",
            order_id=order,
            rid=rid,
            context=context or {},
            occurred_at=at,
            received_at=at,
        )

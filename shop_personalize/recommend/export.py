"""Recommendations for many customers at once, as they would be shown each of them.

Histories are read for a batch in a few queries, products are asked for once a batch;
the rest is the serving path itself, so rules, the mix and what a customer has hidden
count here too. Memory is that of one batch.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from shop_personalize.attribution import Token, assignment, sign
from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend.blocks import block_for
from shop_personalize.recommend.context import Place
from shop_personalize.recommend.explain import reason
from shop_personalize.recommend.histories import histories
from shop_personalize.recommend.mail import FULL, consent_of
from shop_personalize.recommend.results import block_of
from shop_personalize.recommend.scope import Scope
from shop_personalize.recommend.service import chosen_of
from shop_personalize.recommend.wish import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db.models import QuerySet

    from shop_personalize.recommend.candidates import Asked
    from shop_personalize.recommend.choose import Choice
    from shop_personalize.recommend.history import VisitorHistory

BATCH = 500
FRESH_SECONDS = 60.0
MOST_PRODUCTS = 20_000
COLUMNS = (
    "user",
    "position",
    "item",
    "title",
    "url",
    "price",
    "currency",
    "reason",
    "recommender",
    "version",
    "score",
    "backup",
    "rid",
)
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is to be exported."""

    block: str
    n: int | None = None
    active_days: int | None = None
    """Only accounts that did something within so many days; ``None``: all."""


def count() -> int:
    """How many accounts there are to go through."""
    return _accounts().count()


def rows(
    wanted: Export, told: Callable[[int, int], None] = lambda done, given: None
) -> Iterator[Row]:
    """One row a recommendation; ``told`` hears how many accounts are done, and given
    something."""
    done = given = 0
    shelf = Shelf()
    for batch in _batches():
        found = list(_of_batch(wanted, batch, shelf))
        yield from chain.from_iterable(found)
        done += len(batch)
        given += len(found)
        told(done, given)


def _accounts() -> QuerySet:
    model = get_user_model()
    active = {"is_active": True} if hasattr(model, "is_active") else {}
    return model._default_manager.filter(**active)


def _batches() -> Iterator[list[Any]]:
    """Accounts by keyset."""
    last = None
    while True:
        later: dict[str, Any] = {} if last is None else {"pk__gt": last}
        batch = list(_accounts().filter(**later).order_by("pk")[:BATCH])
        if batch:
            yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1].pk


def _of_batch(wanted: Export, users: list[Any], shelf: Shelf) -> Iterator[list[Row]]:
    """The rows of each account that has something to be shown."""
    keys = {visitor_key("user", user.pk): user for user in users}
    allowed = _allowed(wanted, keys)
    scope = shelf.scope_of(histories(allowed))
    wish = Wish(block=wanted.block, limit=wanted.n, remember=False)
    block = block_for(scope, replace(wish, personal=False), Place())
    for key in allowed:
        chosen = chosen_of(scope, replace(wish, visitor_key=key), Place(), block)
        picked = chosen[1].picked if chosen else []
        if chosen and len(picked) >= block.minimum:
            yield list(_rows(str(keys[key].pk), *chosen[:2], shelf))


class Shelf:
    """Products and their cards, asked for anew each minute: what sells out is gone."""

    def __init__(self) -> None:
        self.products: dict[str, Any] = {}
        self.cards: dict[str, Row] = {}
        self._since = time.monotonic()

    def scope_of(self, known: dict[str, VisitorHistory]) -> Scope:
        old = time.monotonic() - self._since > FRESH_SECONDS
        if old or len(self.products) > MOST_PRODUCTS:
            self.products, self.cards, self._since = {}, {}, time.monotonic()
        return Scope(histories=known, products=self.products)

    def card(self, item_id: str, product: Any) -> Row:
        if item_id not in self.cards:
            card = get_catalog().card(product)
            price = card.price
            self.cards[item_id] = {
                "title": card.title,
                "url": card.url,
                "price": "" if price is None else str(price.amount),
                "currency": "" if price is None else price.currency,
            }
        return self.cards[item_id]


def _rows(user: str, asked: Asked, choice: Choice, shelf: Shelf) -> Iterator[Row]:
    name, now = block_of(asked.block), int(time.time())
    for position, (candidate, product) in enumerate(choice.picked, 1):
        source = asked.scope.products.get(candidate.because)
        because = shelf.card(candidate.because, source)["title"] if source else ""
        token = Token(
            block=name,
            recommender=candidate.recommender,
            version=candidate.version,
            position=position,
            item=candidate.item_id,
            at=now,
        )
        yield {
            "user": user,
            "position": position,
            "item": candidate.item_id,
            **shelf.card(candidate.item_id, product),
            "reason": reason(candidate, because, asked.history),
            "recommender": candidate.recommender,
            "version": candidate.version,
            "score": round(candidate.score, 6),
            "backup": candidate.step > 0 and not asked.is_explored(candidate),
            "rid": sign(token),
        }


def _allowed(wanted: Export, keys: dict[str, Any]) -> list[str]:
    """Who has agreed, was not erased, is not held out, and is active enough."""
    rows = Visitor.objects.filter(key__in=keys)
    erased = set(rows.filter(is_erased=True).values_list("key", flat=True))
    held = assignment.are_held(keys, app_settings.HOLDOUT)
    free = [key for key, is_held in zip(keys, held, strict=True) if not is_held]
    found = [key for key in free if key not in erased]
    if wanted.active_days is not None:
        active = _active(found, timezone.now() - timedelta(days=wanted.active_days))
        found = [key for key in found if key in active]
    return [key for key in found if consent_of(keys[key]) == FULL]


def _active(keys: Sequence[str], since: datetime) -> set[str]:
    deeds = Interaction.objects.filter(
        visitor__key__in=keys, occurred_at__gte=since, flag=""
    )
    return set(deeds.values_list("visitor__key", flat=True).distinct())

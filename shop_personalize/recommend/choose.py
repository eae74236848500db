"""From candidates to products: live filter, refill, variety, no product twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from shop_personalize.catalog import get_catalog
from shop_personalize.recommend.candidates import MOST, Asked, Candidate, pass_rate
from shop_personalize.recommend.explain import NEWEST
from shop_personalize.recommend.mix import Moves, mixed, own_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shop_personalize.recommend.scope import Scope

BECAUSE_SPARE = 2


@dataclass
class Choice:
    """The products chosen, and what was put aside on the way."""

    picked: list[tuple[Candidate, Any]] = field(default_factory=list)
    proposed: list[Candidate] = field(default_factory=list)
    put_aside: dict[str, str] = field(default_factory=dict)
    """Item id → why it is not shown."""
    moves: Moves = field(default_factory=dict)
    """Item id → what the mix moved it by."""
    variants: dict[str, str] = field(default_factory=dict)
    """Item id → the arm it came from, where two arms share the list."""


def banned(asked: Asked, *, exclude: Iterable[str] = ()) -> dict[str, str]:
    """What must not be shown here, with the reason."""
    block, place, history = asked.block, asked.place, asked.history
    found = dict.fromkeys(asked.scope.shown, "already on the page")
    if block.exclude_purchased:
        bought = history.bought(within_days=block.rebuy_days)
        found |= dict.fromkeys(bought, "bought")
    if block.exclude_basket:
        found |= dict.fromkeys(asked.basket, "in the basket")
    found |= dict.fromkeys(place.items, "what the page is about")
    found |= dict.fromkeys(exclude, "excluded by the caller")
    found |= dict.fromkeys(history.hidden, "hidden by the visitor")
    if place.product_id:
        found[place.product_id] = "the page's own product"
    return found


def choose(asked: Asked, limit: int) -> Choice:
    """The best ``limit`` candidates that can be shown now, in order.

    One catalog query, sized by the share of candidates that lately passed. Only when
    that share has just collapsed is a second, larger one made: a block is never short.
    """
    choice = Choice()
    wanted = pass_rate.wanted(limit, asked.block.pool(limit))
    kept = _round(asked, choice, wanted, first=True)
    if len(kept) < limit and len(choice.proposed) < MOST:
        rest = replace(
            asked, banned=asked.banned | {c.item_id for c in choice.proposed}
        )
        kept += _round(rest, choice, MOST)
    if not choice.proposed and not asked.block.is_about_oneself:
        kept = _newest(asked, limit)
    choice.picked, choice.moves = mixed(asked, kept, limit)
    return choice


def _round(
    asked: Asked, choice: Choice, n: int, *, first: bool = False
) -> list[tuple[Candidate, Any]]:
    found = list(islice(asked.stream(n), n))
    if first and found and asked.block.taste.exploration:
        found += asked.fresh({c.item_id for c in found}, asked.block.limit)
    choice.proposed += found
    if not found:
        return []
    likely = found[: asked.block.pool(asked.block.limit) + BECAUSE_SPARE]
    extra = [*(c.because for c in likely), asked.place.product_id]
    extra += own_items(asked) if first else []
    ids = [c.item_id for c in found]
    products = showable(asked.scope, ids, also=[each for each in extra if each])
    pass_rate.note(len(ids), sum(1 for each in ids if each in products))
    kept = []
    for candidate in found:
        why = _unfit(asked, candidate, products)
        if why:
            choice.put_aside[candidate.item_id] = why
        else:
            kept.append((candidate, products[candidate.item_id]))
    return kept


def _unfit(asked: Asked, candidate: Candidate, products: dict[str, Any]) -> str:
    if candidate.item_id not in products:
        return "not for sale now"
    if not asked.block.same_category:
        return ""
    wanted = _category(asked, products)
    own = get_catalog().category(products[candidate.item_id])
    return "another category" if wanted and own != wanted else ""


def _category(asked: Asked, products: dict[str, Any]) -> str:
    if asked.place.category:
        return asked.place.category
    product = asked.place.product or products.get(asked.place.product_id)
    return get_catalog().category(product) if product is not None else ""


def showable(
    scope: Scope, ids: Sequence[str], *, also: Sequence[str] = ()
) -> dict[str, Any]:
    """Products that can be shown and bought now; asks only for those not yet known."""
    wanted = dict.fromkeys([*ids, *also])
    unknown = [each for each in wanted if each not in scope.products]
    if unknown:
        found = get_catalog().objects(unknown, scope.request)
        scope.products.update({each: found.get(each) for each in unknown})
    known = ((each, scope.products[each]) for each in wanted)
    return {each: product for each, product in known if product is not None}


def _newest(asked: Asked, limit: int) -> list[tuple[Candidate, Any]]:
    """A fresh shop knows nothing yet; it shows what came last."""
    wanted = limit + len(asked.banned)
    found = get_catalog().newest(min(wanted, MOST), asked.scope.request)
    chosen = [each for each in found if each not in asked.banned][:limit]
    return [
        (
            Candidate(each, 0.0, "", NEWEST, NEWEST, 0, len(asked.block.chain), at),
            found[each],
        )
        for at, each in enumerate(chosen)
    ]


def sources_of(choice: Choice, asked: Asked) -> dict[str, tuple[Any, str]]:
    """Products that led here and their titles, by id; no query."""
    found = {c.because: asked.scope.products.get(c.because) for c, _ in choice.picked}
    if asked.place.product is not None:
        found[asked.place.product_id] = asked.place.product
    catalog, request = get_catalog(), asked.scope.request
    return {
        each: (product, catalog.card(product, request).title)
        for each, product in found.items()
        if product is not None and each
    }

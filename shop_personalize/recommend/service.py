"""The verbs: ``recommend``, ``rank`` and ``explain``. None raises into a page."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shop_personalize.attribution import Token, sign
from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings
from shop_personalize.models.visitor import visitor_key as key_of
from shop_personalize.recommend.candidates import Asked, Candidate
from shop_personalize.recommend.choose import Choice, banned, choose, sources_of
from shop_personalize.recommend.config import BlockConfig, Configuration
from shop_personalize.recommend.context import Place, item_ids, place_of
from shop_personalize.recommend.explain import reason
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.prices import price_text
from shop_personalize.recommend.ranking import rank
from shop_personalize.recommend.results import (
    Recommendation,
    Recommendations,
    block_of,
)
from shop_personalize.recommend.scope import Scope, scope_of
from shop_personalize.signals import recommendations_served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.http import HttpRequest

    from shop_personalize.recommend.history import VisitorHistory

__all__ = ["Wish", "compose", "explain", "rank", "recommend", "wish_of"]

MOST_SHOWN = 100
PREFERRED = {
    "home": "home-for-you",
    "product": "product-also-viewed",
    "category": "category-popular",
    "basket": "basket-bought-together",
    "search": "search-for-you",
    "order": "order-for-you",
}


class UnknownBlockError(LookupError):
    """Neither a block nor a recommender has this name."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """The arguments of :func:`recommend`; ``None`` leaves it to the block."""

    block: str | None = None
    recommender: str | None = None
    visitor_key: str | None = None
    user: Any = None
    product: Any = None
    basket: Any = None
    category: Any = None
    query: str | None = None
    items: Any = None
    page: str = ""
    limit: int | None = None
    minimum: int | None = None
    exclude: Iterable[Any] = ()
    fallback: Sequence[str] | None = None
    same_category: bool | None = None
    diversity: float | None = None
    title: str | None = None
    template: str | None = None
    personal: bool = True
    """``False``: the same for everyone, as for a page in a shared cache."""
    remember: bool = True
    """Whether what is shown here stays out of the page's next blocks."""
    trace: bool = False


def recommend(request: HttpRequest | None = None, **wish: Any) -> Recommendations:
    """Recommend products: for a block, a recommender, or the page.

    See :class:`Wish` for the keywords. At most three queries for a block and one for
    each further block of the same request.
    """
    asked = Wish(**wish)
    if not app_settings.ENABLED:
        return Recommendations()
    return guarded(lambda: compose(request, asked), Recommendations(), what="recommend")


def compose(request: HttpRequest | None, wish: Wish) -> Recommendations:
    """Like :func:`recommend`, without the wall around it."""
    return answering(request, wish)


def _compose(request: HttpRequest | None, wish: Wish) -> Recommendations:
    scope = scope_of(request)
    place = place_of(
        product=wish.product,
        basket=wish.basket,
        category=wish.category,
        query=wish.query,
        items=wish.items,
        page=wish.page,
    )
    found = _filled(scope, wish, place)
    while not found and _has_another(scope, wish, place):
        found = _filled(scope, wish, place)
    recommendations_served.send_robust(
        None, request=scope.request, recommendations=found
    )
    return found


def _has_another(scope: Scope, wish: Wish, place: Place) -> bool:
    """Whether the page, asked for no block by name, has one not yet tried."""
    if wish.block or wish.recommender or not wish.remember:
        return False
    blocks = scope.configuration.on_page(place.page)
    return any(block.slug not in scope.used_blocks for block in blocks)


def _filled(scope: Scope, wish: Wish, place: Place) -> Recommendations:
    block = _overridden(_block(scope, wish, place), wish)
    if not block.limit:
        return Recommendations(block=block_of(block), title=block.heading)
    asked = Asked(scope, block, place, _history(scope, wish), frozenset())
    aside = banned(asked, exclude=item_ids(wish.exclude))
    asked = replace(asked, banned=frozenset(aside))
    choice = choose(asked, block.limit)
    trace = _trace(asked, choice, aside) if wish.trace else None
    found = _present(asked, choice, trace)
    if len(found) < block.minimum:
        found = replace(found, items=())
    if wish.remember:
        scope.shown.update(item.item_id for item in found)
        scope.used_blocks.add(block.slug)
    return found


answering: Callable[[HttpRequest | None, Wish], Recommendations] = _compose
"""Who answers; ``shop_personalize.testing`` puts a double here."""


def _block(scope: Scope, wish: Wish, place: Place) -> BlockConfig:
    configuration = scope.configuration
    name = wish.block or wish.recommender
    if name is None:
        return _of_page(scope, place.page)
    if wish.recommender is None and name in configuration.blocks:
        return _refilled(configuration, configuration.blocks[name], wish.fallback)
    found = configuration.by_recommender(
        name, None if wish.fallback is None else tuple(wish.fallback)
    )
    if found is None:
        raise UnknownBlockError(f"there is no block and no recommender {name!r}")
    return found


def _refilled(
    configuration: Configuration, block: BlockConfig, fallback: Sequence[str] | None
) -> BlockConfig:
    if fallback is None:
        return block
    known = configuration.recommenders
    added = (known[name] for name in fallback if name in known)
    return replace(block, chain=tuple(dict.fromkeys((*block.chain[:1], *added))))


def _of_page(scope: Scope, page: str) -> BlockConfig:
    """The usual block of a page; asked again, the next one of that page."""
    blocks = scope.configuration.on_page(page)
    fresh = [block for block in blocks if block.slug not in scope.used_blocks]
    for block in fresh:
        if block.slug == PREFERRED.get(page):
            return block
    if fresh:
        return fresh[0]
    every = scope.configuration.blocks.values()
    found = scope.configuration.by_recommender("for_you", None)
    if found is None or any(block.page == page for block in every):
        return BlockConfig(is_active=False)
    return found


def _overridden(block: BlockConfig, wish: Wish) -> BlockConfig:
    named: dict[str, Any] = {
        "limit": wish.limit,
        "minimum": wish.minimum,
        "same_category": wish.same_category,
        "diversity": wish.diversity,
        "title": wish.title,
        "template": wish.template,
    }
    given = {name: value for name, value in named.items() if value is not None}
    block = replace(block, **given)
    limit = max(0, min(block.limit, MOST_SHOWN)) if block.is_active else 0
    return replace(block, limit=limit, minimum=min(block.minimum, max(limit, 1)))


def _history(scope: Scope, wish: Wish) -> VisitorHistory:
    if not wish.personal:
        return scope.history(None)
    if wish.visitor_key is not None:
        return scope.history(wish.visitor_key)
    user = wish.user
    if user is not None and user != getattr(scope.request, "user", None):
        return scope.history(key_of("user", getattr(user, "pk", user)))
    return scope.history(scope.visitor_key)


def _present(
    asked: Asked, choice: Choice, trace: dict[str, Any] | None
) -> Recommendations:
    block, name, now = asked.block, block_of(asked.block), int(time.time())
    because = sources_of(choice, asked)
    items = tuple(
        _item(asked, pair, because, position, now)
        for position, pair in enumerate(choice.picked, 1)
    )
    first = items[0].candidate if items else None
    list_token = Token(
        block=name,
        recommender=first.recommender if first else "",
        version=first.version if first else 0,
        at=now,
    )
    return Recommendations(
        items=items,
        block=name,
        title=block.heading,
        rid=sign(list_token),
        recommender=list_token.recommender,
        version=list_token.version,
        backup=bool(items) and all(item.is_backup for item in items),
        show_reason=block.show_reason,
        template=block.template,
        trace=trace,
        request=asked.scope.request,
    )


def _item(
    asked: Asked,
    pair: tuple[Candidate, Any],
    because: dict[str, tuple[Any, str]],
    position: int,
    now: int,
) -> Recommendation:
    candidate, product = pair
    card = get_catalog().card(product, asked.scope.request)
    source, title = because.get(candidate.because, (None, ""))
    name = block_of(asked.block)
    token = Token(
        name, candidate.recommender, candidate.version, position, candidate.item_id, now
    )
    return Recommendation(
        product=product,
        item_id=candidate.item_id,
        card=card,
        price=price_text(card.price),
        position=position,
        reason=reason(candidate, title, asked.history),
        reason_code=candidate.algorithm,
        because=source,
        because_id=candidate.because,
        block=name,
        rid=sign(token),
        candidate=candidate,
        is_backup=candidate.step > 0,
    )


def _trace(asked: Asked, choice: Choice, aside: dict[str, str]) -> dict[str, Any]:
    """Candidates → filters → rank, for staff."""
    picked = {c.item_id: at for at, (c, _) in enumerate(choice.picked, 1)}
    chain = [
        {
            "recommender": step.slug,
            "version": step.number or None,
            "candidates": sum(1 for c in choice.proposed if c.step == at),
        }
        for at, step in enumerate(asked.block.chain)
    ]
    return {
        "block": block_of(asked.block),
        "page": asked.place.page,
        "history": len(asked.history.deeds),
        "basket": list(asked.basket),
        "chain": chain,
        "left_out": aside,
        "candidates": [
            {
                "item": c.item_id,
                "recommender": c.recommender,
                "rank": c.rank + 1,
                "score": round(c.score, 6),
                "because": c.because,
                "put_aside": choice.put_aside.get(c.item_id, ""),
                "position": picked.get(c.item_id),
            }
            for c in choice.proposed
        ],
    }


def explain(
    request: HttpRequest | None = None, *, item: Any, **wish: Any
) -> dict[str, Any]:
    """Why ``item`` is, or is not, among what :func:`recommend` would show."""
    asked = Wish(**{**wish, "trace": True, "remember": False})
    found = compose(request, asked)
    item_id = get_catalog().item_id(item)
    trace = found.trace or {}
    shown = next((r.explain() for r in found if r.item_id == item_id), None)
    entry = next((c for c in trace["candidates"] if c["item"] == item_id), None)
    why = trace["left_out"].get(item_id) or (entry or {}).get("put_aside", "")
    if shown is None and not why:
        why = "ranked below the last place" if entry else "not proposed by the chain"
    return {"item": item_id, "shown": shown, "why_not": why, "trace": trace}


def wish_of(**given: Any) -> Wish:
    """The wish of a tag or a query string, whose words differ here and there."""
    if "min" in given:
        given["minimum"] = _whole(given.pop("min"), "min")
    if given.get("limit") is not None:
        given["limit"] = _whole(given["limit"], "limit")
    if given.get("diversity") is not None:
        given["diversity"] = float(given["diversity"])
    fallback = given.get("fallback")
    if isinstance(fallback, str):
        given["fallback"] = tuple(name.strip() for name in fallback.split(",") if name)
    if given.pop("in_stock", None) is False:
        raise ValueError("in_stock=False: what cannot be bought is never recommended")
    if given.get("title") is not None:
        given["title"] = str(given["title"])
    if given.get("exclude") is None:
        given.pop("exclude", None)
    return Wish(**given)


def _whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}={value!r} is not a whole number") from None

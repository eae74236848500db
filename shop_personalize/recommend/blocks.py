"""Which block answers a wish, and with which of its settings overridden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shop_personalize.recommend import occasions
from shop_personalize.recommend.config import OBJECTIVES, BlockConfig, Configuration
from shop_personalize.recommend.trials import with_arm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.recommend.context import Place
    from shop_personalize.recommend.scope import Scope
    from shop_personalize.recommend.wish import Wish

MOST_SHOWN = 100
PREFERRED = {
    "home": "home-for-you",
    "product": "product-also-viewed",
    "category": "category-popular",
    "basket": "basket-bought-together",
    "search": "search-for-you",
    "order": "order-for-you",
    "not_found": "nothing-found",
}
OVERRIDES = (
    "limit",
    "minimum",
    "same_category",
    "diversity",
    "per_category",
    "rotation",
    "price_band",
    "title",
    "template",
)


class UnknownBlockError(LookupError):
    """Neither a block nor a recommender has this name."""


def block_for(scope: Scope, wish: Wish, place: Place) -> BlockConfig:
    """The block that is named, that stands for a recommender, or the page's."""
    return _overridden(with_arm(scope, wish, _named(scope, wish, place)), wish)


def has_another(scope: Scope, wish: Wish, place: Place) -> bool:
    """Whether the page, asked for no block by name, has one not yet tried."""
    if wish.block or wish.recommender or not wish.remember:
        return False
    return bool(_fresh(scope, place))


def _named(scope: Scope, wish: Wish, place: Place) -> BlockConfig:
    configuration = scope.configuration
    name = wish.block or wish.recommender
    if name is None:
        return _of_page(scope, place)
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


def _fresh(scope: Scope, place: Place) -> list[BlockConfig]:
    """Blocks of the page not yet shown, without those it is plainly not made for."""
    return [
        block
        for block in scope.configuration.on_page(place.page)
        if block.slug not in scope.used_blocks and occasions.may_come(block, place)
    ]


def _of_page(scope: Scope, place: Place) -> BlockConfig:
    """The usual block of a page; asked again, the next one of that page."""
    page, fresh = place.page, _fresh(scope, place)
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
    named: dict[str, Any] = {name: getattr(wish, name) for name in OVERRIDES}
    given = {name: value for name, value in named.items() if value is not None}
    if wish.objective is not None:
        given |= {name: float(name == wish.objective) for name in OBJECTIVES}
    block = replace(block, **given)
    shown = block.is_active and not block.is_hidden
    limit = max(0, min(block.limit, MOST_SHOWN)) if shown else 0
    rivals = tuple(_overridden(each, wish) for each in block.rivals)
    minimum = min(block.minimum, max(limit, 1))
    return replace(block, limit=limit, minimum=minimum, rivals=rivals)

"""Blocks that show themselves only at their occasion: sold out, an empty basket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize.models import Block

if TYPE_CHECKING:
    from shop_personalize.recommend.candidates import Asked
    from shop_personalize.recommend.choose import Choice
    from shop_personalize.recommend.config import BlockConfig
    from shop_personalize.recommend.context import Place

Occasion = Block.Occasion


def may_come(block: BlockConfig, place: Place) -> bool:
    """Whether the page, as far as it was told, may be this block's occasion."""
    told = place.basket
    if told is None:
        return True
    if block.shown_when == Occasion.EMPTY_BASKET:
        return not told
    return block.shown_when != Occasion.FULL_BASKET or bool(told)


def has_come(asked: Asked) -> bool:
    """Whether it may be the occasion; looks up nothing."""
    when = asked.block.shown_when
    if when == Occasion.SOLD_OUT:
        return bool(asked.place.product_id) and _product(asked) is None
    if when == Occasion.EMPTY_BASKET:
        return not asked.basket
    return when != Occasion.FULL_BASKET or bool(asked.basket)


def is_past(asked: Asked, choice: Choice) -> bool:
    """Whether the page's product turned out to be for sale as products were fetched."""
    if asked.block.shown_when != Occasion.SOLD_OUT:
        return False
    return _product(asked) is not None or not choice.proposed


def _product(asked: Asked) -> Any:
    return asked.scope.products.get(asked.place.product_id)

"""Blocks that show themselves only at their occasion: sold out, an empty basket."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    if when in {Occasion.SOLD_OUT, Occasion.FOR_SALE}:
        return _may_be(when, asked)
    if when == Occasion.EMPTY_BASKET:
        return not asked.basket
    return when != Occasion.FULL_BASKET or bool(asked.basket)


def is_past(asked: Asked, choice: Choice) -> bool:
    """Whether it turned out not to be the occasion as the products were fetched."""
    when = asked.block.shown_when
    if when not in {Occasion.SOLD_OUT, Occasion.FOR_SALE}:
        return False
    return not choice.proposed or not _may_be(when, asked)


def _may_be(when: str, asked: Asked) -> bool:
    known, product_id = asked.scope.products, asked.place.product_id
    if not product_id or product_id not in known:
        return bool(product_id)
    return (known[product_id] is not None) == (when == Occasion.FOR_SALE)

"""From what was chosen to what a caller gets: cards, reasons, signed tokens."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shop_personalize.attribution import Token, mark_of, sign
from shop_personalize.catalog import get_catalog
from shop_personalize.recommend.choose import sources_of
from shop_personalize.recommend.explain import PINNED, reason
from shop_personalize.recommend.prices import price_text
from shop_personalize.recommend.results import (
    Recommendation,
    Recommendations,
    block_of,
)

if TYPE_CHECKING:
    from shop_personalize.recommend.candidates import Asked, Candidate
    from shop_personalize.recommend.choose import Choice


def present(
    asked: Asked, choice: Choice, trace: dict[str, Any] | None
) -> Recommendations:
    block, name, page = asked.block, block_of(asked.block), _page(asked)
    because = sources_of(choice, asked)
    items = tuple(
        _item(asked, pair, because, position, page, choice)
        for position, pair in enumerate(choice.picked, 1)
    )
    first = _speaker(choice)
    list_token = replace(
        page,
        recommender=first.recommender if first else "",
        version=first.version if first else 0,
        variant=block.variant,
    )
    return Recommendations(
        items=items,
        block=name,
        title=block.heading,
        rid=sign(list_token),
        recommender=list_token.recommender,
        version=list_token.version,
        variant=block.variant,
        backup=bool(items) and all(item.is_backup for item in items),
        show_reason=block.show_reason,
        template=block.template,
        about=asked.scope.products.get(asked.place.product_id),
        trace=trace,
        request=asked.scope.request,
    )


def _speaker(choice: Choice) -> Candidate | None:
    """Who the list comes from: its first product that no rule brought in."""
    shown = [candidate for candidate, _product in choice.picked]
    own = (candidate for candidate in shown if candidate.algorithm != PINNED)
    return next(own, shown[0] if shown else None)


def _item(
    asked: Asked,
    pair: tuple[Candidate, Any],
    because: dict[str, tuple[Any, str]],
    position: int,
    page: Token,
    choice: Choice,
) -> Recommendation:
    candidate, product = pair
    variant = choice.variants.get(candidate.item_id, asked.block.variant)
    card = get_catalog().card(product, asked.scope.request)
    source, title = because.get(candidate.because, (None, ""))
    token = Token(
        page.block,
        candidate.recommender,
        candidate.version,
        position,
        candidate.item_id,
        page.at,
        variant,
        page.mark,
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
        block=page.block,
        rid=sign(token),
        candidate=candidate,
        is_backup=candidate.step > 0 and not asked.is_explored(candidate),
        variant=variant,
        moves=tuple(choice.moves.get(candidate.item_id, ())),
    )


def _page(asked: Asked) -> Token:
    """What all tokens of a list say; for whom, only where it is made for who asks.

    A page for everyone may lie in a shared cache, and an e-mail is opened anywhere.
    """
    now, key = int(time.time()), asked.history.key
    own = asked.personal and key and key == asked.scope.visitor_key
    mark = mark_of(key, now) if key and own else ""
    return Token(block_of(asked.block), "", at=now, mark=mark)

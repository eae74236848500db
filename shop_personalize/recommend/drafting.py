"""Two rankings in one list, drawn in turns: a click says which of them it came from."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from shop_personalize.ml.reranking import placed, seed_of
from shop_personalize.ml.trials import BOTH, SECOND, team_draft
from shop_personalize.recommend.candidates import MOST, allowed, pass_rate
from shop_personalize.recommend.choose import Choice, choose, showable
from shop_personalize.recommend.mix import own_items
from shop_personalize.recommend.rules.book import Book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.recommend.candidates import Asked

MARGIN = 1.5
"""How much more is fetched than the first ranking asks for: by then the second one may
expect fewer of its candidates to be for sale."""


def drafted(asked: Asked, limit: int) -> Choice:
    """The best of both rankings; the same list for a visitor all day."""
    sides = [replace(asked, block=block) for block in asked.block.rivals]
    _fetch_together(sides, limit)
    choices = [choose(side, limit) for side in sides]
    found = _joined(choices)
    for item, team in _drawn(choices, limit, _seed(asked)):
        # What both begin with, or the owner pinned, is of neither: it tells nothing.
        own = choices[1 if team == SECOND else 0]
        found.picked.append(next(p for p in own.picked if p[0].item_id == item))
        if team != BOTH:
            found.variants[item] = sides[team].block.variant
        if item in own.moves:
            found.moves[item] = own.moves[item]
    return found


def _joined(choices: Sequence[Choice]) -> Choice:
    proposed = [candidate for each in choices for candidate in each.proposed]
    found = Choice(choices[0].book, proposed=proposed)
    for each in choices:
        found.put_aside |= each.put_aside
        found.is_short = found.is_short or each.is_short
    return found


def _drawn(choices: Sequence[Choice], limit: int, seed: int) -> list[tuple[str, int]]:
    """Items and the team of each; what both pin to a place stays there."""
    lists = [[pair[0].item_id for pair in each.picked] for each in choices]
    pins = {
        item: at
        for at, (item, other) in enumerate(zip(*lists, strict=False))
        if item == other and all(_is_pinned(each, item) for each in choices)
    }
    first, second = ([item for item in each if item not in pins] for each in lists)
    drawn = team_draft(first, second, limit - len(pins), seed)
    every = [*drawn, *((item, BOTH) for item in pins)]
    places = {len(drawn) + n: at for n, at in enumerate(pins.values())}
    return [every[at] for at in placed(len(every), places, len(every))]


def _is_pinned(choice: Choice, item: str) -> bool:
    return any(move["step"] == "pin" for move in choice.moves.get(item, ()))


def _seed(asked: Asked) -> int:
    day = asked.history.now.date().isoformat()
    return seed_of(asked.scope.unit or "", day, asked.block.slug)


def _fetch_together(sides: Sequence[Asked], limit: int) -> None:
    """Both rankings' products in one query, which each would make for itself."""
    scope = sides[0].scope
    for side in sides:
        scope.prepare(side.block)
    ids: list[str] = []
    for side in sides:
        book = Book(side)
        pool = side.block.pool(limit, is_steered=book.may_steer)
        rate = allowed.of(book.key()).value
        n = book.reach(int(MARGIN * pass_rate.wanted(limit, pool, allowed=rate)), MOST)
        found = list(islice(side.stream(n), n))
        ids += [each.item_id for each in found]
        ids += [each.because for each in found]
        ids += [side.place.product_id, *own_items(side), *book.pinned_ids]
    showable(scope, [each for each in ids if each])

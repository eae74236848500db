"""Two rankings in one list, drawn in turns: a click says which of them it came from."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from shop_personalize.ml.reranking import seed_of
from shop_personalize.ml.trials import FIRST, SECOND, team_draft
from shop_personalize.recommend.candidates import pass_rate
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
    pairs = [{pair[0].item_id: pair for pair in each.picked} for each in choices]
    first, second = map(list, pairs)
    proposed = [c for each in choices for c in each.proposed]
    found = Choice(choices[0].book, proposed=proposed)
    for each in choices:
        found.put_aside |= each.put_aside
    for item, team in team_draft(first, second, limit, _seed(asked)):
        # What both begin with is of neither: its clicks tell nothing.
        side = SECOND if team == SECOND else FIRST
        found.picked.append(pairs[side][item])
        if team in {FIRST, SECOND}:
            found.variants[item] = sides[side].block.variant
        if item in choices[side].moves:
            found.moves[item] = choices[side].moves[item]
    return found


def _seed(asked: Asked) -> int:
    day = asked.history.now.date().isoformat()
    return seed_of(asked.scope.unit or "", day, asked.block.slug)


def _fetch_together(sides: Sequence[Asked], limit: int) -> None:
    """Both rankings' products in one query, which each would make for itself."""
    ids: list[str] = []
    for side in sides:
        n = int(MARGIN * pass_rate.wanted(limit, side.block.pool(limit)))
        found = list(islice(side.stream(n), n))
        ids += [each.item_id for each in found]
        ids += [each.because for each in found]
        ids += [side.place.product_id, *own_items(side), *Book(side).pinned_ids]
    showable(sides[0].scope, [each for each in ids if each])

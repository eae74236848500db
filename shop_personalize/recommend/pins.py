"""Products that a rule pins to a place, whether or not the chain proposes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shop_personalize.recommend.candidates import Candidate
from shop_personalize.recommend.explain import PINNED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.recommend.candidates import Asked
    from shop_personalize.recommend.choose import Choice
    from shop_personalize.recommend.rules.book import InForce

RULE = "rule"
"""Who proposed it, in tokens and figures, where no recommender did."""
Pairs = list[tuple[Candidate, Any]]


@dataclass(frozen=True)
class Pin:
    """A product and the place it is to have, 0 the first."""

    candidate: Candidate
    product: Any
    place: int


def pinned(asked: Asked, choice: Choice, kept: Pairs, limit: int) -> dict[str, Pin]:
    """What is pinned here, by item id, at most ``limit``, by precedence.

    Products named take places from the rule's on; conditions alone give one place to
    the best of those the chain proposed.
    """
    found: dict[str, Pin] = {}
    for each in choice.book.pinning:
        place = max(each.rule.position, 1) - 1
        for candidate, product in _wanted(asked, choice, kept, each, found):
            if len(found) >= limit:
                return found
            found[candidate.item_id] = Pin(candidate, product, place)
            place += 1
    return found


def _wanted(
    asked: Asked,
    choice: Choice,
    kept: Pairs,
    each: InForce,
    taken: dict[str, Pin],
) -> Pairs:
    everyone = [*choice.proposed, *(candidate for candidate, _product in kept)]
    proposed = {candidate.item_id: candidate for candidate in everyone}
    found: Pairs = []
    for item_id in _free(each.rule.items or proposed, asked.banned, taken):
        product = asked.scope.products.get(item_id)
        why = choice.unfit(asked, item_id, product, before=each.at)
        if why:
            choice.put_aside.setdefault(item_id, why)
        elif each.fits(item_id, choice.book.facts(item_id, product)):
            choice.put_aside.pop(item_id, None)
            found.append((proposed.get(item_id) or by_rule(item_id), product))
            if not each.rule.items:
                break
    return found


def _free(
    items: Iterable[str], banned: Iterable[str], taken: dict[str, Pin]
) -> list[str]:
    return [i for i in dict.fromkeys(items) if i not in banned and i not in taken]


def by_rule(item_id: str, step: int = 0) -> Candidate:
    """A product that an owner's rule brings in and no recommender proposes."""
    return Candidate(item_id, 0.0, "", RULE, PINNED, 0, step, 0)

"""To which recommendation a basket or a purchase is credited.

A token that came back is a *touch* of its product by its visitor, the first time it
does. What the visitor later puts into the basket or buys is credited to the touches of
the same product within the window: the last, the first, or all in equal parts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from shop_personalize.attribution.token import Token

LAST, FIRST, LINEAR = "last_touch", "first_touch", "linear"
MODELS = (LAST, FIRST, LINEAR)


class Touch(NamedTuple):
    at: datetime
    token: Token


@dataclass
class Touches:
    """What one visitor followed, by product; each token once."""

    by_item: dict[str, list[Touch]] = field(default_factory=lambda: defaultdict(list))
    known: set[tuple[str, int, str]] = field(default_factory=set)

    def add(self, item_id: str, at: datetime, token: Token) -> bool:
        """Whether the token comes back for the first time."""
        mark = (token.block, token.at, item_id)
        if mark in self.known:
            return False
        self.known.add(mark)
        self.by_item[item_id].append(Touch(at, token))
        return True

    def before(self, item_id: str, at: datetime, window: timedelta) -> list[Touch]:
        """The touches a moment may be credited to, the earliest first."""
        found = self.by_item.get(item_id, ())
        return sorted(
            (each for each in found if timedelta(0) <= at - each.at <= window),
            key=lambda touch: touch.at,
        )


def credited(touches: list[Touch], model: str) -> Token:
    """Who gets what cannot be divided: a basket, a sale."""
    return touches[0 if model == FIRST else -1].token


def divided(cents: int, touches: list[Touch], model: str) -> list[tuple[Token, int]]:
    """Who gets how much; the parts make the whole, what is left over goes to the last.

    >>> divided(100, [a, b, c], "linear")
    [(a.token, 33), (b.token, 33), (c.token, 34)]
    """
    if model != LINEAR:
        return [(credited(touches, model), cents)]
    part, rest = divmod(cents, len(touches))
    first_with_more = len(touches) - rest
    return [
        (touch.token, part + (at >= first_with_more))
        for at, touch in enumerate(touches)
    ]

"""Sums by block, recommender, variant, position, day and currency."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from shop_personalize.models import BlockDay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop_personalize.attribution.token import Token


class Key(NamedTuple):
    block: str
    recommender: str
    variant: str
    position: int
    day: date
    currency: str


def key_of(token: Token, day: date, currency: str = "") -> Key:
    return Key(
        token.block, token.recommender, token.variant, token.position, day, currency
    )


@dataclass
class Tally:
    """Money is counted in cents: parts of a sum must make the sum."""

    counts: dict[Key, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    cents: dict[Key, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, key: Key, column: str) -> None:
        self.counts[key][column] += 1

    def earn(self, key: Key, cents: int) -> None:
        self.cents[key] += cents

    def rows(self) -> Iterator[BlockDay]:
        """In one order, whatever order the events came in."""
        for key in sorted({*self.counts, *self.cents}):
            revenue = Decimal(self.cents.get(key, 0)) / 100
            counts = self.counts.get(key, {})
            yield BlockDay(**key._asdict(), **counts, revenue=revenue)

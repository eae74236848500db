"""What was shown and what was seen: each place of a page once a visitor and day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from shop_personalize.attribution import days
from shop_personalize.attribution.guards import Reason, read
from shop_personalize.attribution.tally import Key, Tally, key_of
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.attribution.token import Token

SHOWN, SEEN = "rec_shown", "rec_view"
PLACES = "places"
"""The word in the context of ``rec_shown``: ``[[recommender, variant, positions], …]``,
as they were read from the items' tokens when the event came in."""


class Row(NamedTuple):
    visitor_id: int
    kind: str
    item_id: str
    rid: str
    context: Any
    occurred_at: datetime
    received_at: datetime


def count_impressions(tally: Tally, first: date, last: date) -> None:
    rows = Interaction.objects.filter(kind__in=(SHOWN, SEEN), flag="")
    rows = rows.filter(**days.between(first, last)).exclude(rid="")
    ordered = rows.order_by("visitor_id", "occurred_at", "pk")
    found = (Row(*row) for row in ordered.values_list(*Row._fields).iterator())
    for _visitor, own in groupby(found, attrgetter("visitor_id")):
        _Visitor(tally).count(own)


class _Visitor:
    """One visitor's impressions; what came twice is known by its page and place."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.known: set[tuple[object, ...]] = set()

    def count(self, rows: Iterable[Row]) -> None:
        for row in rows:
            token = read(
                row.rid,
                kind=row.kind,
                item_id=row.item_id,
                occurred=row.occurred_at,
                received=row.received_at,
            )
            if isinstance(token, Reason):
                continue
            day = days.day_of(row.occurred_at)
            if row.kind == SHOWN:
                self._shown(token, day, row.context)
            else:
                self._seen(token, day, row.item_id)

    def _shown(self, token: Token, day: date, context: Any) -> None:
        page = (token.block, token.at, day)
        self.known.add(page)
        for recommender, variant, position in _places(context):
            if self._is_first(*page, position):
                key = Key(token.block, recommender, variant, position, day, "")
                self.tally.add(key, "shown")

    def _seen(self, token: Token, day: date, item_id: str) -> None:
        """What was seen had been shown, also where nothing said so.

        Not on a later day than the page's own: midnight makes no second page.
        """
        page, key = (token.block, token.at, day), key_of(token, day)
        if not self._is_first(*page, SEEN, item_id):
            return
        self.tally.add(key, "seen")
        told = page in self.known and not token.position
        made = days.day_of(datetime.fromtimestamp(token.at, UTC))
        if (
            made == day
            and not told
            and self._is_first(*page, token.position or f"item:{item_id}")
        ):
            self.tally.add(key, "shown")

    def _is_first(self, *mark: object) -> bool:
        if mark in self.known:
            return False
        self.known.add(mark)
        return True


def _places(context: Any) -> Iterator[tuple[str, str, int]]:
    for recommender, variant, positions in context.get(PLACES, ()):
        for position in positions:
            yield recommender, variant, position

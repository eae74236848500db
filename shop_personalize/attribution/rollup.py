"""What blocks led to, day by day: read from the tokens that came back.

A basket or a purchase counts for the recommendation whose token it carries, else for
the visitor's last click on the same product within seven days. Rolling up again gives
the same rows: days are counted anew, never added to.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import router, transaction
from django.utils import timezone

from shop_personalize.attribution.token import MAX_AGE_DAYS, Token, unsign
from shop_personalize.models import BlockDay, Interaction

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOW = timedelta(days=7)
COLUMNS = {
    "rec_view": "seen",
    "click": "clicked",
    "add_to_cart": "carted",
    "purchase": "bought",
}
Shadow = Interaction.Flag.SHADOW


class Row(NamedTuple):
    kind: str
    item_id: str
    quantity: Decimal
    value: Decimal | None
    currency: str
    order_id: str
    rid: str
    flag: str
    visitor_id: int
    occurred_at: datetime


class Key(NamedTuple):
    block: str
    recommender: str
    day: date
    currency: str


@dataclass
class Tally:
    """Counts of the days; what was counted once is not counted twice."""

    counts: dict[Key, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    revenue: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, row: Row, token: Token, refunded: Decimal) -> None:
        if not self._is_first(row):
            return
        bought = row.kind == "purchase"
        if bought and row.quantity <= refunded:
            return
        day = timezone.localtime(row.occurred_at).date()
        currency = row.currency if bought else ""
        key = Key(token.block, token.recommender, day, currency)
        self.counts[key][COLUMNS[row.kind]] += 1
        if bought:
            self.revenue[key] += (row.value or 0) * (row.quantity - refunded)

    def _is_first(self, row: Row) -> bool:
        """An order's line once, whoever reported it; a replayed event never again."""
        if row.kind == "purchase" and row.order_id:
            mark: tuple[object, ...] = ("line", row.order_id, row.item_id)
        else:
            day = row.occurred_at.date()
            mark = (row.kind, row.visitor_id, row.item_id, row.rid, day)
        if mark in self.seen:
            return False
        self.seen.add(mark)
        return True

    def rows(self) -> Iterator[BlockDay]:
        for key, counts in self.counts.items():
            yield BlockDay(
                **key._asdict(), **counts, revenue=self.revenue.get(key, Decimal(0))
            )


def rollup(since: datetime) -> int:
    """Count the days from ``since``'s on; return how many rows they have."""
    first = timezone.localtime(since).date()
    start = timezone.make_aware(datetime.combine(first, time.min))
    clicks, refunds = _clicks(start - WINDOW), _refunds(start)
    tally = Tally()
    for row in _events(start):
        token = _token_of(row, clicks)
        if token is not None:
            refunded = refunds.get((row.order_id, row.item_id), Decimal(0))
            tally.add(row, token, refunded if row.order_id else Decimal(0))
    days = list(tally.rows())
    using = router.db_for_write(BlockDay)
    with transaction.atomic(using=using):
        BlockDay.objects.using(using).filter(day__gte=first).delete()
        BlockDay.objects.using(using).bulk_create(days, batch_size=500)
    return len(days)


def _events(start: datetime) -> Iterator[Row]:
    """The shop's own order lines before what browsers said of them."""
    rows = Interaction.objects.filter(occurred_at__gte=start, kind__in=COLUMNS)
    rows = rows.exclude(flag=Interaction.Flag.BOT).exclude(item_id="")
    found = rows.values_list(*Row._fields).order_by("flag", "occurred_at", "pk")
    return (Row(*values) for values in found.iterator())


Clicks = dict[tuple[int, str], tuple[list[datetime], list[Token]]]


def _clicks(start: datetime) -> Clicks:
    rows = Interaction.objects.filter(occurred_at__gte=start, kind="click", flag="")
    rows = rows.exclude(rid="").order_by("occurred_at", "pk")
    found: Clicks = {}
    fields = ("visitor_id", "item_id", "rid", "occurred_at")
    for visitor, item, rid, at in rows.values_list(*fields).iterator():
        token = _valid(rid, item, at)
        if token is not None:
            times, tokens = found.setdefault((visitor, item), ([], []))
            times.append(at)
            tokens.append(token)
    return found


def _refunds(start: datetime) -> dict[tuple[str, str], Decimal]:
    rows = Interaction.objects.filter(occurred_at__gte=start, kind="refund", flag="")
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order, item, quantity in rows.values_list("order_id", "item_id", "quantity"):
        found[order, item] += abs(quantity)
    return found


def _token_of(row: Row, clicks: Clicks) -> Token | None:
    token = _valid(row.rid, row.item_id, row.occurred_at) if row.rid else None
    if token is not None or row.kind in {"rec_view", "click"}:
        return token
    times, tokens = clicks.get((row.visitor_id, row.item_id), ([], []))
    at = bisect_right(times, row.occurred_at) - 1
    if at < 0 or row.occurred_at - times[at] > WINDOW:
        return None
    return tokens[at]


def _valid(rid: str, item_id: str, at: datetime) -> Token | None:
    """A token of ours, of this item, and not older than may be when it was used."""
    token = unsign(rid, max_age_days=math.inf)
    if token is None or not token.covers(item_id):
        return None
    age = at.timestamp() - token.at
    return token if age <= MAX_AGE_DAYS * 86400 else None

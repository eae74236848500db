"""Each visitor's way from a click to the basket and the order, visitor by visitor.

Read in the order of visitors, so that memory holds one at a time, whatever the shop's
size. A merged guest's events are the customer's by then, so a way leads across logins
and devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from shop_personalize.attribution import days
from shop_personalize.attribution.credit import Touch, Touches, credited, divided
from shop_personalize.attribution.guards import BY_HAND, Reason, read
from shop_personalize.attribution.tally import Tally, key_of
from shop_personalize.attribution.token import MAX_AGE_DAYS, Token
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction

FOLLOWED = ("click", "view")
CART, PURCHASE = "add_to_cart", "purchase"
SHOP = "orders"
"""The source of the shop's own order lines, of which each is counted."""
BOT, SHADOW = Interaction.Flag.BOT, Interaction.Flag.SHADOW
LOOK_BACK = timedelta(days=MAX_AGE_DAYS)
"""A token counts once in its life, so its life is looked back upon."""


class Row(NamedTuple):
    visitor_id: int
    kind: str
    item_id: str
    quantity: Decimal
    value: Decimal | None
    currency: str
    order_id: str
    rid: str
    flag: str
    source: str
    occurred_at: datetime
    received_at: datetime
    id: int

    @property
    def token(self) -> Token | None:
        if not self.rid:
            return None
        found = read(
            self.rid,
            kind=self.kind,
            item_id=self.item_id,
            occurred=self.occurred_at,
            received=self.received_at,
        )
        return None if isinstance(found, Reason) else found


def count_journeys(tally: Tally, first: date, last: date) -> None:
    if not _told(first, last).exists():
        return
    around = _Around(tally, first, last)
    events = _read(_events(first, last))
    for _visitor, rows in groupby(events, attrgetter("visitor_id")):
        _Journey(around).count(rows)


def _fields(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values_list(*Row._fields)


def _read(rows: QuerySet[Any, Any]) -> Iterator[Row]:
    ordered = rows.order_by("visitor_id", "occurred_at", "id")
    return (Row(*row) for row in ordered.iterator())


def _told(first: date, last: date) -> QuerySet[Any, Any]:
    """Events that bring a token back, as far back as one may be old."""
    rows = Interaction.objects.filter(kind__in=[*BY_HAND, PURCHASE])
    rows = rows.filter(**days.between(first - LOOK_BACK, last))
    return rows.exclude(item_id="").exclude(rid="").exclude(flag=BOT)


def _events(first: date, last: date) -> QuerySet[Any, Any]:
    """Those, and on the days to be counted what may be credited to them."""
    told = _told(first, last)
    shadows = _shadows(first, last).values("order_id")
    concerned = Q(visitor_id__in=told.values("visitor_id"))
    counted = Interaction.objects.filter(kind__in=(CART, PURCHASE))
    counted = counted.filter(**days.between(first, last), rid="")
    counted = counted.exclude(item_id="").exclude(flag=BOT)
    counted = counted.filter(concerned | Q(order_id__in=shadows))
    return _fields(told).union(_fields(counted), all=True)


def _shadows(first: date, last: date) -> QuerySet[Any, Any]:
    """What browsers told of orders that are the shop's to tell."""
    rows = Interaction.objects.filter(kind=PURCHASE, flag=SHADOW)
    return rows.filter(order_id__in=_orders(first, last))


def _orders(first: date, last: date) -> QuerySet[Any, Any]:
    rows = Interaction.objects.filter(kind=PURCHASE, flag="").exclude(order_id="")
    return rows.filter(**days.between(first, last)).values("order_id")


@dataclass
class _Around:
    """What the ways of all visitors share."""

    tally: Tally
    first: date
    last: date
    refunds: dict[tuple[str, str], Decimal] = field(init=False)
    lent: dict[str, list[Touches]] = field(init=False)
    model: str = field(init=False)
    window: timedelta = field(init=False)

    def __post_init__(self) -> None:
        settings = app_settings.attribution
        self.model = settings["model"]
        self.window = timedelta(days=settings["window_days"])
        self.refunds = _refunds(self.first, self.last)
        self.lent = _lent(self.first, self.last)


def _refunds(first: date, last: date) -> dict[tuple[str, str], Decimal]:
    """How much of these days' orders came back, whenever it did."""
    rows = Interaction.objects.filter(kind="refund", flag="")
    rows = rows.filter(order_id__in=_orders(first, last))
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order, item, quantity in rows.values_list("order_id", "item_id", "quantity"):
        found[order, item] += abs(quantity)
    return found


def _lent(first: date, last: date) -> dict[str, list[Touches]]:
    """By order: the touches of browsers that told of it, for who bought it.

    The order may be an e-mail address's, and the clicks a browser's.
    """
    shadows = _shadows(first, last)
    pairs = set(shadows.order_by().values_list("order_id", "visitor_id"))
    lenders = {visitor for _order, visitor in pairs}
    if not lenders:
        return {}
    rows = _read(_fields(_told(first, last)))
    touches = {
        visitor: _touches(own)
        for visitor, own in groupby(rows, attrgetter("visitor_id"))
        if visitor in lenders
    }
    found: dict[str, list[Touches]] = defaultdict(list)
    for order, visitor in sorted(pairs):
        if visitor in touches:
            found[order].append(touches[visitor])
    return found


def _touches(rows: Iterable[Row]) -> Touches:
    found = Touches()
    for row in rows:
        if token := row.token:
            found.add(row.item_id, _when(row, token), token)
    return found


def _when(row: Row, token: Token) -> datetime:
    """An order only says what it was reached by: not before that was shown."""
    if row.kind != PURCHASE:
        return row.occurred_at
    return datetime.fromtimestamp(token.at, row.occurred_at.tzinfo)


class _Journey:
    """One visitor's events, told in the order in which they happened."""

    def __init__(self, around: _Around) -> None:
        self.around = around
        self.touches = Touches()
        self.followed: set[tuple[str, int, str]] = set()
        self.known: set[tuple[object, ...]] = set()
        self.sources: dict[str, str] = {}

    def count(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if token := row.token:
                self.touches.add(row.item_id, _when(row, token), token)
            if row.kind == CART:
                self._carted(row)
            elif row.kind == PURCHASE:
                self._bought(row)
            elif token:
                self._followed(row, token)

    def _day(self, row: Row) -> date | None:
        """The day to count on; ``None`` before the days that are counted."""
        day = days.day_of(row.occurred_at)
        return day if day >= self.around.first else None

    def _followed(self, row: Row, token: Token) -> None:
        mark, day = (token.block, token.at, row.item_id), self._day(row)
        if mark not in self.followed and day:
            self.around.tally.add(key_of(token, day), "clicked")
        self.followed.add(mark)

    def _carted(self, row: Row) -> None:
        day = self._day(row)
        touches = self._before(row, [self.touches])
        if not day or not touches:
            return
        token = credited(touches, self.around.model)
        if self._is_first(token.block, token.at, row.item_id, day):
            self.around.tally.add(key_of(token, day), "carted")

    def _bought(self, row: Row) -> None:
        day = self._day(row)
        if not day or row.flag == SHADOW or not self._counts(row):
            return
        kept = self._kept(row)
        lent = self.around.lent.get(row.order_id, ())
        touches = self._before(row, [self.touches, *lent])
        if kept <= 0 or not touches:
            return
        tally, model = self.around.tally, self.around.model
        token = credited(touches, model)
        tally.add(key_of(token, day, row.currency), "bought")
        for part, cents in divided(_cents(row, kept), touches, model):
            tally.earn(key_of(part, day, row.currency), cents)

    def _counts(self, row: Row) -> bool:
        """An order's line once, whoever told of it, and however often."""
        if not row.order_id:
            return True
        if self.sources.setdefault(row.order_id, row.source) != row.source:
            return False
        return row.source == SHOP or self._is_first(row.order_id, row.item_id)

    def _kept(self, row: Row) -> Decimal:
        refunds, line = self.around.refunds, (row.order_id, row.item_id)
        gone = min(row.quantity, refunds.get(line, Decimal(0)))
        if gone:
            refunds[line] -= gone
        return row.quantity - gone

    def _before(self, row: Row, sources: list[Touches]) -> list[Touch]:
        found = {
            (touch.token.block, touch.token.at): touch
            for touches in sources
            for touch in touches.before(
                row.item_id, row.occurred_at, self.around.window
            )
        }
        return sorted(found.values(), key=lambda touch: touch.at)

    def _is_first(self, *mark: object) -> bool:
        if mark in self.known:
            return False
        self.known.add(mark)
        return True


def _cents(row: Row, quantity: Decimal) -> int:
    amount = (row.value or Decimal(0)) * quantity * 100
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))

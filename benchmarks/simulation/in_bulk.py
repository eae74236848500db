"""The same deeds, laid straight before the services, a day of all at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.simulation.people import DAY, DAYS, Browser, Shown
from benchmarks.simulation.shop import START, Clock, day_of, item_id
from shop_personalize.attribution import Token, assignment, sign
from shop_personalize.attribution.token import mark_of
from shop_personalize.capture import orders, service
from shop_personalize.capture.event import Event
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.merging import merge
from shop_personalize.capture.visitors import visitor_ids
from shop_personalize.models import OrderVisitor
from shop_personalize.models.visitor import visitor_key
from tests.projects.gifts.models import Order, OrderItem

if TYPE_CHECKING:
    from datetime import date

    from benchmarks.simulation.people import Shop

ROBOT_KEY = "bot:bot"
BLOCKS = {True: "home-for-you", False: "product-also-viewed"}


@dataclass
class Placed:
    key: str
    kind: str
    account: int | None
    items: list[int]
    at: datetime
    rids: dict[str, str]


@dataclass
class Day:
    events: list[Event] = field(default_factory=list)
    orders: list[Placed] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)


class InBulk:
    """Notes what people do; ``write`` brings it to the services, day by day."""

    def __init__(self, shop: Shop, share: float) -> None:
        self.shop = shop
        self.share = share
        self.days: dict[date, Day] = defaultdict(Day)
        self.keys: dict[tuple[int, int], str] = {}
        self.clicks: dict[str, list[tuple[int, str, str]]] = defaultdict(list)

    def open(self, browser: Browser, item: int | None, at: int) -> Shown | None:
        place = (browser.person, browser.device)
        is_known = browser.is_bot is False and place in self.keys
        key = self._key(browser)
        if item is not None:
            self._note(browser, "view", item, at)
        if not browser.is_bot and assignment.is_held(key, self.share):
            return None
        first = self.shop.first_beside(item)
        now = int((START + timedelta(seconds=at)).timestamp())
        token = Token(
            BLOCKS[item is None],
            "popular",
            version=1,
            position=1,
            item=item_id(first),
            at=now,
            mark=mark_of(key, now) if is_known else "",
        )
        return Shown(first, sign(token))

    def saw(self, browser: Browser, shown: Shown, at: int) -> None:
        self._note(browser, "rec_view", shown.item, at, shown.rid)

    def click(self, browser: Browser, shown: Shown, at: int) -> None:
        self._note(browser, "click", shown.item, at, shown.rid)
        self.clicks[self._key(browser)].append((at, item_id(shown.item), shown.rid))

    def order(self, browser: Browser, items: list[int], at: int) -> None:
        for n, item in enumerate(items):
            self._note(browser, "add_to_cart", item, at - 5 + n)
        key = self._key(browser)
        rids = {item: rid for when, item, rid in self.clicks[key] if at - when <= DAY}
        moment = START + timedelta(seconds=at)
        kind = "guest" if browser.account is None else "user"
        placed = Placed(key, kind, browser.account, items, moment, rids)
        self.days[day_of(at)].orders.append(placed)

    def log_in(self, browser: Browser, at: int) -> None:
        guest = self._key(browser)
        browser.account = browser.person
        browser.next_id()
        customer = self._key(browser)
        self.clicks[customer] += self.clicks.pop(guest, [])
        self.days[day_of(at)].logins.append((guest, customer))

    def _key(self, browser: Browser) -> str:
        if browser.is_bot:
            return visitor_key("guest", ROBOT_KEY)
        place = (browser.person, browser.device)
        if browser.account is not None:
            key = visitor_key("user", browser.account + 1)
        elif place in self.keys:
            return self.keys[place]
        else:
            key = visitor_key("guest", browser.next_id())
        self.keys[place] = key
        return key

    def _note(
        self, browser: Browser, kind: str, item: int, at: int, rid: str = ""
    ) -> None:
        moment = START + timedelta(seconds=at)
        self.days[day_of(at)].events.append(
            Event(
                kind=kind,
                event_id=uuid7(moment),
                item_id=item_id(item),
                visitor_key=self._key(browser),
                visitor_kind="guest" if browser.account is None else "user",
                rid=rid,
                flag="bot" if browser.is_bot else "",
                occurred_at=moment,
                received_at=moment,
            )
        )

    def write(self, clock: Clock) -> None:
        for n in range(DAYS):
            clock.set(n * DAY + DAY - 60)
            day = self.days[day_of(n * DAY)]
            service.record(day.events, source="native", historical=True)
            if day.orders:
                self._place(day.orders)
            for guest, customer in day.logins:
                merge(guest, customer)

    def _place(self, placed: list[Placed]) -> None:
        """What the shop's checkout leaves behind, and the sync that follows it."""
        made = Order.objects.bulk_create(
            Order(
                user_id=None if each.account is None else each.account + 1,
                created=each.at,
                paid=True,
            )
            for each in placed
        )
        pairs = list(zip(made, placed, strict=True))
        OrderItem.objects.bulk_create(
            OrderItem(order=order, product_id=item + 1, price=self.shop.prices[item])
            for order, each in pairs
            for item in each.items
        )
        ids = visitor_ids({each.key: each.kind for each in placed})
        OrderVisitor.objects.bulk_create(
            OrderVisitor(
                order_id=str(order.pk), visitor_id=ids[each.key], rids=each.rids
            )
            for order, each in pairs
        )
        orders.sync_orders(order_ids=[str(order.pk) for order in made])

"""What visitors do, and what they would have done without recommendations.

Each has a lot of their own, drawn the same whatever they are shown. Some browse as
guests and log in when they pay, some log in between two visits, some see a product on
the phone and buy it a day later at home. Of those who buy what was recommended some
would have found it by themselves: it is sold, and brought by nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Protocol

DAYS = 28
DAY = 86_400
LANDS_AT_HOME, SEES, CLICKS, BUYS_IT, FINDS = 0.3, 0.7, 0.1, 0.3, 0.3
WANTS = 0.05
"""Buys what the visit was for, in one visit of twenty."""
GUEST, AT_CHECKOUT, MIDWAY, TWO_DEVICES, BOT = (
    "guest",
    "checkout",
    "midway",
    "two",
    "bot",
)
KINDS = ((BOT, 0.02), (TWO_DEVICES, 0.02), (MIDWAY, 0.02), (AT_CHECKOUT, 0.3))
LOGS_IN = {MIDWAY: (1,), TWO_DEVICES: (2, 3)}
"""Before which visits, counted from 0."""
WITH_ACCOUNT = {TWO_DEVICES, MIDWAY, AT_CHECKOUT}


@dataclass(frozen=True)
class Shown:
    """The first product of a block, with its token."""

    item: int
    rid: str


@dataclass
class Browser:
    """A device; ``account`` once somebody logged in there."""

    person: int
    device: int
    is_bot: bool = False
    account: int | None = None
    ids: int = 0
    """How many ids it was given."""

    def next_id(self) -> str:
        self.ids += 1
        return f"{self.person:08d}{self.device:02d}{self.ids:04d}"


class Ways(Protocol):
    """How a deed reaches the shop; ``at`` in seconds from the first day on."""

    def open(self, browser: Browser, item: int | None, at: int) -> Shown | None: ...
    def saw(self, browser: Browser, shown: Shown, at: int) -> None: ...
    def click(self, browser: Browser, shown: Shown, at: int) -> None: ...
    def order(self, browser: Browser, items: list[int], at: int) -> None: ...
    def log_in(self, browser: Browser, at: int) -> None: ...


@dataclass
class Shop:
    """Products by what they cost, the most popular first."""

    prices: list[int]

    def first_beside(self, item: int | None) -> int:
        """What a block of best sellers shows first on a product's page."""
        return 1 if item == 0 else 0

    def drawn(self, chance: Random) -> int:
        return int(len(self.prices) * chance.random() ** 2)


@dataclass(frozen=True)
class Lots:
    """What is drawn for one visit, whatever is shown in it."""

    item: int
    lands_at_home: bool
    wants: bool
    sees: bool
    follows: bool
    buys: bool
    finds: bool
    """Would have found by themselves what is recommended."""

    @classmethod
    def drawn(cls, chance: Random, shop: Shop) -> Lots:
        home, wants, sees, clicks, buys, finds = (chance.random() for _ in range(6))
        return cls(
            shop.drawn(chance),
            home < LANDS_AT_HOME,
            wants < WANTS,
            sees < SEES,
            sees < SEES and clicks < CLICKS,
            buys < BUYS_IT,
            finds < FINDS,
        )


class Person:
    """Somebody with a lot of their own; baskets say what would be there anyway."""

    def __init__(self, number: int, seed: int, shop: Shop) -> None:
        self.chance = Random(seed * 1_000_003 + number)
        self.kind = _kind(self.chance.random())
        self.shop = shop
        self.brought = 0
        """Revenue that recommendations alone brought."""
        self.postponed: dict[int, bool] = {}
        bot = self.kind == BOT
        self.browsers = [Browser(number, device, bot) for device in (0, 1)]

    def live(self, ways: Ways) -> None:
        chance, kind = self.chance, self.kind
        visits = 1 + (chance.random() < 0.4) + (chance.random() < 0.2)
        visits = {MIDWAY: visits + 1, TWO_DEVICES: 4 + visits % 2}.get(kind, visits)
        for n, day in enumerate(sorted(chance.sample(range(DAYS), visits))):
            at = day * DAY + 30_000 + int(chance.random() * 30_000)
            browser = self.browsers[n % 2 if kind == TWO_DEVICES else 0]
            if n in LOGS_IN.get(kind, ()):
                ways.log_in(browser, at - 60)
            self._visit(ways, browser, at, Lots.drawn(chance, self.shop))

    def _visit(self, ways: Ways, browser: Browser, at: int, lots: Lots) -> None:
        landing = None if lots.lands_at_home else lots.item
        shown = ways.open(browser, landing, at)
        if self.kind == BOT:
            return
        basket, self.postponed = self.postponed, {}
        if lots.wants:
            basket[lots.item] = True
            if landing is None:
                ways.open(browser, lots.item, at + 20)
        if shown is not None and lots.sees:
            ways.saw(browser, shown, at + 3)
            if lots.follows:
                ways.click(browser, shown, at + 6)
        if lots.follows and (shown is not None or lots.finds):
            self._follow(ways, browser, basket, at, lots)
        if basket:
            self._order(ways, browser, basket, at)

    def _follow(
        self, ways: Ways, browser: Browser, basket: dict[int, bool], at: int, lots: Lots
    ) -> None:
        """Look at what is, or would be, recommended; who is on the phone buys later."""
        wanted = self.shop.first_beside(None if lots.lands_at_home else lots.item)
        ways.open(browser, wanted, at + 8)
        if lots.buys:
            bag = self.postponed if browser.device == 1 else basket
            bag[wanted] = bag.get(wanted, False) or lots.finds

    def _order(
        self, ways: Ways, browser: Browser, basket: dict[int, bool], at: int
    ) -> None:
        if self.kind == AT_CHECKOUT and browser.account is None:
            ways.log_in(browser, at + 40)
        ways.order(browser, list(basket), at + 50)
        self.brought += sum(self.shop.prices[i] for i in basket if not basket[i])


def _kind(lot: float) -> str:
    for kind, share in KINDS:
        if lot < share:
            return kind
        lot -= share
    return GUEST

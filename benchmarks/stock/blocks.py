"""What a block of recommendations does to the stock: the slider at 0, half and full.

Besides those who come for a product (the shop's real orders), visitors stand at a
product and look at a block beside it:

- ``VISITS`` a day, each at a product drawn by its orders in the warm-up. The block has
  the ``PLACES`` first of ``CANDIDATES`` products bought together with it most often
  (cosine, warm-up only); what is sold out is never shown, whatever the slider.
- A visitor looks at place j with chance ``LOOKS`` to the power of j, from the top, and
  buys the first thing liked: with chance ``LIKES`` the best candidate, falling in a
  line to half of it at the last. So a block that pushes what fits less sells less.
- Bought is a usual order line of the product, or what is left of it.
- Who came for something sold out takes, with chance ``TURNS``, as many of the first
  product in the block that has as many; else the sale is lost.

All arms have the same visitors and the same luck. Each orders by what it sells itself,
or gets the deliveries of the one at 0. Pressure is the slice's own, from stock, orders
on their way and the forecast of the week.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.demo import FOLDER
from benchmarks.stock.history import WARM_UP, WEEK, Shop
from benchmarks.stock.policies import Forecasting
from benchmarks.stock.running import Seen
from shop_personalize.ml.forecast.sums import LeadTimeSums
from shop_personalize.ml.reranking.objectives import aimed
from shop_personalize.supply.position import Outlook, pressure

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
VISITS, PLACES, CANDIDATES = 300, 6, 30
LOOKS, LIKES, TURNS = 0.85, 0.3, 0.25
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
SPANS = (1, 2, 3, 4, 5)
OVERSTOCK = 120.0


@dataclass(frozen=True, eq=False)
class Visitors:
    """Candidates (n, c) of each product, best first, -1 where there is none more;
    ``weight`` (n,) of being looked at, ``line`` (n,) units of a usual order line."""

    candidates: Ints
    weight: Floats
    line: Floats


def visitors(shop: Shop) -> Visitors:
    """From the orders of the warm-up."""
    order, item, quantity = _lines(shop)
    n = len(shop.units)
    shape = (int(order.max()) + 1, n)
    bought = sparse.csr_array((np.ones(len(order)), (order, item)), shape=shape)
    bought.data[:] = 1.0
    together = (bought.T @ bought).toarray()
    orders = together.diagonal().copy()
    near = together / np.sqrt(np.maximum(np.outer(orders, orders), 1.0))
    np.fill_diagonal(near, 0.0)
    best = np.argsort(-near, axis=1, kind="stable")[:, :CANDIDATES]
    known = np.take_along_axis(near, best, axis=1) > 0
    line = np.floor([np.median(quantity[item == at]) for at in range(n)])
    return Visitors(
        np.where(known, best, -1), orders / orders.sum(), np.maximum(line, 1.0)
    )


def _lines(shop: Shop) -> tuple[Ints, Ints, Floats]:
    """Order, product and quantity of each line of the warm-up."""
    lines = pq.read_table(FOLDER / "lines.parquet")
    orders = pq.read_table(FOLDER / "orders.parquet")
    order = np.repeat(np.arange(len(orders)), orders["lines"].to_numpy())
    place = np.full(int(lines["product"].to_numpy().max()) + 1, -1)
    place[shop.item] = np.arange(len(shop.item))
    item = place[lines["product"].to_numpy()]
    day = orders["at"].to_numpy()[order] // 1440 - shop.first
    quantity = (lines["quantity"].to_numpy() - lines["refunded"].to_numpy()).astype(
        np.float64
    )
    kept = (item >= 0) & (quantity > 0) & (day >= 0) & (day < WARM_UP * WEEK)
    return order[kept], item[kept], quantity[kept]


@dataclass
class Sums:
    """Of the simulated weeks, in units and money."""

    asked: float = 0.0
    lost: float = 0.0
    times: int = 0
    turned: float = 0.0
    lost_value: float = 0.0
    block_value: float = 0.0
    sold_value: float = 0.0
    stock_value: float = 0.0
    reached: list[float] = field(default_factory=list)

    def facts(self, days: int) -> dict[str, float]:
        return {
            "lost_sales": self.times,
            "lost_units": round(self.lost),
            "lost_value": round(self.lost_value),
            "turned_units": round(self.turned),
            "lost_share": round(self.lost / self.asked, 4),
            "block_value": round(self.block_value),
            "sold_value": round(self.sold_value),
            "stock_value": round(self.stock_value / days),
            "cycle_service": round(float(np.mean(self.reached)), 4),
        }


class Arm:
    """One shop with one setting of the slider, day by day.

    ``ordered`` is what it ordered, by day. Where ``given`` says what is ordered, its
    own forecasts only press on the blocks: so the blocks alone make the difference.
    """

    def __init__(
        self,
        shop: Shop,
        people: Visitors,
        slider: float,
        target: float,
        seed: int,
        given: dict[int, Floats] | None = None,
    ) -> None:
        self.given, self.ordered = given, dict[int, Floats]()
        self.shop, self.people, self.slider = shop, people, slider
        self.rng = np.random.default_rng(seed)
        self.policy = Forecasting(shop, target)
        self.target = target
        n, days = shop.units.shape
        self.stock = np.zeros(n)
        self.coming = np.zeros((n, days + int(shop.lead.max()) + 1))
        self.sold = shop.units.copy()
        self.empty = np.zeros(shop.units.shape, bool)
        self.refused = np.zeros(shop.units.shape, bool)
        self.sums = Sums()
        self.missed = np.zeros((n, shop.weeks), bool)

    def run(self) -> dict[str, float]:
        begin, days = WARM_UP * WEEK, self.shop.units.shape[1]
        for day in range(begin, days):
            if (day - begin) % WEEK == 0:
                self._order(day, day == begin)
            self._day(day)
        self.sums.reached = [float((~self.missed[:, WARM_UP:]).mean())]
        return self.sums.facts(days - begin)

    def _order(self, day: int, is_first: bool) -> None:
        seen = Seen(self.sold[:, :day], self.empty[:, :day], self.refused[:, :day])
        position = self.stock + self.coming[:, day:].sum(axis=1)
        wanted = np.maximum(np.round(self.policy.order(seen, position)), 0.0)
        wanted = wanted if self.given is None else self.given[day]
        self.ordered[day] = wanted
        if is_first:
            self.stock = self.stock + wanted
        else:
            self.coming[np.arange(len(wanted)), day + self.shop.lead] += wanted
        if self.slider:
            self.outlook = _outlook(cast("LeadTimeSums", self.policy.ahead))
            self.up_to = position + wanted

    def _day(self, day: int) -> None:
        self.stock = self.stock + self.coming[:, day]
        self.sold[:, day] = 0.0
        self.empty[:, day] = self.stock <= 0
        pressed = self._pressure(day) if self.slider else None
        self._visits(day, pressed)
        self._wanted(day, pressed)
        self.sums.stock_value += float(self.stock @ self.shop.price)

    def _pressure(self, day: int) -> Floats:
        until = _until(self.coming[:, day + 1 :], self.shop.lead)
        risk = self.outlook.chance_beyond(until, self.stock)
        there = self.stock + self.coming[:, day + 1 :].sum(axis=1)
        days = np.full(len(there), OVERSTOCK)
        enough = np.maximum(self.outlook.expected(days), self.up_to)
        surplus = np.floor(np.maximum(there - enough, 0.0))
        service = np.full(len(there), self.target)
        return pressure(np.where(self.stock > 0, risk, 1.0), service, surplus, enough)

    def _block(self, product: int, pressed: Floats | None) -> Ints:
        """Places (PLACES,) in the list of candidates, -1 where there are too few."""
        shown = self.people.candidates[product]
        there = np.flatnonzero((shown >= 0) & (self.stock[shown] > 0))
        if pressed is not None and pressed[shown[there]].any():
            amounts = {"stock": pressed[shown[there]]}
            there = there[aimed(amounts, {"stock": self.slider}, len(there))]
        found = np.full(PLACES, -1)
        found[: len(there[:PLACES])] = there[:PLACES]
        return found

    def _visits(self, day: int, pressed: Floats | None) -> None:
        n = len(self.stock)
        at = self.rng.choice(n, VISITS, p=self.people.weight)
        luck = self.rng.random((VISITS, PLACES, 2))
        products, back = np.unique(at, return_inverse=True)
        blocks = np.stack([self._block(int(one), pressed) for one in products])[back]
        looks = np.cumprod(luck[:, :, 0] < LOOKS, axis=1) > 0
        likes = LIKES * (1 - blocks / (2 * (CANDIDATES - 1)))
        buys = looks & (blocks >= 0) & (luck[:, :, 1] < likes)
        for visit in np.flatnonzero(buys.any(axis=1)):
            place = blocks[visit, int(buys[visit].argmax())]
            item = int(self.people.candidates[at[visit], place])
            units = min(self.people.line[item], self.stock[item])
            self._sell(item, units, day)
            self.sums.block_value += units * self.shop.price[item]

    def _wanted(self, day: int, pressed: Floats | None) -> None:
        """Those who come for a product, and what becomes of those it is too few for."""
        asked = self.shop.units[:, day]
        had = np.minimum(asked, self.stock)
        self.refused[:, day] |= (self.stock > 0) & (asked > self.stock)
        turns = self.rng.random(len(asked)) < TURNS
        self.stock = self.stock - had
        self.sold[:, day] += had
        self.sums.sold_value += float(had @ self.shop.price)
        self.sums.asked += float(asked.sum())
        missing = asked - had
        for item in np.flatnonzero(missing > 0):
            self.missed[item, day // WEEK] = True
            if turns[item] and self._turned(int(item), missing[item], day, pressed):
                continue
            self.sums.times += 1
            self.sums.lost += missing[item]
            self.sums.lost_value += missing[item] * self.shop.price[item]

    def _turned(
        self, item: int, units: float, day: int, pressed: Floats | None
    ) -> bool:
        block = self._block(item, pressed)
        shown = self.people.candidates[item][block[block >= 0]]
        enough = shown[self.stock[shown] >= units]
        if len(enough):
            self._sell(int(enough[0]), units, day)
            self.sums.turned += units
        return bool(len(enough))

    def _sell(self, item: int, units: float, day: int) -> None:
        self.stock[item] -= units
        self.sold[item, day] += units
        self.sums.sold_value += units * self.shop.price[item]


def _outlook(ahead: LeadTimeSums) -> Outlook:
    totals = np.stack([ahead.totals_at(span * WEEK, LEVELS).T for span in SPANS], 2)
    means = np.stack([ahead.mean(span * WEEK) for span in SPANS], 1)
    weekly = np.diff(means, axis=1, prepend=0.0)
    return Outlook(weekly, totals, LEVELS, SPANS, float(WEEK))


def _until(coming: Floats, lead: Ints) -> Floats:
    """Days until something comes: what is on its way, or what is ordered now."""
    there = coming > 0
    first = there.argmax(axis=1) + 1.0
    return np.where(there.any(axis=1), first, lead.astype(np.float64))

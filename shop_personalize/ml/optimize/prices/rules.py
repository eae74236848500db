"""What a price may be: the rules of the shop, and the range they leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.prices.endings import Lattice
from shop_personalize.ml.optimize.prices.sales import (
    Bools,
    Floats,
    Ints,
    PriceError,
    labels,
    vector,
)

EXACT = 1e-9
"""Relative slack of comparisons: what floating point alone may add."""


@dataclass(frozen=True, eq=False)
class PriceRules:
    """No rule unless it is given; a number for all products or float64 (n,), NaN: none.

    ``least`` and ``most``: the price itself. ``margin``: least (price - cost) / price.
    ``step``: largest change as a share of today's price. ``competitor``: their price,
    ``below`` and ``above``: how far under and over it, as shares of it. ``cent``: the
    smallest coin. ``endings``: what a price may end in, as (.99, .95) or (.0,) for
    whole prices, with every ``every`` (1; 100 for prices like 1980). ``line`` int64
    (n,), -1: none: products of a line keep the order of today's prices, each at least
    ``gap`` (money) plus ``gap_share`` (share of the cheaper price) from the next.
    """

    least: float | Floats | None = None
    most: float | Floats | None = None
    margin: float | Floats | None = None
    step: float | Floats | None = None
    competitor: float | Floats | None = None
    below: float | Floats | None = None
    above: float | Floats | None = None
    cent: float | None = None
    endings: tuple[float, ...] = ()
    every: float = 1.0
    line: Ints | None = None
    gap: float = 0.0
    gap_share: float = 0.0

    def __post_init__(self) -> None:
        for name in ("least", "most", "step", "below", "above", "gap", "gap_share"):
            self._positive(name)
        for name in ("margin", "below"):
            given = getattr(self, name)
            if given is not None and (np.asarray(given) >= 1).any():
                raise PriceError(f"{name}: a share below 1, such as 0.2")
        if (self.below is not None or self.above is not None) and (
            self.competitor is None
        ):
            raise PriceError("below and above ask for the competitor's price")

    def _positive(self, name: str) -> None:
        given = getattr(self, name)
        if given is not None and (np.asarray(given, np.float64) < 0).any():
            raise PriceError(f"{name}: 0 or more, not {np.nanmin(given):g}")

    @property
    def lattice(self) -> Lattice | None:
        """The prices that can be asked at all; None where any can."""
        if self.cent is None and not self.endings:
            return None
        return Lattice.of(self.cent or 0.01, self.endings, self.every)

    def lines(self, n: int) -> Ints:
        """The line of each product, -1: none."""
        if self.line is None:
            return np.full(n, -1, np.int64)
        found = np.asarray(self.line)
        labels("line", np.maximum(found, 0), n)
        return found.astype(np.int64)

    def limits(self, now: Floats, cost: Floats) -> Limits:
        """What each rule asks of each product: ``now`` and ``cost`` float64 (n,)."""
        n = len(now)
        floors, ceilings = {}, {}
        if self.least is not None:
            floors["least"] = vector("least", self.least, n)
        if self.most is not None:
            ceilings["most"] = vector("most", self.most, n)
        if self.margin is not None:
            floors["margin"] = cost / (1 - vector("margin", self.margin, n))
        if self.step is not None:
            step = vector("step", self.step, n)
            floors["step"], ceilings["step"] = now * (1 - step), now * (1 + step)
        if self.competitor is not None:
            theirs = vector("competitor", self.competitor, n)
            if self.below is not None:
                floors["competitor"] = theirs * (1 - vector("below", self.below, n))
            if self.above is not None:
                ceilings["competitor"] = theirs * (1 + vector("above", self.above, n))
        return Limits.of(floors, ceilings, n)

    def broken(self, price: Floats, now: Floats, cost: Floats) -> Bools:
        """Whether ``price`` float64 (n,) breaks a rule: bool (n,).

        A rule that cannot be judged, as a margin without a cost, counts as kept.
        """
        limits = self.limits(now, cost)
        slack = EXACT * np.maximum(np.abs(price), 1.0)
        wrong = (price < limits.low - slack) | (price > limits.high + slack)
        if self.lattice is not None:
            wrong |= ~self.lattice.holds(price)
        return wrong | self.too_close(price, now)

    def too_close(self, price: Floats, now: Floats) -> Bools:
        """Whether a product of a line and a neighbor are too close: bool (n,)."""
        line = self.lines(len(price))
        order = np.lexsort((np.arange(len(price)), now, line))
        cheap, dear = order[:-1], order[1:]
        both = (line[cheap] == line[dear]) & (line[cheap] >= 0)
        asked = price[cheap] * (1 + self.gap_share) + self.gap
        close = both & (price[dear] < asked - EXACT * np.maximum(asked, 1.0))
        wrong = np.zeros(len(price), np.bool_)
        wrong[cheap[close]] = wrong[dear[close]] = True
        return wrong


@dataclass(frozen=True, eq=False)
class Limits:
    """The range that is left for each product, and which rule set its ends.

    ``low`` (0 where no rule) and ``high`` (infinite) float64 (n,), ``floor`` and
    ``ceiling`` the names of their rules, empty where there is none.
    """

    low: Floats
    high: Floats
    floor: list[str]
    ceiling: list[str]

    @classmethod
    def of(
        cls, floors: dict[str, Floats], ceilings: dict[str, Floats], n: int
    ) -> Limits:
        """The highest floor and the lowest ceiling."""
        low = np.stack(
            [np.zeros(n), *(np.nan_to_num(f, nan=0) for f in floors.values())]
        )
        high = np.stack(
            [
                np.full(n, np.inf),
                *(np.nan_to_num(c, nan=np.inf) for c in ceilings.values()),
            ]
        )
        under, over = ["", *floors], ["", *ceilings]
        return cls(
            low.max(axis=0),
            high.min(axis=0),
            [under[row] for row in low.argmax(axis=0)],
            [over[row] for row in high.argmin(axis=0)],
        )

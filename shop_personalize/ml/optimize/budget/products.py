"""Products that may be ordered now, and what an order of each is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    ABOVE_0,
    FINITE,
    NOT_BELOW_0,
    BoolArray,
    FloatArray,
    Rule,
    StockError,
    one,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand import Demand, Quantiles

Rows = NDArray[np.int64] | BoolArray

FAR = 1 - 1e-6
"""No order reaches further than demand stays within with this chance, one pack and the
minimum aside."""

_WHOLE = Rule(lambda value: (value > 0) & (value == np.rint(value)), "whole, above 0")
_RULES = {
    "cost": ABOVE_0,
    "shortage": ABOVE_0,
    "holding": NOT_BELOW_0,
    "position": FINITE,
    "pack": _WHOLE,
    "minimum": NOT_BELOW_0,
}


@dataclass(frozen=True, eq=False)
class Products:
    """n products; arrays float64 (n,).

    ``demand`` until the order after this one arrives; ``least`` and ``cap`` are the
    smallest and the largest sensible order, ``limit`` the largest allowed one, in whole
    packs. ``missing`` is what is asked for beyond the position on average.
    """

    demand: Demand
    cost: FloatArray
    shortage: FloatArray
    holding: FloatArray
    position: FloatArray
    pack: FloatArray
    least: FloatArray
    cap: FloatArray
    limit: FloatArray
    missing: FloatArray

    @classmethod
    def of(cls, demand: Demand, most: ArrayLike | None, **values: ArrayLike) -> Self:
        """Check and complete them; raises StockError naming what is wrong."""
        found = {name: one(name, value, _RULES[name]) for name, value in values.items()}
        n = _count(demand, found)
        spread = {name: np.broadcast_to(value, n) for name, value in found.items()}
        minimum, pack = spread.pop("minimum"), spread["pack"]
        least = np.maximum(np.ceil(minimum / pack), 1) * pack
        limit = np.full(n, np.inf) if most is None else _limit(most, n)
        refuse(
            "most",
            limit,
            (limit > 0) & (limit < least),
            "0 or at least minimum and a pack",
        )
        far = np.broadcast_to(within(demand, np.asarray(FAR)), n) - spread["position"]
        reach = np.maximum(np.ceil(far / pack) * pack, np.where(far > 0, least, 0))
        return cls(
            demand=demand,
            **spread,
            least=least,
            cap=np.minimum(reach, np.floor(limit / pack) * pack),
            limit=np.floor(limit / pack) * pack,
            missing=np.broadcast_to(demand.loss(spread["position"]), n),
        )

    def __len__(self) -> int:
        return self.cost.size

    def take(self, rows: Rows) -> Self:
        """Some of them, by index or bool (n,)."""
        arrays = {
            name: value[rows] for name, value in vars(self).items() if name != "demand"
        }
        return replace(self, demand=self.demand.take(rows), **arrays)

    def allowing(self, more: FloatArray) -> Self:
        """The same with up to ``more`` (n,) units beyond what demand may ask for."""
        whole = np.ceil(more / self.pack) * self.pack
        reach = np.where(whole > 0, np.maximum(self.cap + whole, self.least), self.cap)
        return replace(self, cap=np.minimum(reach, self.limit))

    def gain(self, quantity: FloatArray) -> FloatArray:
        """What an order saves on average, against ordering nothing; money (n,).

        Shortage of ``missing`` that is met, less holding of what is left over.
        """
        missing = self.demand.loss(self.position + quantity)
        met = (self.shortage + self.holding) * (self.missing - missing)
        gain: FloatArray = met - self.holding * quantity
        return gain

    def best(self, price: FloatArray) -> FloatArray:
        """The order of most gain less ``price`` (n,) a unit; whole packs (n,).

        The newsvendor's critical ratio (Arrow, Harris and Marschak 1951), then the
        better of the packs beside it and of nothing.
        """
        ratio = (self.shortage - price) / (self.shortage + self.holding)
        level = within(self.demand, np.clip(ratio, 1e-12, FAR))
        level = np.where(price < -self.holding, np.inf, level)
        below = np.floor((level - self.position) / self.pack) * self.pack
        chosen = np.zeros(len(self))
        most = np.zeros(len(self))
        for step in (below, below + self.pack):
            quantity = np.minimum(np.maximum(step, self.least), self.cap)
            net = self.gain(quantity) - price * quantity
            better = (net > most) & (price < self.shortage)
            chosen = np.where(better, quantity, chosen)
            most = np.where(better, net, most)
        return chosen


def within(demand: Demand, share: FloatArray) -> FloatArray:
    """Demand's quantile; of given quantiles no further than the outermost."""
    if isinstance(demand, Quantiles):
        share = np.clip(share, demand.levels[0], demand.levels[-1])
        shape = np.broadcast_shapes(np.shape(share), np.shape(demand.mean))
        share = np.broadcast_to(share, shape)
    return demand.quantile(share)


def _limit(most: ArrayLike, n: int) -> FloatArray:
    limit = np.broadcast_to(np.asarray(most, np.float64), n)
    refuse("most", limit, ~(limit >= 0), "0 or above")
    return limit


def _count(demand: Demand, found: dict[str, FloatArray]) -> int:
    shapes = {"demand": np.shape(demand.mean)}
    shapes |= {name: value.shape for name, value in found.items()}
    try:
        shape = np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items() if shape)
        raise StockError(f"the numbers of products differ: {told}") from error
    if len(shape) > 1:
        raise StockError(f"products must be one row of numbers, not {shape}")
    return int(np.prod(shape, dtype=np.int64))

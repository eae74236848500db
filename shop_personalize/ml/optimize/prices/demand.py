"""How many units a price sells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from shop_personalize.ml.optimize.prices.sales import (
    Floats,
    Ints,
    PriceError,
    above_zero,
    vector,
)

Shape = Literal["constant", "linear", "exponential"]


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand of n products, known where they are sold today.

    ``price`` float64 (n,) > 0 and ``units`` float64 (n,) ≥ 0 a period at that price.
    ``elasticity`` float64 (n,) there, ``low`` and ``high`` the ends of its interval
    (itself where None). ``shape``: ``"constant"`` elasticity, units × (p / price)^ε;
    ``"linear"``, units × (1 + ε (p / price - 1)), never below 0; ``"exponential"``
    (log-linear), units × exp(ε (p / price - 1)). A number stands for every product.
    Raises PriceError for values out of range, not known or in no order.
    """

    price: Floats
    units: Floats
    elasticity: Floats
    low: Floats | None = None
    high: Floats | None = None
    shape: Shape = "constant"

    def __post_init__(self) -> None:
        if self.shape not in get_args(Shape):
            raise PriceError(
                f"shape: one of {', '.join(get_args(Shape))}, not {self.shape!r}"
            )
        n = np.size(self.price)
        price = above_zero("price", vector("price", np.atleast_1d(self.price), n))
        units = vector("units", self.units, n)
        elasticity = vector("elasticity", self.elasticity, n)
        low = elasticity if self.low is None else vector("low", self.low, n)
        high = elasticity if self.high is None else vector("high", self.high, n)
        _check(units, elasticity, low, high)
        for name, found in (
            ("price", price),
            ("units", units),
            ("elasticity", elasticity),
            ("low", low),
            ("high", high),
        ):
            object.__setattr__(self, name, found)

    def __len__(self) -> int:
        return len(self.price)

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The lower and the upper end of the elasticity's interval: (n,) each."""
        low = self.elasticity if self.low is None else self.low
        return low, self.elasticity if self.high is None else self.high

    def take(self, rows: Ints) -> Demand:
        """Some of the products: ``rows`` int64 (k,)."""
        columns = ("price", "units", "elasticity", "low", "high")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def at(self, price: Floats, elasticity: Floats | None = None) -> Floats:
        """Units a period at ``price`` float64 (n,) or (n, k), in the same shape.

        ``elasticity`` (n,) instead of the expected one.
        """
        answer = self.elasticity if elasticity is None else elasticity
        found = np.asarray(price, np.float64)
        now, units = self.price, self.units
        if found.ndim == 2:
            answer, now, units = answer[:, None], now[:, None], units[:, None]
        return units * share(self.shape, found / now, answer)

    def best(self, cost: Floats, elasticity: Floats | None = None) -> Floats:
        """The price of most units × (price - cost), without any rule: float64 (n,).

        Constant elasticity: cost × ε / (1 + ε) for ε < -1 and a cost above 0 (Lerner
        1934, "The concept of monopoly"); linear: halfway from cost to the price nobody
        pays; exponential: cost + price / -ε. NaN where profit has no such peak.
        """
        answer = self.elasticity if elasticity is None else elasticity
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.shape == "linear":
                found = (cost + self.price * (1 - 1 / answer)) / 2
            elif self.shape == "exponential":
                found = cost - self.price / answer
            else:
                found = cost * answer / (1 + answer)
                return np.where((answer < -1) & (cost > 0), found, np.nan)
        return np.where(answer < 0, found, np.nan)


def share(shape: Shape, ratio: Floats, elasticity: Floats) -> Floats:
    """Units at ``ratio`` × today's price as a share of today's: the shape of both."""
    if shape == "linear":
        return np.maximum(1 + elasticity * (ratio - 1), 0.0)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        if shape == "exponential":
            return np.exp(elasticity * (ratio - 1))
        return np.power(ratio, elasticity)


def _check(units: Floats, elasticity: Floats, low: Floats, high: Floats) -> None:
    if (wrong := ~(units >= 0)).any():
        row = int(wrong.argmax())
        raise PriceError(f"units of product {row}: 0 or more, not {units[row]:g}")
    if (wrong := ~(elasticity < 0)).any():
        row = int(wrong.argmax())
        raise PriceError(
            f"elasticity of product {row}: below 0, not {elasticity[row]:g}"
        )
    if (wrong := ~((low <= elasticity) & (elasticity <= high))).any():
        row = int(wrong.argmax())
        raise PriceError(
            f"elasticity of product {row}: {elasticity[row]:g} is not within its "
            f"interval {low[row]:g} to {high[row]:g}"
        )

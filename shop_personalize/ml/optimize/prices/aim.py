"""What a price is to serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Floats, PriceError

OBJECTIVES = ("profit", "revenue", "units")


@dataclass(frozen=True)
class Aim:
    """Weights of profit, revenue and units."""

    profit: float = 0.0
    revenue: float = 0.0
    units: float = 0.0

    @classmethod
    def of(cls, objective: str | Mapping[str, float]) -> Aim:
        """Of a name or of weights; raises PriceError for others."""
        given = {objective: 1.0} if isinstance(objective, str) else dict(objective)
        unknown = sorted(set(given) - set(OBJECTIVES))
        if unknown:
            raise PriceError(f"objective: {', '.join(OBJECTIVES)}, not {unknown[0]!r}")
        if min(given.values(), default=0) < 0 or not sum(given.values()) > 0:
            raise PriceError("objective: weights of 0 or more, at least one above 0")
        return cls(**given)

    def cost(self, cost: Floats) -> Floats:
        """At which cost profit alone would aim at the same: float64 (n,).

        -infinite where units alone count.
        """
        money = self.profit + self.revenue
        if not money:
            return np.full(len(cost), -np.inf)
        paid = self.profit * cost if self.profit else np.zeros(len(cost))
        return (paid - self.units) / money

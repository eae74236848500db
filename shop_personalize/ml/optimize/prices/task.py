"""What is to be solved: the peak of each product, and the range it must stay in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.prices.demand import Demand, share
from shop_personalize.ml.optimize.prices.lines import keep_apart
from shop_personalize.ml.optimize.prices.rules import EXACT, Limits, PriceRules
from shop_personalize.ml.optimize.prices.sales import Floats
from shop_personalize.ml.optimize.prices.suggested import Problem


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be solved, for each of n products."""

    demand: Demand
    cost: Floats
    now: Floats
    rules: PriceRules
    limits: Limits

    def solve(
        self, elasticity: Floats, problems: list[Problem | None]
    ) -> tuple[Floats, list[Problem | None]]:
        """The best prices (n,), today's where there is a problem, and the problems."""
        low, high = self.range()
        free = self.demand.best(self.cost, elasticity)
        problems = [
            known or self._infeasible(row, low[row], high[row])
            for row, known in enumerate(problems)
        ]
        problems = self._unbounded(elasticity, free, problems)
        found = self._peak(elasticity, free, low, high)
        stuck = np.array([each is not None for each in problems])
        found = np.where(stuck, self.now, found)
        return keep_apart(self, elasticity, found, problems)

    def ends(self, elasticity: Floats, problems: list[Problem | None]) -> Floats:
        """The best prices (n,) at another elasticity, NaN where there is none."""
        found, now = self.solve(elasticity, list(problems))
        return np.where([each is not None for each in now], np.nan, found)

    def range(self) -> tuple[Floats, Floats]:
        """The least and the most price that can be asked: (n,) each."""
        low, high, lattice = self.limits.low, self.limits.high, self.rules.lattice
        if lattice is None:
            return low, high
        cents = lattice.money(lattice.up(low))
        least = lattice.money(lattice.up(np.full(len(low), lattice.coin)))
        known = np.where(np.isinf(high), 0.0, high)
        return (
            np.maximum(cents, least),
            np.where(np.isinf(high), np.inf, lattice.money(lattice.down(known))),
        )

    def value(self, price: Floats, elasticity: Floats) -> Floats:
        """What a unit of today's demand brings at ``price`` (n, k): the same shape."""
        demand = self.demand
        ratio = price / demand.price[:, None]
        sold = share(demand.shape, ratio, elasticity[:, None])
        if np.isinf(self.cost).any():
            return sold
        found: Floats = sold * (price - self.cost[:, None])
        return found

    def worth(self, row: int, elasticity: float, prices: Floats) -> Floats:
        """What one product brings at ``prices`` (k,), in its own units: (k,)."""
        demand = self.demand
        ratio, answer = prices / demand.price[row], np.array([elasticity])
        sold = demand.units[row] * share(demand.shape, ratio, answer)
        gain = 1.0 if np.isinf(self.cost[row]) else prices - self.cost[row]
        found: Floats = sold * gain
        return found

    def _peak(
        self, elasticity: Floats, free: Floats, low: Floats, high: Floats
    ) -> Floats:
        """The best of both ends and the prices beside the peak."""
        lattice = self.rules.lattice
        near = np.clip(np.nan_to_num(free, nan=0.0), low, np.maximum(low, high))
        near = np.where(np.isnan(free) | np.isinf(near), low, near)
        beside = [near, near]
        if lattice is not None:
            beside = [
                lattice.money(lattice.down(near)),
                lattice.money(lattice.up(near)),
            ]
        choices = np.stack([*beside, low, high], axis=1)
        good = (choices > 0) & np.isfinite(choices)
        good &= (choices >= low[:, None]) & (choices <= high[:, None])
        value = self.value(np.where(good, choices, 1.0), elasticity)
        value = np.where(good, value, -np.inf)
        best = value >= value.max(axis=1, keepdims=True)
        distance = np.where(best, np.abs(choices - self.now[:, None]), np.inf)
        found: Floats = choices[np.arange(len(choices)), distance.argmin(axis=1)]
        return found

    def _infeasible(self, row: int, low: float, high: float) -> Problem | None:
        if low <= high:
            return None
        floor, ceiling = self.limits.low[row], self.limits.high[row]
        rules = (self.limits.floor[row] or "cent", self.limits.ceiling[row])
        if floor > ceiling * (1 + EXACT):
            return Problem("conflict", rules, floor - ceiling, floor, ceiling)
        return Problem(
            "ending", rules, min(low - ceiling, floor - high), floor, ceiling
        )

    def _unbounded(
        self, elasticity: Floats, free: Floats, problems: list[Problem | None]
    ) -> list[Problem | None]:
        """Where nothing holds a price that had better rise, or fall, for ever."""
        flat = 0.0 if self.demand.shape != "constant" else -1.0
        rises = np.isnan(free) & (elasticity >= flat) & np.isfinite(self.cost)
        falls = ~rises & ~(free > 0)
        up = rises & np.isinf(self.limits.high)
        down = falls & (self.limits.low <= 0)
        for code, rows in (("no_ceiling", up), ("no_floor", down)):
            for row in np.flatnonzero(rows):
                problems[row] = problems[row] or Problem(code)
        return problems

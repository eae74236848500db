"""Stages in a row, each supplying the next: what to hold where (Clark and Scarf 1960).

Stage 0 serves the customer, the last one is supplied from outside without limit;
review is periodic, unmet demand waits. Levels are echelon base-stock levels: stock at
the stage and at all below it, on the way between them included, minus what customers
wait for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from shop_personalize.ml.optimize.echelons.demand import Demand
from shop_personalize.ml.optimize.echelons.errors import (
    EchelonError,
    Floats,
    at_least,
    number,
    per_stage,
)


@dataclass(frozen=True)
class Grid:
    """How finely levels and the demand of a lead time are cut into steps.

    ``points`` steps for levels over ``span`` (lowest, highest; None: what total demand
    can take away and ask for); ``demands`` steps for the demand of one lead time, None:
    those of the levels. Both are for continuous demand, whole units are counted one by
    one. ``tail`` is the chance beyond either end of the demand's steps, counted at the
    last one, or not at all with ``beyond`` off (costs then come out too low). With the
    defaults levels are good to some 0.05 %, costs to 1e-5.
    """

    points: int = 10_000
    demands: int | None = None
    tail: float = float(stats.norm.sf(6))
    span: tuple[float, float] | None = None
    beyond: bool = True

    def __post_init__(self) -> None:
        for name in ("points", "demands"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise EchelonError(f"{name} is {value}; it must be 1 or more")
        if not 0 < self.tail < 0.5:
            raise EchelonError(f"tail is {self.tail:g}; it must be between 0 and 0.5")
        if self.span and not self.span[0] < 0 < self.span[1]:
            raise EchelonError(
                f"span is {self.span[0]:g} to {self.span[1]:g}; it must hold 0"
            )


WORKED = Grid(points=1000, demands=100, tail=float(stats.norm.sf(4)))
"""The coarse grid of Snyder and Shen's worked examples, to reproduce them: off by some
0.4 % in levels and 0.03 % in cost."""


@dataclass(frozen=True, eq=False)
class Serial:
    """``levels`` float64 (stages,), stage 0 at the customer; ``cost`` a period.

    A level is infinite where the stage's stock costs nothing more than upstream: it
    takes what it can get. ``cost`` is holding, on the way included, and shortage.
    """

    levels: Floats
    cost: float

    @property
    def local_levels(self) -> Floats:
        """Base-stock levels of each stage's own stock, float64 (stages,).

        An echelon level above one further up can never be reached and counts as that.
        """
        reachable = np.minimum.accumulate(self.levels[::-1])[::-1]
        return np.diff(reachable, prepend=0.0)


def serial(
    *,
    echelon_holding: ArrayLike,
    lead_times: ArrayLike,
    shortage: float,
    demand: Demand,
    levels: ArrayLike | None = None,
    grid: Grid | None = None,
) -> Serial:
    """Optimal echelon base-stock levels of a serial system and their expected cost.

    ``echelon_holding`` (stages,), stage 0 at the customer, is what a unit's stock costs
    a period *more* than one stage further up; ``lead_times`` (stages,) in periods to
    each stage from the one above; ``shortage`` per unit and period a customer waits;
    ``demand`` of one period. With ``levels`` nothing is optimized: they are costed.

    Chen and Zheng's (1994) recursion, as in Snyder and Shen (2019), equations 6.24 to
    6.28: with the cost of too little below passed on, each stage is a newsvendor.
    Raises EchelonError for shapes that do not fit, negative costs or lead times, and a
    topmost stage without holding cost.
    """
    holding = np.atleast_1d(np.asarray(echelon_holding, np.float64))
    if holding.size == 0:
        raise EchelonError("echelon_holding is empty; give one number a stage")
    delays = per_stage("lead_times", lead_times, holding.size)
    at_least("echelon_holding", holding)
    at_least("lead_times", delays)
    if holding[-1] == 0:
        raise EchelonError(
            "echelon_holding of the topmost stage is 0: stock without cost has no "
            "optimum; it must be above 0"
        )
    if delays.sum() == 0:
        raise EchelonError("lead_times are all 0; at least one must be above 0")
    given = None if levels is None else per_stage("levels", levels, holding.size)
    if given is not None and np.isnan(given).any():
        stage = int(np.isnan(given).argmax())
        raise EchelonError(f"levels of stage {stage} is nan; it must be a number")
    number("shortage", shortage, open_=given is None)
    return _Recursion(holding, delays, shortage, demand, grid or Grid()).run(given)


class _Recursion:
    """One pass from the customer upward, on levels ``x`` in even steps."""

    def __init__(
        self,
        holding: Floats,
        delays: Floats,
        shortage: float,
        demand: Demand,
        cut: Grid,
    ) -> None:
        self.holding, self.delays, self.demand, self.cut = holding, delays, demand, cut
        self.steepest = shortage + float(holding.sum())

    def run(self, given: Floats | None) -> Serial:
        self._lay(given)
        below = self.steepest * np.maximum(-self.x, 0.0)
        chosen = np.empty(self.holding.size)
        cost = 0.0
        for stage, holding in enumerate(self.holding):
            expected = self._expected(stage, holding * self.x + below)
            at = self._level(stage, expected, given)
            chosen[stage] = self._reported(stage, at, given)
            cost = float(expected[at])
            below = np.where(np.arange(self.x.size) < at, expected, cost)
        return Serial(chosen, cost)

    def _level(self, stage: int, expected: Floats, given: Floats | None) -> int:
        if given is not None:
            near = np.rint((given[stage] - self.x[0]) / self.step)
            return int(np.clip(near, 0, self.x.size - 1))
        if self.holding[stage] == 0:
            return self.x.size - 1
        return int(expected.argmin())

    def _reported(self, stage: int, at: int, given: Floats | None) -> float:
        if given is not None:
            return float(given[stage])
        return float(self.x[at]) if self.holding[stage] else np.inf

    def _lay(self, given: Floats | None) -> None:
        """Levels from what total demand may take away to what it may ask for."""
        low, high = self._span(self.demand.over(float(self.delays.sum())))
        top = high
        if given is not None:
            top = max(high, float(given[np.isfinite(given)].max(initial=high)))
        bottom = low - high
        if self.cut.span:
            bottom, top = self.cut.span
        if self.demand.whole:
            self.step, steps = 1.0, round(top - bottom)
        else:
            self.step = (top - bottom) / self.cut.points
            steps = self.cut.points
        self.x: Floats = bottom + self.step * np.arange(steps + 1, dtype=np.float64)

    def _span(self, distribution: Any) -> tuple[float, float]:
        low, high = distribution.ppf([self.cut.tail, 1 - self.cut.tail])
        return (0.0 if self.demand.whole else float(low)), float(high)

    def _expected(self, stage: int, after: Floats) -> Floats:
        """Mean of ``after`` over the demand of the stage's lead time."""
        if self.delays[stage] == 0:
            return after
        shifts, chances = self._lead_time_demand(self.delays[stage])
        reach = int(shifts.max())
        kernel = np.bincount(shifts, chances, minlength=reach + 1)
        below = self.x[0] - self.step * np.arange(reach, 0, -1)
        wide = np.concatenate([self._far_below(stage, below), after])
        return np.convolve(wide, kernel, "valid")

    def _lead_time_demand(self, periods: float) -> tuple[Any, Floats]:
        """Steps of ``x`` that demand takes away, and how likely that is."""
        distribution = self.demand.over(periods)
        low, high = self._span(distribution)
        low = max(low, 0.0)
        width = self._width(high - low)
        if not self.cut.demands:
            low = width * np.floor(low / width)
        amounts = low + width * np.arange(round((high - low) / width) + 1)
        edges = low + width * (np.arange(amounts.size + 1) - 0.5)
        reached = distribution.cdf(edges)
        if self.cut.beyond:
            reached[[0, -1]] = 0.0, 1.0
        return np.rint(amounts / self.step).astype(np.int64), np.diff(reached)

    def _width(self, span: float) -> float:
        if self.demand.whole or not self.cut.demands:
            return self.step
        return span / self.cut.demands

    def _far_below(self, stage: int, x: Floats) -> Floats:
        """Cost where customers wait for certain: a straight line."""
        mean, delays = self.demand.mean, self.delays
        line: Floats = -self.steepest * (x - mean * delays[:stage].sum())
        for lower in range(stage + 1):
            behind = mean * delays[lower:stage].sum()
            line = line + self.holding[lower] * (x - behind)
        return line

"""Products of one line: their prices keep their order and their distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.optimize.prices.rules import PriceRules
from shop_personalize.ml.optimize.prices.sales import Bools, Floats, Ints
from shop_personalize.ml.optimize.prices.suggested import Problem

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices.task import Task

ROUNDING = 1e-12
"""Relative error of sums and products that ought to be equal."""
CHOICES = 201
"""Prices of a product tried at once."""
ROUNDS = 6
"""How often the prices around the best are looked at more closely."""


def keep_apart(
    task: Task, elasticity: Floats, price: Floats, problems: list[Problem | None]
) -> tuple[Floats, list[Problem | None]]:
    """Prices (n,) of lines that are too close, found again together.

    Where no distance is possible the whole line keeps today's prices, with the problem.
    """
    if task.rules.line is None:
        return price, problems
    close = task.rules.too_close(price, task.now)
    line = task.rules.lines(len(price))
    price, problems = price.copy(), list(problems)
    for each in np.unique(line[close]):
        rows = np.flatnonzero(line == each)
        rows = rows[np.lexsort((rows, task.now[rows]))]
        fixed = np.array([problems[row] is not None for row in rows])
        found = Line.of(task, rows, price[rows], fixed)
        if isinstance(found, Problem):
            price[rows] = task.now[rows]
            for row in rows:
                problems[row] = problems[row] or found
        else:
            price[rows] = found.best(task, elasticity, rows)
    return price, problems


@dataclass(frozen=True, eq=False)
class Line:
    """The range of each member, cheapest first, that leaves room for all others.

    ``low`` and ``high`` float64 (members,): each within them can be had, the others
    moving with it. ``fixed``: those that keep today's price.
    """

    rules: PriceRules
    low: Floats
    high: Floats
    fixed: Bools

    @classmethod
    def of(cls, task: Task, rows: Ints, wanted: Floats, fixed: Bools) -> Line | Problem:
        """Of the members' own ranges and prices, or why there is none."""
        low, high = (side[rows] for side in task.range())
        low = np.where(fixed, task.now[rows], low)
        high = np.where(fixed, task.now[rows], high)
        chain = _climb(task.rules, low, fixed)
        over = chain > high + ROUNDING * np.maximum(high, 1.0)
        if over.any():
            at = int(over.argmax())
            rule = "today" if fixed[at] else task.limits.ceiling[rows[at]]
            return Problem(
                "conflict", ("gap", rule), chain[at] - high[at], chain[at], high[at]
            )
        enough = _climb(task.rules, np.maximum(wanted, low), fixed)
        top = np.where(fixed, high, np.minimum(high, enough))
        return cls(task.rules, chain, _descend(task.rules, top, fixed), fixed)

    def best(self, task: Task, elasticity: Floats, rows: Ints) -> Floats:
        """The prices of most value together: float64 (members,)."""
        low, high = self.low, self.high
        found = low
        for _ in range(ROUNDS):
            tried = [
                self._choices(k, low[k], high[k], found[k]) for k in range(len(low))
            ]
            worth = [
                task.worth(row, elasticity[row], prices)
                for row, prices in zip(rows, tried, strict=True)
            ]
            found = _chosen(tried, worth, self.rules)
            reach = 2 * (high - low) / CHOICES
            low = np.maximum(self.low, found - reach)
            high = np.minimum(self.high, found + reach)
        return found

    def _choices(self, member: int, low: float, high: float, found: float) -> Floats:
        if self.fixed[member] or high <= low:
            return np.array([low])
        lattice = self.rules.lattice
        if lattice is None:
            some = np.linspace(low, high, CHOICES)
        else:
            some = lattice.between(low, high, CHOICES)
        ends = [self.low[member], found, self.high[member]]
        return np.unique(np.concatenate([some, ends]))


def _chosen(tried: list[Floats], worth: list[Floats], rules: PriceRules) -> Floats:
    """Dynamic program from the cheapest member on: one price of each, far enough apart.

    Holds, for each price of a member, the most that it and all cheaper ones can bring.
    """
    total, before = worth[0], []
    for prices, cheaper, own in zip(tried[1:], tried, worth[1:], strict=False):
        peaks = np.maximum.accumulate(total)
        places = np.where(total >= peaks, np.arange(len(total)), 0)
        places = np.maximum.accumulate(places)
        asked = apart(cheaper, rules)
        fit = np.searchsorted(
            asked - ROUNDING * np.maximum(asked, 1.0), prices, "right"
        )
        before.append(places[np.maximum(fit - 1, 0)])
        total = np.where(fit > 0, own + peaks[np.maximum(fit - 1, 0)], -np.inf)
    at = int(total.argmax())
    found = [tried[-1][at]]
    for prices, places in zip(tried[-2::-1], before[::-1], strict=True):
        at = int(places[at])
        found.append(prices[at])
    return np.array(found[::-1])


def apart(price: Floats, rules: PriceRules) -> Floats:
    """The least the next dearer product of a line may cost: float64 (n,)."""
    return price * (1 + rules.gap_share) + rules.gap


def _climb(rules: PriceRules, low: Floats, fixed: Bools) -> Floats:
    """The lowest prices from ``low`` on that keep their distance."""
    found = low.copy()
    for at in range(1, len(low)):
        asked = apart(found[at - 1 : at], rules)
        if asked[0] <= low[at] + ROUNDING * max(low[at], 1.0):
            continue
        raise_it = rules.lattice is not None and not fixed[at]
        found[at] = _up(rules, asked)[0] if raise_it else asked[0]
    return found


def _descend(rules: PriceRules, high: Floats, fixed: Bools) -> Floats:
    """The highest prices up to ``high`` that keep their distance."""
    found = high.copy()
    for at in range(len(high) - 2, -1, -1):
        allowed = (found[at + 1 : at + 2] - rules.gap) / (1 + rules.gap_share)
        if allowed[0] >= high[at] - ROUNDING * max(high[at], 1.0):
            continue
        lower_it = rules.lattice is not None and not fixed[at]
        found[at] = _down(rules, allowed)[0] if lower_it else allowed[0]
    return found


def _up(rules: PriceRules, price: Floats) -> Floats:
    lattice = rules.lattice
    return price if lattice is None else lattice.money(lattice.up(price))


def _down(rules: PriceRules, price: Floats) -> Floats:
    lattice = rules.lattice
    return price if lattice is None else lattice.money(lattice.down(price))

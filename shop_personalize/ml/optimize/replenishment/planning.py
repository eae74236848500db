"""What to order in each of the next periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.replenishment.model import Model, Solution
from shop_personalize.ml.optimize.replenishment.problem import Problem
from shop_personalize.ml.optimize.replenishment.why import (
    PlanError,
    check_in_time,
    explain,
)
from shop_personalize.ml.optimize.stock.checked import FloatArray

_INFEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Plan:
    """What to order when, and what comes of it.

    float64 (n, T) units: ``orders`` by the period they are placed in, ``stock`` at the
    end of each period, ``short`` waiting then (or lost in it).
    ``spent`` and ``room`` float64 (T,): money for the period's orders, and what stock
    takes up once they have arrived. ``cost`` is purchase, setup, holding and shortage
    together; no plan costs less than ``bound``.
    """

    orders: FloatArray
    stock: FloatArray
    short: FloatArray
    spent: FloatArray
    room: FloatArray
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the cost that a better plan might save, in 0..1."""
        return max(self.cost - self.bound, 0.0) / self.cost if self.cost > 0 else 0.0


def plan(
    demand: ArrayLike,
    *,
    holding: ArrayLike,
    cost: ArrayLike = 0.0,
    setup: ArrayLike = 0.0,
    shortage: ArrayLike | None = None,
    lost: bool = False,
    initial: ArrayLike = 0.0,
    pipeline: ArrayLike = 0.0,
    final: ArrayLike = 0.0,
    lead_time: ArrayLike = 0,
    pack: ArrayLike = 1,
    minimum: ArrayLike = 0.0,
    budget: ArrayLike | None = None,
    space: ArrayLike = 0.0,
    storage: ArrayLike | None = None,
    whole: bool = True,
    gap: float = 1e-4,
    seconds: float | None = None,
) -> Plan:
    """The cheapest orders of n products over T periods.

    ``demand`` float64 (n, T) as forecast. Numbers, (n,), (T,) or (n, T) (as many
    products as periods: (n,)): ``cost`` a unit, ``setup`` an order, ``holding`` a unit
    left at a period's end, ``shortage`` a unit that waits at a period's end (with
    ``lost``: that goes away); without it all demand must be met. ``pipeline`` (n, T)
    arrives in that period, ordered before. Numbers or (n,): ``initial`` stock and
    ``final`` stock to be left, ``lead_time`` whole periods (0: there for the period's
    own demand), ``pack`` units (0: any amount), ``minimum`` units of an order.
    ``budget`` money a period, by when orders are placed, and ``storage`` room for what
    is in stock after arrival, ``space`` a unit, are numbers or (T,).

    A multi-item capacitated lot-sizing problem (Pochet and Wolsey 2006, chapters 4 and
    12) for SciPy's HiGHS; one product without limits is Wagner and Whitin's (1958).
    It stops within ``gap`` of the optimum or after ``seconds``. With ``whole`` off the
    linear relaxation is solved, for problems too large otherwise: its cost is a bound,
    its orders may be broken packs and below the minimum.

    Raises StockError for numbers that make no sense, and PlanError where no plan can
    be: naming the limit, the period and how much is missing.
    """
    problem = Problem.of(
        demand,
        holding=holding,
        cost=cost,
        setup=setup,
        shortage=shortage,
        lost=lost,
        initial=initial,
        pipeline=pipeline,
        final=final,
        lead_time=lead_time,
        pack=pack,
        minimum=minimum,
        budget=budget,
        space=space,
        storage=storage,
    )
    check_in_time(problem)
    found = Model(problem).solve(whole=whole, gap=gap, seconds=seconds)
    if isinstance(found, Solution):
        return _told(problem, found)
    if found == _INFEASIBLE:
        raise explain(problem, whole=whole, seconds=seconds)
    raise PlanError(
        f"no plan of {problem.demand.size} orders was found within seconds={seconds}; "
        "give more, or whole=False for a relaxed plan"
    )


def _told(problem: Problem, found: Solution) -> Plan:
    pack = np.where(problem.pack > 0, problem.pack, 1.0)
    orders = found.packs * pack[:, None]
    before = np.column_stack([problem.initial, found.stock[:, :-1]])
    return Plan(
        orders=orders,
        stock=found.stock,
        short=found.short,
        spent=(problem.cost * orders).sum(axis=0),
        room=problem.space @ (before + problem.arriving + _arrived(problem, orders)),
        cost=found.cost,
        bound=min(found.bound, found.cost),
    )


def _arrived(problem: Problem, orders: FloatArray) -> FloatArray:
    """Orders by the period in which they arrive, (n, T)."""
    n, T = problem.shape
    since = np.arange(T)[None, :] - problem.lead_time[:, None]
    rows = np.arange(n)[:, None]
    return np.where(since >= 0, orders[rows, np.maximum(since, 0)], 0.0)

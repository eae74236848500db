"""Why there can be no plan: which limit, in which period, by how much."""

from __future__ import annotations

import numpy as np

from shop_personalize.ml.optimize.replenishment.model import LIMITS, Model, Solution
from shop_personalize.ml.optimize.replenishment.problem import Problem
from shop_personalize.ml.optimize.stock.checked import FloatArray, StockError

_EXACT = 300
"""Orders up to which the least excess is found in whole packs."""
_SEEN = 1e-6
_OUT_OF_TIME = 1


class PlanError(StockError):
    """No plan keeps to all that is asked; the text says what is missing and when."""


def check_in_time(problem: Problem) -> None:
    """Raise PlanError for demand that comes before anything ordered now can arrive."""
    T = problem.shape[1]
    early = np.arange(T)[None, :] < problem.lead_time[:, None]
    missing = problem.demand.cumsum(axis=1) - problem.on_hand
    if problem.shortage is None:
        _raise_first(problem, np.where(early, missing, 0.0), "asks for", "are there")
    too_late = problem.lead_time >= T
    left = problem.on_hand[:, -1] - problem.demand.sum(axis=1)
    wanted = np.zeros(problem.shape)
    least = left if problem.shortage is None else problem.on_hand[:, -1]
    wanted[too_late, -1] = (problem.final - least)[too_late]
    _raise_first(problem, wanted, "is to keep", "can be left")


def _raise_first(problem: Problem, missing: FloatArray, wants: str, there: str) -> None:
    wrong = missing > _SEEN
    if not wrong.any():
        return
    product, period = np.unravel_index(int(wrong.argmax()), wrong.shape)
    delay = problem.lead_time[product]
    raise PlanError(
        f"product {product} {wants} {missing[product, period]:g} units more by period "
        f"{period} than {there}, and orders placed now arrive in period {delay} "
        "(lead_time); give a shortage cost, or more stock or pipeline"
    )


def explain(
    problem: Problem, *, whole: bool, seconds: float | None = None
) -> PlanError:
    """The least excess that makes a plan possible: of one limit if that is enough.

    In whole packs where there are few orders, and if that is found within ``seconds``.
    """
    given = [name for name in LIMITS if getattr(problem, name) is not None]
    exact = whole and problem.demand.size <= _EXACT
    for names in [*([name] for name in given), given]:
        found = _least(Model(problem, names), exact, seconds)
        if isinstance(found, Solution):
            told = [_excess(problem, name, found.over[name]) for name in names]
            said = "; ".join(text for text in told if text)
            if said:
                return PlanError(f"no plan keeps to all limits: {said}")
    return PlanError(
        "no plan fits into the limits in whole packs; ease the tightest of them, or "
        "give a shortage cost"
    )


def _least(model: Model, whole: bool, seconds: float | None) -> Solution | int:
    found = model.solve(whole=whole, gap=1e-4, seconds=seconds)
    status = found.status if isinstance(found, Solution) else found
    return model.solve(whole=False) if whole and status == _OUT_OF_TIME else found


def _excess(problem: Problem, name: str, over: FloatArray) -> str:
    limit = getattr(problem, name)
    periods = np.flatnonzero(over > _SEEN * np.maximum(1.0, limit))
    told = [
        f"{name} of period {at} is {limit[at]:g} and must be {limit[at] + over[at]:g}"
        f" or more, {over[at]:g} above"
        for at in periods[:3].tolist()
    ]
    rest = f", and so in {periods.size - 3} more periods" if periods.size > 3 else ""
    return ", ".join(told) + rest

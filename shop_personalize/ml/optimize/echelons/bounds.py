"""Levels of a serial system in closed form, between two newsvendors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.echelons.demand import Demand
from shop_personalize.ml.optimize.echelons.errors import (
    EchelonError,
    Floats,
    at_least,
    number,
    per_stage,
)


def serial_bounds(
    *,
    echelon_holding: ArrayLike,
    lead_times: ArrayLike,
    shortage: float,
    demand: Demand,
) -> tuple[Floats, Floats]:
    """Lower and upper bounds of the optimal echelon levels, float64 (stages,) each.

    Arguments as ``serial``. Shang and Song (2003), Theorem 1: quantiles of the demand
    of all lead times up to a stage. Raises EchelonError as ``serial`` does, and for a
    stage without echelon holding cost, whose upper bound is infinite.
    """
    holding = np.atleast_1d(np.asarray(echelon_holding, np.float64))
    delays = per_stage("lead_times", lead_times, holding.size)
    at_least("echelon_holding", holding, open_=True)
    at_least("lead_times", delays)
    at_least("lead_times up to and including that", np.cumsum(delays), open_=True)
    number("shortage", shortage, open_=True)
    above = holding.sum() - np.cumsum(holding)
    wanted = shortage + above
    low = wanted / (shortage + holding.sum())
    high = wanted / (wanted + holding)
    sums = [demand.over(float(periods)) for periods in np.cumsum(delays)]
    return (
        np.array([float(s.ppf(ratio)) for s, ratio in zip(sums, low, strict=True)]),
        np.array([float(s.ppf(ratio)) for s, ratio in zip(sums, high, strict=True)]),
    )


def serial_heuristic(
    *,
    echelon_holding: ArrayLike,
    lead_times: ArrayLike,
    shortage: float,
    demand: Demand,
    weight: float = 0.5,
) -> Floats:
    """Levels near the optimum without a recursion, float64 (stages,).

    ``weight`` of the lower bound against the upper one (Shang and Song 2003, section
    3.2; 0.5 is theirs). Raises EchelonError as ``serial_bounds``, and for a weight
    outside 0..1.
    """
    if not 0 <= weight <= 1:
        raise EchelonError(f"weight is {weight:g}; it must be within 0 and 1")
    low, high = serial_bounds(
        echelon_holding=echelon_holding,
        lead_times=lead_times,
        shortage=shortage,
        demand=demand,
    )
    return weight * low + (1 - weight) * high

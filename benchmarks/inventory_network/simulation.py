"""A distribution tree run over many periods, on running totals instead of a loop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Floats = NDArray[np.float64]
Edges = Sequence[tuple[int, int]]
WARM = 100


def simulated(
    levels: Floats, demand: Floats, *, edges: Edges, holding: Floats, shortage: Floats
) -> float:
    """Mean cost a period; every lead time is one period, first come first served.

    Stages are numbered from the source on. What has been asked for by when is known
    beforehand; a stage passes on what it has, and each it serves has then got what it
    had asked for by the time that is reached.
    """
    asked = np.cumsum(demand, axis=1)
    for upstream, downstream in sorted(edges, reverse=True):
        asked[upstream] += asked[downstream]
    given = {0: asked[0]}
    cost = 0.0
    for stage in range(len(levels)):
        here = levels[stage] + late(given[stage])
        passed = np.minimum(asked[stage], here)
        cost += holding[stage] * float((here - passed)[WARM:].mean())
        served = [down for up, down in edges if up == stage]
        for down in served:
            given[down] = np.interp(
                passed, np.append(0.0, asked[stage]), np.append(0.0, asked[down])
            )
            moving = given[down] - late(given[down])
            cost += holding[stage] * float(moving[WARM:].mean())
        if not served:
            waiting = asked[stage] - passed
            cost += shortage[stage] * float(waiting[WARM:].mean())
    return cost


def late(values: Floats) -> Floats:
    return np.append(0.0, values[:-1])


def best_levels(
    start: Floats,
    groups: NDArray[np.int64],
    demand: Floats,
    *,
    edges: Edges,
    holding: Floats,
    shortage: Floats,
) -> float:
    """The least cost a search finds when stages of a group share a level."""
    first = np.array([start[groups == group][0] for group in np.unique(groups)])

    def cost(levels: Floats) -> float:
        return simulated(
            levels[groups], demand, edges=edges, holding=holding, shortage=shortage
        )

    found = optimize.minimize(
        cost, first, method="Nelder-Mead", options={"xatol": 0.05, "fatol": 1e-3}
    )
    return float(found.fun)

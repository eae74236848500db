"""Where to hold safety stock when every stage keeps a promised service time.

The guaranteed-service model (Simpson 1958; Inderfurth 1991; Graves and Willems 2000,
2003): each stage promises its customers a time within which it delivers for certain as
long as demand stays below a bound; stock covers what its own supply and work take
longer. Time is in whole periods, demand bounds are factor · sd · √periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.echelons.errors import (
    EchelonError,
    Floats,
    at_least,
    edges_of,
    per_stage,
)
from shop_personalize.ml.optimize.echelons.trees import Tree

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Guaranteed:
    """The best promises of a network; arrays (stages,).

    ``service`` and ``inbound`` int64: the time promised to customers and the time until
    all supply is there. ``net`` int64: periods that stock must cover. ``safety_stock``
    float64 units, on top of mean demand over ``net``; ``cost`` of holding it, a period.
    """

    service: Integers
    inbound: Integers
    net: Integers
    safety_stock: Floats
    cost: float


def guaranteed(
    *,
    edges: Sequence[tuple[int, int]],
    work: ArrayLike,
    holding: ArrayLike,
    sd: ArrayLike,
    factor: ArrayLike = 1.645,
    supply: ArrayLike = 0,
    promised: ArrayLike = np.inf,
) -> Guaranteed:
    """Service times of least holding cost in a tree of stages, also a serial system.

    ``edges`` are (upstream, downstream) pairs that join all stages without a loop.
    Arrays (stages,) or one number for all: ``work`` whole periods a stage needs itself;
    ``holding`` cost per unit and period; ``sd`` of the outside demand of a period at
    that stage, 0 where there is none (it adds up upstream as that of independent
    demands); ``factor`` how many standard deviations the demand bound covers;
    ``supply`` periods until what comes from outside is there; ``promised`` the longest
    service time that outside customers accept (infinite: any).

    Graves and Willems' (2000) dynamic program, section 5, with the ranges of their
    erratum (2003). Raises EchelonError naming the stage for what is not a tree, times
    that are not whole, and negative costs.
    """
    stages = _stages(work, holding, sd)
    tree = Tree(edges_of(edges, stages), stages)
    net = _Network(
        tree=tree,
        work=_whole("work", per_stage("work", work, stages)),
        supply=_whole("supply", per_stage("supply", supply, stages)),
        promised=_promises(per_stage("promised", promised, stages)),
        unit=_unit(tree, holding, sd, factor),
    )
    service, inbound = net.best()
    covered = inbound + net.work - service
    kept = net.unit[0] * np.sqrt(covered)
    return Guaranteed(service, inbound, covered, kept, float(net.unit[1] @ kept))


def _stages(*values: ArrayLike) -> int:
    return max(np.asarray(value).size for value in values)


def _whole(name: str, values: Floats) -> Integers:
    at_least(name, values)
    broken = values != np.rint(values)
    if broken.any():
        stage = int(broken.argmax())
        raise EchelonError(
            f"{name} of stage {stage} is {values[stage]:g}; it must be whole periods"
        )
    return values.astype(np.int64)


def _promises(values: Floats) -> Floats:
    at_least("promised", np.where(np.isposinf(values), 0.0, values))
    return values


def _unit(
    tree: Tree, holding: ArrayLike, sd: ArrayLike, factor: ArrayLike
) -> tuple[Floats, Floats]:
    """Safety stock for one period of cover, and what a unit of it costs."""
    named = {"holding": holding, "sd": sd, "factor": factor}
    ready = {name: per_stage(name, v, tree.stages) for name, v in named.items()}
    for name, values in ready.items():
        at_least(name, values)
    spread = np.sqrt(tree.sums_downstream(np.square(ready["sd"])))
    return ready["factor"] * spread, ready["holding"]


@dataclass(frozen=True, eq=False)
class _Network:
    tree: Tree
    work: Integers
    supply: Integers
    promised: Floats
    unit: tuple[Floats, Floats]

    def best(self) -> tuple[Integers, Integers]:
        """Service and inbound service times of least cost."""
        longest = self.tree.longest_upstream(self.work, self.supply)
        span = int(longest.max()) + 1
        tables: dict[int, Floats] = {}
        totals = np.zeros((self.tree.stages, span))
        for stage in self.tree.order:
            tables[stage] = self._table(stage, int(longest[stage]), totals)
            axis = 0 if self.tree.parent_is_downstream(stage) else 1
            totals[stage] = tables[stage].min(axis=1 - axis)
        service = self._backtrack(tables, totals)
        return service, self._inbound(service)

    def _table(self, stage: int, longest: int, totals: Floats) -> Floats:
        """Cost of the stage and of all behind it, (service, inbound) of the stage."""
        span = np.arange(totals.shape[1])
        cover = span[None, :] + self.work[stage] - span[:, None]
        cost = self.unit[1][stage] * self.unit[0][stage] * np.sqrt(np.maximum(cover, 0))
        allowed = cover >= 0
        allowed &= span[:, None] <= self.promised[stage]
        allowed &= span[None, :] >= self.supply[stage]
        allowed &= span[None, :] <= longest - self.work[stage]
        for child in self.tree.children(stage):
            if self.tree.parent_is_downstream(child):
                cost = cost + np.minimum.accumulate(totals[child])[None, :]
            else:
                cost = cost + _from_here_on(totals[child])[:, None]
        return np.where(allowed, cost, np.inf)

    def _backtrack(self, tables: dict[int, Floats], totals: Floats) -> Integers:
        """Follow the cheapest choices from the root to the leaves."""
        service = np.zeros(self.tree.stages, np.int64)
        inbound = np.zeros(self.tree.stages, np.int64)
        for stage in reversed(self.tree.order):
            table, parent = tables[stage], self.tree.parent(stage)
            if parent is None:
                at = np.unravel_index(int(table.argmin()), table.shape)
                service[stage], inbound[stage] = at
            elif self.tree.parent_is_downstream(stage):
                service[stage] = totals[stage, : inbound[parent] + 1].argmin()
                inbound[stage] = table[service[stage]].argmin()
            else:
                first = service[parent]
                inbound[stage] = first + totals[stage, first:].argmin()
                service[stage] = table[:, inbound[stage]].argmin()
        return service

    def _inbound(self, service: Integers) -> Integers:
        inbound = self.supply.copy()
        for upstream, downstream in self.tree.edges:
            inbound[downstream] = max(inbound[downstream], service[upstream])
        return inbound


def _from_here_on(totals: Floats) -> Floats:
    """The least of each value and all after it."""
    return np.minimum.accumulate(totals[::-1])[::-1]

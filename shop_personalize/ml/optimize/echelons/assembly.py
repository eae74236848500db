"""Parts that come together in one product: a serial system in disguise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.echelons.demand import Demand
from shop_personalize.ml.optimize.echelons.errors import (
    EchelonError,
    Floats,
    at_least,
    edges_of,
    per_stage,
)
from shop_personalize.ml.optimize.echelons.serial import Grid, Serial, serial
from shop_personalize.ml.optimize.echelons.trees import Tree


@dataclass(frozen=True, eq=False)
class Row:
    """The serial system an assembly system equals, its stages from the customer up.

    ``stage_of`` int64 (items,) says at which stage an item stands: items equally far
    from the customer share one. ``lead_times`` and ``echelon_holding`` float64
    (stages,).
    """

    stage_of: NDArray[np.int64]
    lead_times: Floats
    echelon_holding: Floats


def row_of(
    *, edges: Sequence[tuple[int, int]], lead_times: ArrayLike, holding: ArrayLike
) -> Row:
    """Rosling's (1989) equivalent serial system, Theorem 1.

    ``edges`` are (part, what it goes into) pairs, each item into one other, one unit
    each; ``lead_times`` (items,) to make or fetch an item once its parts are there;
    ``holding`` (items,) cost per unit and period, with all its parts. Raises
    EchelonError naming the item for what is not an assembly.
    """
    items = np.asarray(holding).size
    delays = per_stage("lead_times", lead_times, items)
    local = per_stage("holding", holding, items)
    at_least("lead_times", delays)
    at_least("holding", local)
    tree = Tree(edges_of(edges, items), items)
    added = local.copy()
    far = delays.copy()
    into = _successors(tree)
    for item in reversed(tree.from_upstream()):
        if item in into:
            added[into[item]] -= local[item]
            far[item] += far[into[item]]
    _check_added(added)
    distances, stage_of = np.unique(far.round(9), return_inverse=True)
    together = np.zeros(distances.size)
    np.add.at(together, stage_of, np.maximum(added, 0.0))
    return Row(
        stage_of=stage_of.astype(np.int64),
        lead_times=np.diff(distances, prepend=0.0),
        echelon_holding=together,
    )


def assembly(
    *,
    edges: Sequence[tuple[int, int]],
    lead_times: ArrayLike,
    holding: ArrayLike,
    shortage: float,
    demand: Demand,
    grid: Grid | None = None,
) -> Serial:
    """Optimal echelon levels float64 (items,) of an assembly system, and their cost.

    Arguments as ``row_of`` and ``serial``. Optimal once stocks are in balance, as they
    come to be for good (Rosling 1989). Raises EchelonError as they do.
    """
    row = row_of(edges=edges, lead_times=lead_times, holding=holding)
    found = serial(
        echelon_holding=row.echelon_holding,
        lead_times=row.lead_times,
        shortage=shortage,
        demand=demand,
        grid=grid,
    )
    return Serial(found.levels[row.stage_of], found.cost)


def _successors(tree: Tree) -> dict[int, int]:
    into: dict[int, int] = {}
    for part, whole in tree.edges:
        if part in into:
            raise EchelonError(
                f"stage {part} goes into {into[part]} and {whole}; "
                "in an assembly each goes into one"
            )
        into[part] = whole
    return into


def _check_added(added: Floats) -> None:
    if (added < -1e-9).any():
        item = int(added.argmin())
        raise EchelonError(
            f"holding of stage {item} is {-added[item]:g} less than that of its parts; "
            "a whole costs at least what its parts do"
        )

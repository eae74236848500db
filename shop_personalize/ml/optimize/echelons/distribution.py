"""One source, many shops: levels of a distribution tree without a search.

The decomposition-aggregation heuristic of Rong, Atan and Snyder (2017): each shop's way
from the source is a serial system on its own; a warehouse's level then is the one that
keeps those it serves waiting as much as their own serial systems would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from shop_personalize.ml.optimize.echelons.bounds import serial_heuristic
from shop_personalize.ml.optimize.echelons.demand import NormalDemand
from shop_personalize.ml.optimize.echelons.errors import (
    EchelonError,
    Floats,
    at_least,
    edges_of,
    per_stage,
)
from shop_personalize.ml.optimize.echelons.trees import Tree


@dataclass(frozen=True, eq=False)
class _Shops:
    """Ways from each shop up to the source, and what a stage costs."""

    ways: list[list[int]]
    holding: Floats
    delays: Floats
    mean: Floats
    sd: Floats
    shortage: Floats


def distribution(
    *,
    edges: Sequence[tuple[int, int]],
    lead_times: ArrayLike,
    holding: ArrayLike,
    shortage: ArrayLike,
    mean: ArrayLike,
    sd: ArrayLike,
) -> Floats:
    """Local base-stock levels float64 (stages,) of a distribution tree.

    ``edges`` are (supplier, supplied) pairs, each stage supplied by one. Arrays
    (stages,): ``lead_times`` in periods from the supplier, above 0; ``holding`` per
    unit and period, not falling on the way down; ``shortage`` per unit and period a
    customer waits, ``mean`` and ``sd`` of a period's normal demand, both at the last
    stages (zero elsewhere). Raises EchelonError naming the stage.
    """
    stages = max(np.asarray(value).size for value in (holding, mean, sd))
    tree = Tree(edges_of(edges, stages), stages)
    shops = _shops(tree, lead_times, holding, shortage, mean, sd)
    waiting = np.zeros(stages)
    levels = np.zeros(stages)
    for way in shops.ways:
        local = _alone(shops, way)
        levels[way[0]] = local[0]
        spread = shops.sd[way[0]] * np.sqrt(shops.delays[way])
        centered = (local - shops.mean[way[0]] * shops.delays[way]) / spread
        waiting[way] += spread * _loss(centered)
    return _aggregate(tree, shops, waiting, levels)


def _shops(tree: Tree, lead_times: ArrayLike, *values: ArrayLike) -> _Shops:
    names = ("holding", "shortage", "mean", "sd")
    given = {
        name: per_stage(name, value, tree.stages)
        for name, value in zip(names, values, strict=True)
    }
    delays = per_stage("lead_times", lead_times, tree.stages)
    at_least("lead_times", delays, open_=True)
    for name, value in given.items():
        at_least(name, value)
    _only_shops_sell(tree, {name: given[name] for name in ("mean", "sd")})
    ways = _ways(tree, given["sd"])
    for shop in (way[0] for way in ways):
        if given["shortage"][shop] == 0:
            raise EchelonError(f"shortage of stage {shop} is 0; it must be above 0")
    return _Shops(ways=ways, delays=delays, **given)


def _only_shops_sell(tree: Tree, given: dict[str, Floats]) -> None:
    for stage in sorted({upstream for upstream, _ in tree.edges}):
        for name, value in given.items():
            if value[stage]:
                raise EchelonError(
                    f"{name} of stage {stage} is {value[stage]:g}; it supplies others, "
                    "so it must be 0"
                )


def _ways(tree: Tree, sd: Floats) -> list[list[int]]:
    supplier: dict[int, int] = {}
    for upstream, downstream in tree.edges:
        if downstream in supplier:
            raise EchelonError(
                f"stage {downstream} is supplied by {supplier[downstream]} and "
                f"{upstream}; in a distribution tree each is supplied by one"
            )
        supplier[downstream] = upstream
    ways = []
    for shop in sorted(set(range(tree.stages)) - {up for up, _ in tree.edges}):
        if sd[shop] == 0:
            raise EchelonError(f"sd of stage {shop} is 0; a last stage has demand")
        way = [shop]
        while way[-1] in supplier:
            way.append(supplier[way[-1]])
        ways.append(way)
    return ways


def _alone(shops: _Shops, way: list[int]) -> Floats:
    """Local levels of one way as if nobody else were served."""
    added = shops.holding[way] - np.append(shops.holding[way][1:], 0.0)
    if (added <= 0).any():
        stage = way[int(added.argmin())]
        raise EchelonError(
            f"holding of stage {stage} is not above that of its supplier; "
            "stock must cost more further down"
        )
    levels = serial_heuristic(
        echelon_holding=added,
        lead_times=shops.delays[way],
        shortage=float(shops.shortage[way[0]]),
        demand=NormalDemand(float(shops.mean[way[0]]), float(shops.sd[way[0]])),
    )
    reachable = np.minimum.accumulate(levels[::-1])[::-1]
    return np.diff(reachable, prepend=0.0)


def _aggregate(tree: Tree, shops: _Shops, waiting: Floats, levels: Floats) -> Floats:
    """Levels at which a warehouse's expected backorders are the sum of the ways'."""
    mean = tree.sums_downstream(shops.mean) * shops.delays
    spread = np.sqrt(tree.sums_downstream(np.square(shops.sd)) * shops.delays)
    pooled = mean + spread * _loss_inverse(waiting / spread)
    inner = sorted({upstream for upstream, _ in tree.edges})
    levels[inner] = pooled[inner]
    return levels


def _loss(z: Floats) -> Floats:
    """Standard normal E[(Z - z)+]."""
    density = np.exp(-np.square(z) / 2) / np.sqrt(2 * np.pi)
    loss: Floats = density - z * special.ndtr(-z)
    return loss


def _loss_inverse(loss: Floats) -> Floats:
    """The ``z`` whose loss it is, by bisection."""
    low, high = -loss - 10, np.full(loss.shape, 40.0)
    for _ in range(80):
        half = (low + high) / 2
        more = _loss(half) > loss
        low, high = np.where(more, half, low), np.where(more, high, half)
    middle: Floats = (low + high) / 2
    return middle

"""Three ways to a distribution of counts, weak in different places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import nbinom

from shop_personalize.ml.forecast.counts.distribution import Distribution
from shop_personalize.ml.forecast.parameters import latest

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

Edges = NDArray[np.float64]
ROUNDS = 12
CLOSE = 1e-2
"""A step as small ends the search; the next would be a hundred times smaller."""
APART = 4
"""Fewer sums that do not overlap say too little of how they spread."""
LEAST_SHAPE, MOST_SHAPE = 0.05, 1e6


def sums(values: FloatMatrix, periods: int) -> FloatMatrix:
    """Sums over every ``periods`` columns in a row: (n, columns - periods + 1).

    NaN where one of them is.
    """
    total = np.pad(np.nancumsum(values, axis=1), ((0, 0), (1, 0)))
    unknown = np.pad(np.isnan(values).cumsum(axis=1), ((0, 0), (1, 0)))
    known = unknown[:, periods:] == unknown[:, :-periods]
    return np.where(known, total[:, periods:] - total[:, :-periods], np.nan)


def shares_up_to(outcomes: FloatMatrix, edges: Edges) -> FloatMatrix:
    """Share of the known outcomes (m, k) that are at most each edge: (m, j)."""
    known = np.maximum((~np.isnan(outcomes)).sum(axis=1), 1)
    rows = [(outcomes <= edge).sum(axis=1) / known for edge in edges]
    return np.stack(rows, axis=1)


def own_past(panel: Panel, periods: int, window: int, edges: Edges) -> Distribution:
    """What the series itself sold in ``window`` periods, or in the time of four sums.

    A row of NaN where a series has not even one.
    """
    seen = sums(latest(panel, max(window, APART * periods)), periods)
    shares = shares_up_to(seen, edges)
    shares[:, -1] = 1.0
    shares[np.isnan(seen).all(axis=1)] = np.nan
    return Distribution(edges, shares)


def shape_of(means: FloatMatrix, outcomes: FloatMatrix) -> float:
    """Pooled shape k of variance = mean + mean² / k, by moments; NaN is left out.

    ``means`` (m, 1) expected, ``outcomes`` (m, k) seen. Cameron, Trivedi (1986).
    """
    known = ~np.isnan(outcomes)
    squared = np.where(known, (outcomes - means) ** 2 - means, 0.0).sum()
    expected = np.where(known, means**2, 0.0).sum()
    shape = expected / squared if squared > 0.0 else MOST_SHAPE
    return float(np.clip(shape, LEAST_SHAPE, MOST_SHAPE))


def negative_binomial(mean: Levels, shape: float, edges: Edges) -> Distribution:
    """Counts with ``mean`` (n,) and variance mean + mean² / ``shape``.

    What would lie above the last edge lies at it.
    """
    chance = shape / (shape + np.maximum(mean, 1e-12))
    up_to = np.asarray(nbinom.cdf(edges[None], shape, chance[:, None]), np.float64)
    up_to[:, -1] = 1.0
    return Distribution(edges, up_to)


def by_threshold(
    past: FloatMatrix,
    shares: FloatMatrix,
    weights: Levels,
    now: FloatMatrix,
    edges: Edges,
    penalty: float,
) -> Distribution:
    """A logistic regression for every edge, of whether it is at most as many.

    Distribution regression: Foresi, Peracchi (1995); Chernozhukov, Fernández-Val,
    Melly (2013). ``past`` (m, b) and ``now`` (n, b) are bases of features, ``shares``
    (m, j) how many of the outcomes were at most the edge. Rising in the edge by the
    running maximum; the last edge holds all.
    """
    past, now = (np.column_stack([np.ones(len(x)), x]) for x in (past, now))
    found, start = [], None
    for place in range(len(edges) - 1):
        start = logistic(past, shares[:, place], weights, penalty, start)
        found.append(expit(now @ start))
    up_to = np.stack([*found, np.ones(len(now))], axis=1)
    return Distribution(edges, np.maximum.accumulate(up_to, axis=1))


def logistic(
    basis: FloatMatrix,
    shares: Levels,
    weights: Levels,
    penalty: float,
    start: Levels | None = None,
) -> Levels:
    """Coefficients (b,) of shares in 0 … 1 on ``basis`` (m, b), by Newton's method.

    ``penalty`` is squared, times the sum of the weights, the first column without.
    ``start`` near the solution, as that of the edge before, saves rounds.
    """
    ridge = np.full(basis.shape[1], penalty * weights.sum())
    ridge[0] = 0.0
    middle = np.clip(np.average(shares, weights=weights), 1e-6, 1.0 - 1e-6)
    found = np.zeros(basis.shape[1]) if start is None else start.copy()
    if start is None:
        found[0] = np.log(middle / (1.0 - middle))
    for _ in range(ROUNDS):
        chance = expit(np.clip(basis @ found, -12.0, 12.0))
        slope = basis.T @ (weights * (shares - chance)) - ridge * found
        bend = weights * np.maximum(chance * (1.0 - chance), 1e-6)
        curve = basis.T @ (basis * bend[:, None]) + np.diag(ridge)
        step = np.clip(np.linalg.solve(curve, slope), -2.0, 2.0)
        found += step
        if np.abs(step).max() < CLOSE:
            break
    return found

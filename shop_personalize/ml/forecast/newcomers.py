"""What a product with little history of its own will sell, told by similar ones.

Its neighbors, as the recommender of similar products names them, were new once: their
first periods are its launch, at a level drawn to its own as its sales come in.
Reference: Kahn (2014), "Solving the problems of new product forecasting", on looks-like
analysis; the weight n / (n + kappa) is that of a Bayesian mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Launch:
    """Of k new products over h periods: ``mean``, ``lower`` and ``upper`` (k, h).

    ``told_by`` (k,) how many neighbors had been there so long; NaN where none had.
    """

    mean: FloatMatrix
    lower: FloatMatrix
    upper: FloatMatrix
    told_by: NDArray[np.int64]


def launched(
    panel: Panel,
    rows: NDArray[np.int64],
    neighbors: NDArray[np.int64],
    weights: FloatMatrix,
    horizon: int,
    *,
    kappa: float = 8.0,
    level: float = 0.8,
) -> Launch:
    """Forecast the new products ``rows`` (k,) from their ``neighbors`` (k, m).

    ``neighbors`` rows of the panel, -1 for none; ``weights`` (k, m) likeness, 0 or
    more. A product with a known periods starts at the a-th of its neighbors' lives; its
    level is (own sales + kappa x usual) / (usual sales of those periods + kappa x
    usual), so that after kappa periods it is half its own. The interval holds ``level``
    of the neighbors' weight. Raises PanelError for shapes that do not fit and for gaps.
    """
    _check(panel, rows, neighbors, weights, horizon, level)
    ages = panel.periods - panel.starts
    own_age = np.where(rows < 0, 0, ages[rows])
    lives = _lives(panel)
    mean, low, high = (np.full((len(rows), horizon), np.nan) for _ in range(3))
    told = np.zeros(len(rows), np.int64)
    for at, (row, age) in enumerate(zip(rows, own_age, strict=True)):
        known = neighbors[at] >= 0
        who, weight = neighbors[at][known], weights[at][known]
        older = (ages[who] > age) & (weight > 0) & (who != row)
        who, weight = who[older], weight[older]
        told[at] = len(who)
        if not len(who):
            continue
        lived = lives[who]
        own = lives[row, :age].sum() if row >= 0 else 0.0
        scale = _scale(lived, weight, age, float(own), kappa)
        ahead = _window(lived, int(age), horizon)
        tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
        found = [scale * _quantile(ahead, weight, share) for share in tails]
        low[at], mean[at], high[at] = found
    return Launch(mean, low, high, told)


def launch_sums(
    panel: Panel,
    neighbors: NDArray[np.int64],
    weights: FloatMatrix,
    levels: tuple[float, ...],
    spans: tuple[int, ...],
) -> NDArray[np.float64]:
    """What the first periods of a life may bring together: (k, levels, spans).

    Weighted quantiles, at each of ``levels``, of the sums that the ``neighbors``
    (k, m) sold in their first ``spans`` periods. Beyond the longest of their lives its
    sum grows in proportion; NaN where there is no neighbor.
    """
    lives = _lives(panel)
    found = np.full((len(neighbors), len(levels), len(spans)), np.nan)
    for at, (who, weight) in enumerate(zip(neighbors, weights, strict=True)):
        known = (who >= 0) & (weight > 0)
        if not known.any():
            continue
        sums = np.cumsum(lives[who[known]], axis=1)
        lived = np.minimum(spans, int((~np.isnan(sums)).sum(axis=1).max()))
        longer = np.array(spans) / lived
        for place, level in enumerate(levels):
            told = _quantile(sums[:, lived - 1], weight[known], level)
            found[at, place] = longer * told
    return found


def blended(
    own: FloatMatrix, launch: FloatMatrix, ages: NDArray[np.int64], kappa: float = 8.0
) -> FloatMatrix:
    """A product's own forecast (k, h) and its launch, weighed by its age (k,).

    Own has weight age / (age + kappa); where no neighbor tells, it has all.
    """
    weight = (ages / (ages + kappa))[:, None]
    weight = np.where(np.isnan(launch), 1.0, weight)
    found: FloatMatrix = weight * own + (1 - weight) * np.nan_to_num(launch)
    return found


def _check(
    panel: Panel,
    rows: NDArray[np.int64],
    neighbors: NDArray[np.int64],
    weights: FloatMatrix,
    horizon: int,
    level: float,
) -> None:
    if neighbors.shape != weights.shape or len(neighbors) != len(rows):
        raise PanelError(
            f"neighbors are {neighbors.shape}, weights {weights.shape}, for "
            f"{len(rows)} products"
        )
    if neighbors.max(initial=-1) >= len(panel) or rows.max(initial=-1) >= len(panel):
        raise PanelError(f"a neighbor is none of the panel's {len(panel)} series")
    if panel.gaps.any():
        raise PanelError("fill the gaps first: filled(panel, 'zero'), 'interpolate', …")
    if (weights < 0).any():
        raise PanelError("a weight is negative; likeness is 0 or more")
    if horizon < 1 or not 0 < level < 1:
        raise PanelError(f"horizon {horizon} must be 1 or more, level {level} a share")


def _lives(panel: Panel) -> FloatMatrix:
    """Every series from its first period on, left-aligned; NaN after its end."""
    steps = np.arange(panel.periods)
    columns = panel.starts[:, None] + steps
    inside = columns < panel.periods
    taken = np.take_along_axis(
        panel.values, np.minimum(columns, panel.periods - 1), axis=1
    )
    return np.where(inside, taken, np.nan)


def _scale(
    lived: FloatMatrix, weight: Vector, age: int, own: float, kappa: float
) -> float:
    if age == 0:
        return 1.0
    first = _quantile(lived[:, :age], weight, 0.5)
    told = ~np.isnan(lived).all(axis=0)
    usual = float(np.mean(_quantile(lived[:, told], weight, 0.5)))
    if usual <= 0:
        return 1.0
    return float((own + kappa * usual) / (float(first.sum()) + kappa * usual))


def _window(lived: FloatMatrix, start: int, horizon: int) -> FloatMatrix:
    """Columns start … start + horizon; beyond the panel the last one goes on."""
    columns = np.minimum(np.arange(start, start + horizon), lived.shape[1] - 1)
    found: FloatMatrix = lived[:, columns]
    return found


def _quantile(values: FloatMatrix, weight: Vector, share: float) -> Vector:
    """Weighted quantile of each column of (m, h); the last known one goes on."""
    order = np.argsort(values, axis=0)
    ranked = np.take_along_axis(values, order, axis=0)
    mass = np.where(np.isnan(ranked), 0.0, weight[order])
    reached = np.cumsum(mass, axis=0)
    at = (reached >= share * reached[-1]).argmax(axis=0)
    found = ranked[at, np.arange(values.shape[1])]
    found = np.where(reached[-1] > 0, found, np.nan)
    last = np.maximum.accumulate(np.where(np.isnan(found), 0, np.arange(len(found))))
    return found[last]

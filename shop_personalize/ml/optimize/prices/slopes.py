"""The slope of every item's sales on its price, all items together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from shop_personalize.ml.optimize.prices.cells import Cells
from shop_personalize.ml.optimize.prices.sales import Bools, Floats

ROUNDS = 200
"""Turns between slopes and seasons, at most."""
CLOSE = 1e-9
"""Change of a slope or a season at which the turns end."""
STEEPEST = 50.0
"""Where a slope is stopped that would run away: all units at one price."""
LENT = 20.0
"""Rows the variances of all items count for in that of one."""
FEWEST_CLUSTERS = 10
"""Below so many places errors by place are not to be trusted."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """What each of n items answers price with, its rows alone.

    ``values`` and ``errors`` float64 (n,): the slope on log price and its standard
    error, wide enough for the normal distribution. ``known`` bool (n,): whether price
    moved apart from all else. ``coefficients`` float64 (n, k), the controls too.
    """

    values: Floats
    errors: Floats
    known: Bools
    coefficients: Floats


def logarithmic(cells: Cells, *, clustered: bool) -> Slopes:
    """Least squares of log units, cells (and periods) taken out; units are above 0.

    Frisch and Waugh (1933): regress what is left of sales on what is left of prices.
    Periods are taken out in turns with the slopes, which ends where both together end.
    """
    x = cells.within(cells.x)
    inverse, known = _inverse(cells.products(x))
    y = np.log(cells.units)
    season = np.zeros(len(cells))
    for _ in range(ROUNDS):
        left = cells.within(y - season)
        slopes = _solved(cells, inverse, x, left)
        rest = left - (x * slopes[cells.item]).sum(axis=1)
        change = _mean_by_period(cells, rest)
        season = season + change
        if np.abs(change).max(initial=0) < CLOSE:
            break
    shares = (x * inverse[cells.item, 0]).sum(axis=1)
    freedom = _freedom(cells, x.shape[1])
    spread = cells.item_sums(rest**2) / freedom
    plain = spread * inverse[:, 0, 0]
    return _slopes(cells, slopes, known, shares * rest, plain, freedom, clustered)


def counting(cells: Cells, *, clustered: bool) -> Slopes:
    """Poisson pseudo-likelihood: periods without a sale count, too.

    Santos Silva and Tenreyro (2006), "The log of gravity": consistent whatever the
    distribution, as long as the mean is right. Cells drop out in closed form (Hausman,
    Hall and Griliches 1984), so that a Newton step is k × k for each item.
    """
    slopes = np.zeros((cells.n, cells.x.shape[1]))
    log_season = np.zeros(len(cells))
    fixed = cells.within(cells.x)
    for _ in range(ROUNDS):
        expected = _expected(cells, fixed, slopes, log_season)
        x = cells.within(cells.x, expected)
        inverse, known = _inverse(cells.products(x, expected))
        step = _solved(cells, inverse, x, cells.units - expected)
        step = np.clip(step, -1.0, 1.0)
        slopes = np.clip(slopes + step, -STEEPEST, STEEPEST)
        change = _growth_by_period(cells, expected)
        log_season = log_season + change
        if max(np.abs(step).max(), np.abs(change).max(initial=0)) < CLOSE:
            break
    expected = _expected(cells, fixed, slopes, log_season)
    shares = (x * inverse[cells.item, 0]).sum(axis=1)
    freedom = _freedom(cells, x.shape[1])
    rest = cells.units - expected
    return _slopes(
        cells, slopes, known, shares * rest, inverse[:, 0, 0], freedom, clustered
    )


def _expected(
    cells: Cells, fixed: Floats, slopes: Floats, log_season: Floats
) -> Floats:
    """Units a row should sell, those of its cell adding up: (r,)."""
    index = (fixed * slopes[cells.item]).sum(axis=1) + log_season
    weights = np.exp(np.clip(index, -500, 500))
    whole = np.maximum(cells.cell_sums(weights), 1e-300)
    scale = cells.cell_sums(cells.units) / whole
    found: Floats = weights * scale[cells.cell]
    return found


def _mean_by_period(cells: Cells, rest: Floats) -> Floats:
    if not cells.period.size:
        return np.zeros(len(cells))
    means = np.bincount(cells.period, rest) / np.bincount(cells.period)
    found: Floats = means[cells.period]
    return found


def _growth_by_period(cells: Cells, expected: Floats) -> Floats:
    if not cells.period.size:
        return np.zeros(len(cells))
    sold = np.bincount(cells.period, cells.units) + 0.5
    growth = np.log(sold / (np.bincount(cells.period, expected) + 0.5))
    found: Floats = growth[cells.period]
    return found


def _inverse(products: Floats) -> tuple[Floats, Bools]:
    """Pseudo-inverse (n, k, k), and whether price is told apart from all else: (n,)."""
    inverse = np.linalg.pinv(products, rcond=1e-9, hermitian=True).astype(np.float64)
    own = np.einsum("nk,nk->n", inverse[:, 0], products[:, :, 0])
    known: Bools = (np.abs(own - 1) < 1e-6) & (products[:, 0, 0] > 1e-9)
    return inverse, known


def _solved(cells: Cells, inverse: Floats, x: Floats, y: Floats) -> Floats:
    right = cells.item_sums(x * y[:, None])
    found: Floats = np.einsum("nkl,nl->nk", inverse, right)
    return found


def _freedom(cells: Cells, k: int) -> Floats:
    rows = np.bincount(cells.item, minlength=cells.n)
    found: Floats = np.maximum(rows - cells.cells_of_item - k, 1.0)
    return found


def _slopes(
    cells: Cells,
    slopes: Floats,
    known: Bools,
    pulls: Floats,
    plain: Floats,
    freedom: Floats,
    clustered: bool,
) -> Slopes:
    rows = np.bincount(cells.item, minlength=cells.n)
    robust = cells.item_sums(pulls**2) * rows / freedom
    if clustered and len(cells):
        robust, freedom = _by_place(cells, pulls, robust, freedom)
    wide = stdtrit(freedom, 0.975) / stdtrit(np.inf, 0.975)
    errors = np.sqrt(_moderated(robust, plain, known, freedom)) * wide
    return Slopes(slopes[:, 0], errors, known & (errors > 0), slopes)


def _by_place(
    cells: Cells, pulls: Floats, robust: Floats, freedom: Floats
) -> tuple[Floats, Floats]:
    """By place (Liang and Zeger 1986) where an item has enough of them."""
    count = cells.cells_of_item
    first = np.flatnonzero(np.diff(cells.cell, prepend=-1))
    squares = cells.cell_sums(pulls) ** 2
    sums = np.bincount(cells.item[first], squares, minlength=cells.n)
    by_place = sums * (count / np.maximum(count - 1, 1))
    enough = count >= FEWEST_CLUSTERS
    return np.where(enough, by_place, robust), np.where(enough, count - 1.0, freedom)


def _moderated(robust: Floats, plain: Floats, known: Bools, freedom: Floats) -> Floats:
    """Robust variances (White 1980, HC1), drawn to their usual multiple of plain ones.

    Of few rows a robust variance is a guess, too small as often as not, and a shop has
    many such items: variances lend each other strength (Smyth 2004, "Linear models and
    empirical Bayes methods"), those of one item alone stay.
    """
    good = known & (plain > 0)
    if not good.any():
        return robust
    ratio = np.where(good, robust / np.where(good, plain, 1.0), 0.0)
    weight = np.where(good, freedom, 0.0)
    usual = (weight * ratio).sum() / weight.sum()
    found = (freedom * ratio + LENT * usual) / (freedom + LENT)
    return np.where(good, found * plain, robust)

"""How products sell that the same customers buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.weekly.lines import Sales

YEAR = 52
NEIGHBORS = 20


def course(
    likeness: NDArray[np.float64], rates: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What neighbors sold beside what they usually do: float64 (products, weeks).

    ``rates``: units of each week as of a whole one.
    """
    usual = np.maximum(rates.mean(axis=1, keepdims=True), 1e-9)
    return np.asarray(likeness @ (rates / usual))


def a_year_ago(
    of_neighbors: NDArray[np.float64], is_open: NDArray[np.bool_], ahead: int
) -> NDArray[np.float64]:
    """The mean of the three weeks around each week, a year before it.

    Of the known weeks and those ``ahead``: float64 (products, weeks + ahead), NaN in
    the first year. Closed weeks count in no mean.
    """
    n, known = of_neighbors.shape
    found = np.full((n, known + ahead), np.nan)
    for week in range(YEAR, known + ahead):
        around = slice(max(week - YEAR - 1, 0), week - YEAR + 2)
        counted = of_neighbors[:, around][:, is_open[around]]
        found[:, week] = counted.mean(axis=1)
    return found


def alike(sales: Sales, rows: NDArray[np.int64], known: int) -> NDArray[np.float64]:
    """Shares of the 20 products whose customers of the last 52 weeks are the likest.

    Cosine of the customers; float64 (rows, rows), a row sums to 1.
    """
    place = np.full(len(sales.christmas), -1)
    place[rows] = np.arange(len(rows))
    then = (sales.week < known) & (sales.week >= known - YEAR)
    then &= place[sales.product] >= 0
    bought = np.zeros((len(rows), int(sales.customer.max()) + 1), np.float32)
    bought[place[sales.product[then]], sales.customer[then]] = 1
    bought /= np.sqrt(np.maximum(bought.sum(axis=1, keepdims=True), 1))
    found = (bought @ bought.T).astype(np.float64)
    np.fill_diagonal(found, 0)
    least = np.sort(found, axis=1)[:, -min(NEIGHBORS, len(rows)), None]
    found[found < least] = 0
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9))

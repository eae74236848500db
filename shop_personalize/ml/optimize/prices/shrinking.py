"""How far single estimates are drawn toward the mean of their group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Floats, Ints

Between = Literal["paule-mandel", "dersimonian-laird"]


@dataclass(frozen=True, eq=False)
class Group:
    """Random-effects mean of each of g groups: ``mean`` and ``error`` float64 (g,).

    ``count`` int64 (g,): estimates in it; without one the mean is 0 and the error
    infinite. ``between``: variance of the true values within a group.
    """

    mean: Floats
    error: Floats
    count: Ints
    between: float


def grouped(
    values: Floats,
    errors: Floats,
    group: Ints,
    n: int,
    *,
    method: Between = "paule-mandel",
) -> Group:
    """Means of ``n`` groups, and one variance of true values within them.

    ``values`` float64 (m,) with standard ``errors``, ``group`` int64 (m,). The variance
    is shared by all groups: most categories are too small to tell their own.
    """
    between = between_variance(values, errors, group, n, method=method)
    weight = 1 / (errors**2 + between)
    total = np.bincount(group, weight, minlength=n)
    with np.errstate(divide="ignore"):
        mean = np.bincount(group, weight * values, minlength=n) / np.where(
            total > 0, total, 1.0
        )
        error = np.sqrt(1 / total)
    return Group(mean, error, np.bincount(group, minlength=n), between)


def between_variance(
    values: Floats, errors: Floats, group: Ints, n: int, *, method: Between
) -> float:
    """Variance of the true values around the mean of their group.

    Paule and Mandel (1982): at which the weighted squares around the means are as many
    as there are degrees of freedom. DerSimonian and Laird (1986): one step of it. 0
    where estimates differ by no more than their errors, or no group has two.
    """
    freedom = len(values) - len(np.unique(group))
    if freedom < 1:
        return 0.0
    if method == "dersimonian-laird":
        return _one_step(values, errors, group, n, freedom)
    low, high = 0.0, float(np.var(values) * len(values) + 1)
    if _squares(values, errors**2, group, n) <= freedom:
        return 0.0
    for _ in range(100):
        middle = (low + high) / 2
        if _squares(values, errors**2 + middle, group, n) > freedom:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def drawn(
    values: Floats, errors: Floats, mean: Floats, variance: Floats
) -> tuple[Floats, Floats, Floats]:
    """Each estimate and its group, weighted by what is known of them.

    Returns value, standard error and the weight of the estimate itself, (m,) each:
    the posterior of a normal mean (Morris 1983).
    """
    weight = variance / (variance + errors**2)
    value = weight * values + (1 - weight) * mean
    return value, np.sqrt((1 - weight) * variance), weight


def _squares(values: Floats, variance: Floats, group: Ints, n: int) -> float:
    weight = 1 / variance
    total = np.bincount(group, weight, minlength=n)
    mean = np.bincount(group, weight * values, minlength=n) / np.where(total, total, 1)
    return float((weight * (values - mean[group]) ** 2).sum())


def _one_step(
    values: Floats, errors: Floats, group: Ints, n: int, freedom: int
) -> float:
    weight = 1 / errors**2
    total = np.bincount(group, weight, minlength=n)
    squares = np.bincount(group, weight**2, minlength=n)
    scale = (total - squares / np.where(total, total, 1)).sum()
    excess = _squares(values, errors**2, group, n) - freedom
    return float(max(excess / scale, 0.0))

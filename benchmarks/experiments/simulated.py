"""Visitors of a simulated shop, and sums over them as they come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials import Moments

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    Draw = Callable[[Generator, int], Any]

BUYERS = 0.03
"""Share of visitors who buy at all: 97 % of the revenue column are zeros."""


def normal(rng: Generator, n: int) -> Any:
    return rng.normal(0, 1, n)


def orders(rng: Generator, n: int) -> Any:
    """One visitor in twenty orders."""
    return (rng.random(n) < 0.05).astype(float)


def revenue(rng: Generator, n: int) -> Any:
    """Amounts by exp(normal), mean 82 times the share of buyers."""
    return (rng.random(n) < BUYERS) * 50 * np.exp(rng.normal(0, 1, n))


METRICS: dict[str, Draw] = {"normal": normal, "orders": orders, "revenue": revenue}


def as_they_come(values: Any, members: Any, looks: Any) -> Moments:
    """Sums over an arm's visitors after each of ``looks`` visitors of all arms."""
    held = values * members
    return Moments(
        units=np.cumsum(members)[looks - 1].astype(float),
        value=np.cumsum(held)[looks - 1],
        value_value=np.cumsum(held * values)[looks - 1],
    )


def naive_z(control: Moments, treatment: Moments) -> Any:
    """The z-test of the textbook: distance in standard errors at each look."""
    error = np.sqrt(
        control.variance / control.units + treatment.variance / treatment.units
    )
    return (treatment.mean - control.mean) / error


def share(hits: Any) -> dict[str, float]:
    """A share of runs in percent, and its standard error."""
    hits = np.asarray(hits, float)
    return {
        "percent": round(100 * float(hits.mean()), 2),
        "error": round(100 * float(hits.std() / np.sqrt(len(hits))), 2),
    }

"""How far users and items lie from the mean, whoever meets whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.ratings.triples import Triples

Kind = TypeVar("Kind", np.float64, np.bool_)
SWEEPS = 10
USER_DAMPING = 5.0
ITEM_DAMPING = 5.0
"""Ratings of the mean that stand beside the real ones of a user or an item."""


@dataclass(frozen=True)
class Biases:
    """``mean``, ``users`` float (n_users,), ``items`` float (n_items,): deviations.

    A code that was never rated, or lies outside, deviates by 0. ``rated``: which users
    and which items were rated at least once, bool (n_users,) and (n_items,).
    """

    mean: float
    users: NDArray[np.float64]
    items: NDArray[np.float64]
    rated: tuple[NDArray[np.bool_], NDArray[np.bool_]]

    def of(
        self, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Mean + deviation of the user + deviation of the item."""
        moved = looked_up(self.users, users) + looked_up(self.items, items)
        return np.asarray(self.mean + moved)


def learn_biases(triples: Triples) -> Biases:
    """Alternate damped means of what the other side leaves unexplained.

    The least squares of Koren (2010), "Factor in the neighbors", eq. 1, by turns.
    """
    n_users, n_items = triples.shape
    mean = float(triples.values.mean()) if len(triples) else 0.0
    per_user = np.bincount(triples.users, minlength=n_users)
    per_item = np.bincount(triples.items, minlength=n_items)
    users, items = np.zeros(n_users), np.zeros(n_items)
    left = triples.values - mean
    for _ in range(SWEEPS):
        rest = np.bincount(triples.items, left - users[triples.users], n_items)
        items = rest / (per_item + ITEM_DAMPING)
        rest = np.bincount(triples.users, left - items[triples.items], n_users)
        users = rest / (per_user + USER_DAMPING)
    return Biases(mean, users, items, (per_user > 0, per_item > 0))


def looked_up(values: NDArray[Kind], at: NDArray[np.int64]) -> NDArray[Kind]:
    """Values at the codes ``at``; 0 for codes outside."""
    inside = (at >= 0) & (at < len(values))
    found = np.zeros(len(at), values.dtype)
    found[inside] = values[at[inside]]
    return found

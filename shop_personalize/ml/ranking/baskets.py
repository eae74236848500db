"""What a visitor's baskets say of a candidate, counted in baskets instead of days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.ranking.features import Moment

FADES = (0.8, 0.5)
"""What is left of a basket's weight after each later one."""
NEVER = 1000.0
"""Baskets since an item that was in none."""


def of_baskets(moment: Moment) -> NDArray[Any]:
    """How often, how lately and how regularly the candidate was in the baskets.

    A basket is all that was done on one day; the latest is number 0.
    """
    done, n = moment.done, len(moment.items)
    days, number = np.unique(done.days, return_inverse=True)
    number = number.reshape(-1)
    _, once = np.unique(done.codes * (len(days) + 1) + number, return_index=True)
    size = max(len(once), 1)
    once = once[done.place[once] >= 0]
    place, number = done.place[once], number[once]
    count = np.bincount(place, minlength=n).astype(float)
    last, first = np.full(n, NEVER), np.full(n, -1.0)
    np.minimum.at(last, place, number)
    np.maximum.at(first, place, number)
    first = np.where(first < 0, NEVER, first)
    gap = np.where(count > 1, (first - last) / np.maximum(count - 1, 1), NEVER)
    baskets = max(len(days), 1)
    own = [
        count / baskets,
        *(np.bincount(place, fade**number, minlength=n) for fade in FADES),
        last,
        first,
        count / (first + 1),
        gap,
        last / np.maximum(gap, 0.5),
    ]
    everyone = np.tile([size / baskets, len(np.unique(done.codes)) / size], (n, 1))
    return np.hstack([np.column_stack(own), everyone])


def names_of_baskets(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_baskets`."""
    return [
        "share of the baskets",
        *(f"baskets with it, fading by {fade:g}" for fade in FADES),
        "baskets since the last with it",
        "baskets since the first with it",
        "share of the baskets since the first",
        "baskets between two with it",
        "baskets since in such intervals",
        "items a basket",
        "distinct share",
    ]

"""Where a candidate stands in the order of what the visitor met, latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.ranking.features import Moment

NEVER = 1000.0
MINUTES_PER_DAY = 1440.0
EVER = "audience ever"


def of_places(moment: Moment) -> NDArray[Any]:
    """How lately and how often it was met, and what the latest item is.

    Only the last ``moment.config["minutes"]`` are looked at, where it says so.
    """
    codes = np.asarray(moment.history.codes, np.int64)
    minutes = moment.config.get("minutes")
    if minutes is not None:
        codes = codes[moment.history.ages * MINUTES_PER_DAY <= minutes]
    n = len(moment.items)
    since, times = np.full(n, NEVER), np.zeros(n)
    items, first, at = np.unique(codes, return_index=True, return_inverse=True)
    step = np.argsort(np.argsort(first))
    mine = np.searchsorted(items, moment.items)
    mine[mine == len(items)] = 0
    met = items[mine] == moment.items if len(items) else np.zeros(n, bool)
    since[met] = step[mine[met]]
    times[met] = np.bincount(at, minlength=len(items))[mine[met]]
    latest = codes[:1]
    known = float(moment.fact(EVER, latest)[0]) if len(latest) else 0.0
    same = np.tile([float(len(codes)), float(len(items)), known], (n, 1))
    return np.column_stack([since, times, same, _kin(moment, latest)])


def names_of_places(config: dict[str, Any]) -> list[str]:
    """Name the columns of :func:`of_places`."""
    return [
        "other items met since",
        "times met",
        "events so far",
        "items so far",
        "audience of the latest item",
        "category of the latest item",
        "brand of the latest item",
    ]


def _kin(moment: Moment, latest: NDArray[np.int64]) -> NDArray[Any]:
    """Whether category and brand are those of the latest item; (c, 2)."""
    columns = []
    for name in ("category", "brand"):
        groups = moment.extras.get(f"ranker__{name}")
        if groups is None or not len(latest) or groups[latest[0]] < 0:
            columns.append(np.zeros(len(moment.items)))
        else:
            columns.append(groups[moment.items] == groups[latest[0]])
    return np.column_stack(columns)

"""What visitors were shown and what they made of it: questions of the shop's own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.evaluation.cases import history_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Ints
    from shop_personalize.ml.serving import History

SHOWN = "rec_view"
CHOSEN = ("click", "add_to_cart", "purchase")
TOGETHER_DAYS = 1 / 1440
"""Products seen within a minute of each other were one list."""
ANSWER_DAYS = 1.0
"""How long after it was shown a product may still be chosen because of it."""


@dataclass
class Shown:
    """Parallel lists: who was shown what, and which of it they chose."""

    histories: list[History] = field(default_factory=list)
    lists: list[Ints] = field(default_factory=list)
    chosen: list[Ints] = field(default_factory=list)

    def __len__(self) -> int:
        """Count the lists."""
        return len(self.lists)


def shown_between(
    data: TrainingData, start: float, stop: float, *, most: int = 2000
) -> Shown:
    """Lists seen from ``start`` to ``stop`` (days) of which something was chosen.

    At most ``most``, evenly spaced. A list of which nothing was chosen may not have
    been looked at, and is left out.
    """
    found = Shown()
    if SHOWN not in data.kinds:
        return found
    order = np.lexsort((data.time, data.visitor))
    kind = np.array(data.kinds, dtype="U32")[data.kind[order]]
    time = data.time[order]
    views = np.flatnonzero((kind == SHOWN) & (time >= start) & (time < stop))
    lists = _lists(data.visitor[order][views], time[views], views)
    for rows in _evenly(lists, most):
        _add(found, data, order, kind, rows)
    return found


def _lists(
    visitor: NDArray[np.int32], time: NDArray[np.float64], rows: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    if not len(rows):
        return []
    parted = (np.diff(visitor) != 0) | (np.diff(time) > TOGETHER_DAYS)
    return np.split(rows, np.flatnonzero(parted) + 1)


def _evenly(lists: list[NDArray[np.int64]], most: int) -> list[NDArray[np.int64]]:
    at = np.linspace(0, len(lists) - 1, min(most, len(lists))).astype(int)
    return [lists[i] for i in at]


def _add(
    found: Shown,
    data: TrainingData,
    order: NDArray[np.int64],
    kind: NDArray[np.str_],
    rows: NDArray[np.int64],
) -> None:
    """Add one list, unless nothing of it was chosen."""
    visitor, seen = data.visitor[order], np.unique(data.item[order[rows]])
    time = data.time[order]
    begin, end = np.searchsorted(visitor, [visitor[rows[0]], visitor[rows[0]] + 1])
    until = time[rows[-1]] + ANSWER_DAYS
    after = np.arange(rows[0], end)
    after = after[(time[after] <= until) & np.isin(kind[after], CHOSEN)]
    chosen = np.intersect1d(data.item[order[after]], seen)
    if not len(chosen):
        return
    now = replace(data, now=float(time[rows[0]]))
    before = np.arange(begin, rows[0])
    before = order[before[kind[before] != SHOWN]]
    found.histories.append(history_of(now, before))
    found.lists.append(seen.astype(np.int64))
    found.chosen.append(chosen.astype(np.int64))

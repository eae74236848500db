"""The circle of each visitor who is asked: what those they are tied to had by then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.circle import TOLD, Circle
from shop_personalize.ml.data.distinct import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.cases import Cases


def with_circles(past: TrainingData, cases: Cases) -> Cases:
    """The same cases, their histories with the circles that ``past`` knows."""
    circles = Circles(past)
    histories = [
        replace(history, circle=circles.of(history.visitor))
        for history in cases.histories
    ]
    return replace(cases, histories=histories)


class Circles:
    """Circles of the visitors of ``data``, as its links say.

    The strength of a tie is its weight divided by the square root of how many are tied
    to that person: who is tied to everybody says little of anybody.
    """

    def __init__(self, data: TrainingData) -> None:
        links = data.links
        visitor, item = pairs(*_held(data), data.n_items)
        self.items = item
        self.items_of = np.searchsorted(visitor, np.arange(data.n_visitors + 1))
        order = np.lexsort((links.target, links.source))
        self.targets = links.target[order]
        self.ties_of = np.searchsorted(
            links.source[order], np.arange(data.n_visitors + 1)
        )
        fame = np.bincount(links.target, minlength=data.n_visitors)
        weights = links.weight[order].astype(np.float64)
        self.strengths = weights / np.sqrt(np.maximum(fame[self.targets], 1))

    def of(self, visitor: int) -> Circle:
        """Return the circle of a visitor's code; -1 has none."""
        if not 0 <= visitor < len(self.ties_of) - 1:
            return Circle()
        ties = slice(self.ties_of[visitor], self.ties_of[visitor + 1])
        starts, stops = (
            self.items_of[self.targets[ties]],
            self.items_of[self.targets[ties] + 1],
        )
        parts = [
            self.items[start:stop] for start, stop in zip(starts, stops, strict=True)
        ]
        if not parts:
            return Circle()
        people = np.repeat(np.arange(len(parts)), stops - starts)
        return Circle(people, np.concatenate(parts), self.strengths[ties])


def _held(data: TrainingData) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Visitor and item of what others may hear of, less what was sent back."""
    told = data.of_kinds(*TOLD)
    back = data.of_kinds("refund")
    n = max(data.n_items, 1)
    keys = told.visitor.astype(np.int64) * n + told.item
    returned = back.visitor.astype(np.int64) * n + back.item
    distinct, at = np.unique(np.concatenate([keys, returned]), return_inverse=True)
    units = np.bincount(at[: len(keys)], np.abs(told.quantity), len(distinct))
    units -= np.bincount(at[len(keys) :], np.abs(back.quantity), len(distinct))
    kept = told.where(units[at[: len(keys)]] > 0)
    return kept.visitor, kept.item

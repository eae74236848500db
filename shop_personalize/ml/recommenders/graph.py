"""Walks over the graph of visitors and items, sharpened and smoothed at fit time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.filtered import Filter, filtered
from shop_personalize.ml.recommenders.for_you import ForYou

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors
    from shop_personalize.ml.online import Renewal


MOST_DIMENSIONS = 400
"""Of the low-pass, so that the cost of a large shop grows with its data alone."""
MOST_CELLS = 40_000_000
"""Of its vectors of visitors or items (160 MB, a few times over while it is found)."""
MOST_EDGES = 40_000_000
"""Of all items together (480 MB): many thousand items keep fewer neighbors each."""


class GraphWalk(ForYou):
    """The decayed walk of ``ForYou``, less what is smooth in it, plus a smooth part.

    ``sharpen`` times the walk's own low-pass is taken away, so that what an item's
    surroundings share counts less than what is its own; ``smooth`` times an ideal
    low-pass of the whole graph is added, so that what lies beyond two steps counts
    too. The low-pass has ``rank`` times the square root of the smaller side of the
    matrix as its dimension, ``MOST_DIMENSIONS`` at most, fewer for very many
    visitors. All of it is folded into ``k`` neighbors an item, ``MOST_EDGES`` in all,
    at fit time (see
    :mod:`~shop_personalize.ml.recommenders.filtered`).

    Special cases: ``sharpen = smooth = 0`` is a walk of two steps with three degree
    exponents; with ``start = through = 1`` and ``end = beta`` that is RP3-beta
    (Paudel et al. 2017).
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "smooth": (0.0, 0.4, 0.7, 1.2),
        "sharpen": (0.0, 0.5, 0.9),
        "through": (0.5, 0.7, 0.9),
        "end": (0.2, 0.3, 0.5),
        "decay_days": (20.0, 30.0, 45.0, 90.0),
        "momentum": (0.0, 0.2, 0.4, 0.6),
        "k": (500, 1000),
    }

    def __init__(
        self,
        sharpen: float = 0.9,
        smooth: float = 0.7,
        rank: float = 2.0,
        start: float = 0.5,
        through: float = 0.7,
        end: float = 0.3,
        k: int = 500,
        min_support: int = 1,
        decay_days: float = 30.0,
        query_decay_days: float = 120.0,
        momentum: float = 0.4,
        once: float = 0.2,
        own_decay_days: float = 360.0,
        own_others: float = 0.06,
        own_cycle: float = 0.5,
        weights: dict[str, float] | None = None,
    ) -> None:
        super().__init__(
            decay_days=decay_days,
            query_decay_days=query_decay_days,
            start=start,
            through=through,
            end=end,
            momentum=momentum,
            once=once,
            k=k,
            min_support=min_support,
            own_decay_days=own_decay_days,
            own_others=own_others,
            own_cycle=own_cycle,
            weights=weights,
        )
        self.sharpen = sharpen
        self.smooth = smooth
        self.rank = rank

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Learn anew: every row depends on the whole graph."""
        return self.fit(data)

    def _edges(
        self,
        matrix: sparse.csr_array,
        trust: NDArray[np.float64],
        appeal: NDArray[np.float64],
        **renewal: Any,
    ) -> ItemNeighbors:
        sides = [int(np.count_nonzero(matrix.sum(axis=axis))) for axis in (0, 1)]
        most = min(MOST_DIMENSIONS, MOST_CELLS // max(*matrix.shape, 1))
        rank = min(int(self.rank * np.sqrt(min(sides))), most)
        return filtered(
            matrix,
            Filter(self.sharpen, self.smooth, rank),
            exponents=(self.start, self.through, self.end),
            k=min(self.k, MOST_EDGES // max(matrix.shape[1], 1)),
            min_support=self.min_support,
            trust=trust,
            appeal=appeal,
        )

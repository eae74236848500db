"""What comes next: neighbors of the latest items, by the order they came in.

Directed pairs of a visitor's sequence count by how far apart they lie, as in the
decayed co-occurrence of session-based item neighbors (Ludewig, Jannach 2018,
"Evaluation of session-based recommendation algorithms", section 3.1: sequential
rules), with degree exponents as in graph walks (Paudel et al. 2017) and the likeness
of the products as a factor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.content import content_vectors, likeness
from shop_personalize.ml.recommenders.edges import neighbors_from, no_edges
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    strengths,
    without_refunded,
)
from shop_personalize.ml.recommenders.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors

FAINT = 9.0
"""Time constants after which an item of the history is no longer heard (e^-9)."""


class Sequence(Recommender):
    """Score of j after i = C[i, j] / (out_i^``start`` in_j^``end``) x alike(i, j).

    ``C[i, j]`` adds, over visitors who had both, ``gap ** -fade`` (gap in places, at
    most ``window``) where j came later, and ``backward`` times as much where it came
    before; ``out`` and ``in`` are its row and column sums. Of each visitor and item
    the latest event counts alone, so a visitor has one vote for a pair;
    ``min_support`` visitors must hold it. Events fade by exp(-age / ``decay_days``),
    None for never, and a pair counts as its fainter event. ``alike`` is
    1 + ``content`` x cosine of what the catalog says of i and j. The history asks with
    exp(-place / ``query_decay``), the latest item first; ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = (
        "purchase",
        "add_to_cart",
        "wishlist",
        "view",
        "click",
    )
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "content": (0.0, 2.0, 4.0, 8.0),
        "window": (10, 20, 50),
        "decay_days": (None, 90.0, 365.0),
        "query_decay": (1.0, 2.0, 4.0, 8.0),
        "fade": (0.4, 0.6, 0.9),
        "backward": (0.2, 0.4, 0.7, 1.0),
        "end": (0.05, 0.15, 0.3),
        "start": (0.4, 0.5, 0.6),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay",)

    def __init__(
        self,
        window: int = 50,
        fade: float = 0.6,
        backward: float = 0.4,
        start: float = 0.5,
        end: float = 0.15,
        content: float = 4.0,
        decay_days: float | None = None,
        query_decay: float = 2.0,
        k: int = 300,
        min_support: int = 2,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.window = window
        self.fade = fade
        self.backward = backward
        self.start = start
        self.end = end
        self.content = content
        self.decay_days = decay_days
        self.query_decay = query_decay
        self.k = k
        self.min_support = min_support
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn what follows every item."""
        self.knowledge_ = self._edges(data)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks: by place, whatever the days between."""
        return {
            "context": "history",
            "kinds": kind_weights(data, self.kinds, self.weights),
            "decay_steps": self.query_decay,
            "combine": "max",
            "limit": max(int(np.ceil(FAINT * self.query_decay)), 1),
        }

    def _edges(self, data: TrainingData) -> ItemNeighbors:
        kept = without_refunded(data).of_kinds(*self.kinds)
        decays = kind_decays(data, self.kinds, self.decay_days or np.inf)
        values = strengths(kept, kind_weights(data, self.kinds, self.weights), decays)
        near = np.arange(1, max(self.window, 0) + 1, dtype=float) ** -self.fade
        follows = Succession.of(kept, values, near, self.backward)
        if not len(follows):
            return no_edges(data.n_items)
        vectors = content_vectors(data.items) if self.content else None
        blocks = scored(follows, self.start, self.end, vectors, self.content)
        support = self.min_support
        return neighbors_from(blocks, data.n_items, k=self.k, min_support=support)


def scored(
    follows: Succession,
    start: float,
    end: float,
    vectors: sparse.csr_array | None = None,
    content: float = 0.0,
) -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
    """Blocks of pair counts over powers of their degrees, times how alike they are."""
    leaving, arriving = follows.degrees()
    for first, counts, support in follows.blocks():
        rows = first + np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        out, into = leaving[rows], arriving[counts.indices]
        scores = counts.data * out**-start * into**-end
        if vectors is not None:
            scores = scores * (1 + content * likeness(vectors, rows, counts.indices))
        counts.data = scores
        yield counts, support

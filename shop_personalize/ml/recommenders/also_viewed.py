"""What visitors of a product looked at in the same visit: neighbors of the visit.

Session-kNN with order (Ludewig, Jannach 2018, "Evaluation of session-based
recommendation algorithms"), the repeat included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.data.distinct import distinct, latest
from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.knowledge import Histories
from shop_personalize.ml.recommenders.base import Recommender

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

RECENT_MINUTES = 30.0


class AlsoViewed(Recommender):
    """Past visits most like this one, and what lay near in them.

    The page's product asks first, the visit's earlier clicks after it, each e times
    fainter per ``query_decay`` clicks. A past visit counts by inverse frequency of what
    is shared to the power ``rarity``, by its length to the power ``-length``, and fades
    by exp(-age / ``decay_days``). Of one visitor only the latest visit to an item is
    kept, so an account is one vote; ``min_support`` visits must hold an answer.
    ``reach`` is how far around the shared item one looks, ``same`` the weight of the
    item itself. Of an item the ``newest`` visits are compared, so that a question about
    what everybody looks at costs no more; the ``neighbors`` most alike are used.
    """

    kinds: ClassVar[tuple[str, ...]] = ("view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "decay_days": (30.0, 60.0, 90.0, 180.0),
        "reach": (2.0, 4.0, 8.0),
        "rarity": (0.5, 1.0, 1.5),
        "query_decay": (0.5, 1.0, 2.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay",)

    def __init__(
        self,
        decay_days: float = 90.0,
        reach: float = 4.0,
        rarity: float = 1.5,
        length: float = 0.25,
        same: float = 4.0,
        query_decay: float = 1.0,
        neighbors: int = 1000,
        newest: int = 5000,
        min_support: int = 2,
    ) -> None:
        self.decay_days = decay_days
        self.reach = reach
        self.rarity = rarity
        self.length = length
        self.same = same
        self.query_decay = query_decay
        self.neighbors = neighbors
        self.newest = newest
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Index the visits both ways."""
        rows, session = by_session(data.of_kinds(*self.kinds))
        keep = latest(rows.visitor, rows.item, rows.n_items)
        rows, (_, session) = (
            rows.where(keep),
            np.unique(session[keep], return_inverse=True),
        )
        rows, session = _of_two(rows, session)
        self.knowledge_ = self._indexed(rows, session)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a page asks: its product, then the visit's earlier clicks."""
        recent = {"minutes": RECENT_MINUTES, "weight": 1.0, "decay": self.query_decay}
        return {"context": "product", "recent": recent}

    def _indexed(self, rows: TrainingData, session: NDArray[np.int64]) -> Histories:
        n_items = rows.n_items
        lengths = np.bincount(session)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.arange(len(session)) - starts[session]
        holders = np.bincount(rows.item, minlength=n_items)
        idf = np.log(max(len(lengths), 1) / np.maximum(holders, 1)) + 1e-3
        fade = np.exp((rows.time - rows.time.max(initial=0.0)) / self.decay_days)
        data = fade * lengths[session] ** -self.length * idf[rows.item] ** self.rarity
        order = _newest(rows, self.newest)
        kept = np.bincount(rows.item[order], minlength=n_items)
        return Histories(
            rows_indptr=starts.astype(np.int64),
            rows_indices=rows.item.astype(np.int32),
            rows_data=np.ones(len(session), np.float32),
            columns_indptr=np.concatenate([[0], np.cumsum(kept)]).astype(np.int64),
            columns_indices=session[order].astype(np.int32),
            columns_data=data[order].astype(np.float32),
            norms=np.ones(len(lengths), np.float32),
            idf=np.ones(n_items, np.float32),
            neighbors=np.array([self.neighbors], np.int32),
            support=np.array([self.min_support], np.int32),
            places=places[order].astype(np.int32),
            reach=np.array([self.reach], np.float32),
            same=np.array([self.same], np.float32),
        )


def _newest(rows: TrainingData, most: int) -> NDArray[np.int64]:
    """Rows by item, of each item the ``most`` latest, oldest first."""
    order = np.lexsort((rows.time, rows.item))
    ends = np.cumsum(np.bincount(rows.item, minlength=rows.n_items))
    after = ends[rows.item[order]] - 1 - np.arange(len(order))
    return np.asarray(order[after < most], np.int64)


def _of_two(
    rows: TrainingData, session: NDArray[np.int64]
) -> tuple[TrainingData, NDArray[np.int64]]:
    """Leave out visits of a single item, which link nothing."""
    several = np.bincount(session, minlength=1)[session] > 1
    kept = session[several]
    return rows.where(several), np.searchsorted(distinct(kept), kept)

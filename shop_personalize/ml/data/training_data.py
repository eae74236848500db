"""What a recommender learns from: one row an interaction, and the catalog's facts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data.id_map import IdMap

NO_ORDER = -1


@dataclass(frozen=True)
class Items:
    """Facts of the catalog, row i describing item code i. Missing text is "".

    ``prices`` float (n,), NaN where unknown, in one currency; ``created`` float (n,)
    days since the epoch, NaN where unknown; ``available`` bool (n,).
    """

    titles: list[str]
    texts: list[str]
    categories: list[tuple[str, ...]]
    brands: list[str]
    attributes: list[dict[str, str]]
    prices: NDArray[np.float64]
    created: NDArray[np.float64]
    available: NDArray[np.bool_]

    @classmethod
    def bare(cls, n: int) -> Items:
        """Describe ``n`` items of which nothing is known."""
        return cls(
            titles=[""] * n,
            texts=[""] * n,
            categories=[()] * n,
            brands=[""] * n,
            attributes=[{}] * n,
            prices=np.full(n, np.nan),
            created=np.full(n, np.nan),
            available=np.ones(n, bool),
        )


@dataclass(frozen=True)
class Links:
    """Who is tied to whom, columns of length l: visitor ``source`` hears ``target``.

    ``source``, ``target`` int32 visitor codes; ``weight`` float32, more than 0.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: NDArray[np.float32]

    @classmethod
    def none(cls) -> Links:
        """Nobody is tied to anybody."""
        codes = np.empty(0, np.int32)
        return cls(codes, codes, np.empty(0, np.float32))

    def __len__(self) -> int:
        """Count the ties."""
        return len(self.source)


@dataclass(frozen=True)
class TrainingData:
    """Interactions as parallel columns of length m, oldest first, plus the items.

    ``visitor`` int32 codes 0..n_visitors-1; ``item`` int32 codes into ``ids``;
    ``kind`` int8 index into ``kinds``; ``time`` float64 days since the epoch;
    ``quantity``, ``value`` (unit price) float32; ``order`` int32, ``NO_ORDER`` if none.
    Refunds arrive as rows of kind "refund"; bots and erased visitors never arrive.
    ``now`` is the moment of training in days since the epoch.
    ``weights`` and ``half_lives`` hold one value for each of ``kinds``.
    ``identified`` bool (n_visitors,) says whom the shop knows by an account or address,
    None where nothing is told.
    """

    ids: IdMap
    items: Items
    kinds: tuple[str, ...]
    visitor: NDArray[np.int32]
    item: NDArray[np.int32]
    kind: NDArray[np.int8]
    time: NDArray[np.float64]
    quantity: NDArray[np.float32]
    value: NDArray[np.float32]
    order: NDArray[np.int32]
    n_visitors: int
    now: float
    weights: dict[str, float] = field(default_factory=dict)
    half_lives: dict[str, float] = field(default_factory=dict)
    links: Links = field(default_factory=Links.none)
    identified: NDArray[np.bool_] | None = None

    @property
    def n_items(self) -> int:
        """Number of items in the id map."""
        return len(self.ids)

    def __len__(self) -> int:
        """Count the interactions."""
        return len(self.item)

    def where(self, mask: NDArray[Any]) -> TrainingData:
        """Keep the rows of a boolean mask or an index array; codes stay as they are."""
        columns = ("visitor", "item", "kind", "time", "quantity", "value", "order")
        return replace(self, **{name: getattr(self, name)[mask] for name in columns})

    def of_kinds(self, *kinds: str) -> TrainingData:
        """Keep the rows whose kind is one of ``kinds``."""
        wanted = [self.kinds.index(kind) for kind in kinds if kind in self.kinds]
        return self.where(np.isin(self.kind, wanted))

    def before(self, day: float) -> TrainingData:
        """Return what was known at ``day``: earlier rows, with ``now`` moved there."""
        return replace(self.where(self.time < day), now=day)

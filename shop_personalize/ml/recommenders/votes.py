"""One visitor, one vote for an edge, however many orders or sessions they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.recommenders.edges import counted, neighbors_from
from shop_personalize.ml.recommenders.likelihood import likelihood_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors


@dataclass(frozen=True)
class Incidence:
    """Which item lies in which owner (order, session): distinct pairs of equal length.

    ``visitors`` (owners,) says whose each owner is.
    """

    owner: NDArray[np.int64]
    item: NDArray[np.int64]
    visitors: NDArray[np.int64]
    n_items: int

    @classmethod
    def of(
        cls,
        owner: NDArray[Any],
        item: NDArray[Any],
        visitors: NDArray[Any],
        n_items: int,
    ) -> Incidence:
        """Make pairs distinct."""
        pairs = np.unique(owner.astype(np.int64) * n_items + item)
        return cls(
            pairs // n_items, pairs % n_items, visitors.astype(np.int64), n_items
        )

    def matrix(self) -> sparse.csr_array:
        """Ones, owners x items."""
        ones = np.ones(len(self.owner), np.float32)
        shape = (len(self.visitors), self.n_items)
        return sparse.csr_array((ones, (self.owner, self.item)), shape=shape)

    def shares(self) -> sparse.csr_array:
        """Items x owners: 1 / (owners of that visitor that hold the item)."""
        pair = self.visitors[self.owner] * self.n_items + self.item
        _, at, times = np.unique(pair, return_inverse=True, return_counts=True)
        values = (1.0 / times[at]).astype(np.float32)
        shape = (self.n_items, len(self.visitors))
        return sparse.csr_array((values, (self.item, self.owner)), shape=shape)

    def people(self) -> NDArray[np.float64]:
        """Distinct visitors of each item; shape (n,)."""
        _, item = pairs(self.visitors[self.owner], self.item, self.n_items)
        return np.bincount(item, minlength=self.n_items).astype(float)


def likely_edges(
    first: Incidence, second: Incidence, *, k: int, min_support: float
) -> ItemNeighbors:
    """Edges from items of ``first`` to items of ``second`` in the same owner, by LLR.

    A visitor's vote is the share of their owners with the first item that hold the
    second too, so it never exceeds 1.
    """
    left, right = first.people(), second.people()
    everyone = float(len(np.unique(first.visitors)))

    def score(rows: slice, product: sparse.csr_array) -> NDArray[Any]:
        own, other = (
            np.repeat(left[rows], np.diff(product.indptr)),
            right[product.indices],
        )
        together = np.minimum(product.data, np.minimum(own, other))
        return likelihood_ratio(together, own, other, everyone)

    return neighbors_from(
        counted(first.shares(), second.matrix(), score, min_support=min_support),
        first.n_items,
        k=k,
        min_support=min_support,
    )

"""A product of items renewed where something happened, kept where nothing did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from shop_personalize.ml.online.neighbors import beside, fewer, kept, sample, scale_of
from shop_personalize.ml.recommenders.edges import neighbors_of, row_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors
    from shop_personalize.ml.online.neighbors import Part
    from shop_personalize.ml.recommenders.edges import Block

    Product = Callable[[sparse.csr_array, sparse.csr_array], Callable[[slice], Block]]

WORTHWHILE = 0.6
"""With a larger share of the work to do, all of it at once is as quick, and exact."""


def is_worthwhile(
    left: sparse.csr_array, right: sparse.csr_array, touched: NDArray[np.bool_]
) -> bool:
    """Whether the rows and columns of ``touched`` are much less than everything."""
    row_work = np.diff(right.indptr).astype(np.float64)
    into = np.bincount(
        np.repeat(np.arange(right.shape[0]), np.diff(right.indptr)),
        touched[right.indices],
        minlength=right.shape[0],
    )
    whole = row_work[left.indices].sum()
    mine = np.repeat(touched, np.diff(left.indptr))
    part = np.where(mine, row_work[left.indices], into[left.indices]).sum()
    return bool(part <= WORTHWHILE * whole)


def renewed(
    known: ItemNeighbors,
    touched: NDArray[np.bool_],
    left: sparse.csr_array,
    right: sparse.csr_array,
    product: Product,
    *,
    k: int,
    min_support: float,
) -> ItemNeighbors:
    """Neighbors by ``left @ right``, as far as ``touched`` items (n,) are concerned.

    Edges from and to them are computed from everything there is. Edges between others
    are those of ``known``, times one factor for the time that went by. Exact but for
    what changed in the degrees of visitors and items that such an edge passes through.
    """
    untouched = np.flatnonzero(~touched)
    some = sample(known, untouched)
    fresh = _part(product(left[some], right)(slice(0, len(some))))
    old = kept(known, touched, scale_of(known, some, fresh))
    mask = sparse.diags_array(touched.astype(np.float32))
    into = sparse.csr_array(right @ mask)
    into.eliminate_zeros()
    others = sparse.csr_array(right @ sparse.diags_array((~touched).astype(np.float32)))
    others.eliminate_zeros()
    own = sparse.csr_array(mask @ left)
    own.eliminate_zeros()
    to_touched, from_touched = product(left, into), product(own, others)

    def make(rows: slice) -> Block:
        parts = [_part(to_touched(rows)), _part(from_touched(rows)), fewer(old, rows)]
        ends, columns, scores, support = beside(parts)
        shape = (len(ends) - 1, left.shape[0])
        return sparse.csr_array((scores, columns, ends), shape=shape), support

    return neighbors_of(
        make, row_blocks(left, right), left.shape[0], k=k, min_support=min_support
    )


def _part(block: Block) -> Part:
    scores, support = block
    return scores.indptr, scores.indices, scores.data, support

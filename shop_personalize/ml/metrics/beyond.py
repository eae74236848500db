"""What lists are like besides being right: wide, even, surprising."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Ints


def coverage(lists: Sequence[Ints], n_items: int) -> float:
    """Share of all items that occur in at least one list."""
    shown = _counts(lists, n_items)
    return float((shown > 0).mean()) if n_items else 0.0


def gini(lists: Sequence[Ints], n_items: int) -> float:
    """Inequality of exposure over all items: 0 all alike, towards 1 a few take all."""
    shown = np.sort(_counts(lists, n_items))
    if not shown.sum():
        return 0.0
    rank = np.arange(1, n_items + 1)
    return float(((2 * rank - n_items - 1) * shown).sum() / (n_items * shown.sum()))


def novelty(lists: Sequence[Ints], shares: NDArray[np.float64]) -> float:
    """Mean self-information of the shown items in bits.

    ``shares`` (n,) is the share of visitors who had each item before; an item nobody
    had counts as one that half a visitor had (``shares`` must then be > 0).
    """
    shown = _shown(lists)
    if not len(shown):
        return 0.0
    return float(-np.log2(np.maximum(shares[shown], 1e-12)).mean())


def _counts(lists: Sequence[Ints], n_items: int) -> NDArray[np.int64]:
    return np.bincount(_shown(lists), minlength=n_items)


def _shown(lists: Sequence[Ints]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *lists]).astype(np.int64)

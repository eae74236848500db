"""Rankings per group: the whole shop ("") and each category."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.knowledge import Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


def ranking_by_category(
    data: TrainingData, scores: NDArray[np.float64], *, k: int
) -> Ranking:
    """Rank items by ``scores`` (n,), top ``k`` per group; scores <= 0 stay out."""
    members: dict[bytes, list[int]] = {b"": list(range(data.n_items))}
    for code, categories in enumerate(data.items.categories):
        for category in categories:
            if category:
                members.setdefault(category.encode(), []).append(code)
    names = sorted(members)
    tops = [_top(np.array(members[name], np.int64), scores, k) for name in names]
    return Ranking(
        groups=np.array(names, dtype="S"),
        indptr=np.concatenate([[0], np.cumsum([len(top) for top in tops])]),
        items=np.concatenate(tops).astype(np.int32),
        scores=scores[np.concatenate(tops)].astype(np.float32),
    )


def _top(
    codes: NDArray[np.int64], scores: NDArray[np.float64], k: int
) -> NDArray[np.int64]:
    codes = codes[scores[codes] > 0]
    return codes[np.lexsort((codes, -scores[codes]))][:k]

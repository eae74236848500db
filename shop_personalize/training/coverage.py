from __future__ import annotations

import numpy as np

from shop_personalize.ml.knowledge import (
    Factors,
    Histories,
    ItemNeighbors,
    Knowledge,
    Mixture,
    Ranking,
    RatedFactors,
)


def covered(knowledge: Knowledge) -> int:
    """For how many products a model has something to say (lists: how many it lists)."""
    if isinstance(knowledge, Ranking):
        return len(np.unique(knowledge.items))
    if isinstance(knowledge, ItemNeighbors):
        return int(np.count_nonzero(np.diff(knowledge.indptr)))
    if isinstance(knowledge, Histories):
        return int(np.count_nonzero(np.diff(knowledge.columns_indptr)))
    if isinstance(knowledge, Mixture):
        return max((covered(part) for part in knowledge.parts.values()), default=0)
    if isinstance(knowledge, RatedFactors):
        return int(np.count_nonzero(knowledge.listed))
    if isinstance(knowledge, Factors):
        return int(np.count_nonzero(np.any(knowledge.item_factors != 0, axis=1)))
    return 0


def listed(knowledge: Knowledge) -> int:
    """How many different products a model can recommend."""
    if isinstance(knowledge, ItemNeighbors):
        return len(np.unique(knowledge.indices))
    if isinstance(knowledge, Histories):
        return len(np.unique(knowledge.rows_indices))
    if isinstance(knowledge, Mixture):
        return max((listed(part) for part in knowledge.parts.values()), default=0)
    return covered(knowledge)

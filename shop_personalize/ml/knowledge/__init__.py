"""The shapes of knowledge that training leaves behind and serving reads.

Every shape holds plain arrays that may be memory-mapped, so this module imports
NumPy alone: a web worker that only serves never loads SciPy or scikit-learn.
"""

from __future__ import annotations

from shop_personalize.ml.knowledge.factors import Factors
from shop_personalize.ml.knowledge.histories import Histories
from shop_personalize.ml.knowledge.mixture import SHAPES, Mixture, part_of
from shop_personalize.ml.knowledge.neighbors import ItemNeighbors
from shop_personalize.ml.knowledge.picking import best_of
from shop_personalize.ml.knowledge.query import (
    NOBODY,
    Arrays,
    Candidates,
    Floats,
    Ints,
    Knowledge,
    Query,
)
from shop_personalize.ml.knowledge.ranking import Ranking
from shop_personalize.ml.knowledge.rated import RatedFactors

__all__ = [
    "NOBODY",
    "SHAPES",
    "Arrays",
    "Candidates",
    "Factors",
    "Floats",
    "Histories",
    "Ints",
    "ItemNeighbors",
    "Knowledge",
    "Mixture",
    "Query",
    "Ranking",
    "RatedFactors",
    "best_of",
    "part_of",
]

"""Which products a word speaks of: for who typed words and found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, cast

import numpy as np

from shop_personalize.ml.knowledge import Ranking
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.content import FIELD_WEIGHTS
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import Items, TrainingData

POPULARITY = 0.25
Rank = tuple["NDArray[np.int64]", "NDArray[np.float64]"]


class Matching(Recommender):
    """A ranking for each word of the catalog; group "", no word, is best sellers.

    A product scores by the weightiest field that holds the word, times the word's
    inverse document frequency, and up to a quarter more the better it sells. ``k``
    products are kept for a word; ``fields`` overrides the weight of a field (title,
    text, category, brand, attributes).
    """

    kinds: ClassVar[tuple[str, ...]] = Popular.kinds

    def __init__(self, k: int = 60, fields: dict[str, float] | None = None) -> None:
        self.k = k
        self.fields = fields

    def fit(self, data: TrainingData) -> Self:
        """Learn the words of the catalog."""
        items, scores = _sold(data)
        liked = np.zeros(data.n_items)
        liked[items] = scores / max(float(scores.max(initial=0.0)), 1e-12)
        ranks: dict[str, Rank] = {"": (items, scores)}
        weights = {**FIELD_WEIGHTS, **(self.fields or {})}
        for word, held in _held(data.items, weights).items():
            codes = np.fromiter(held, np.int64, len(held))
            values = np.fromiter(held.values(), np.float64, len(held))
            rarity = np.log1p(data.n_items / len(codes))
            ranks[word] = codes, values * rarity * (1 + POPULARITY * liked[codes])
        self.knowledge_ = _ranking(ranks, self.k)
        self.query_config_ = {"context": "none"}
        self.extras_ = {}
        return self


def _sold(data: TrainingData) -> Rank:
    known = cast("Ranking", Popular(k=max(data.n_items, 1)).fit(data).knowledge_)
    stop = int(known.indptr[1]) if len(known.groups) else 0
    items = np.asarray(known.items[:stop], np.int64)
    return items, np.asarray(known.scores[:stop], np.float64)


def _held(items: Items, weights: dict[str, float]) -> dict[str, dict[int, float]]:
    """Word → the products that hold it, with the weight of the field."""
    found: dict[str, dict[int, float]] = {}
    for code in range(len(items.titles)):
        for name, text in _fields(items, code):
            for word in words_of(text) if weights[name] > 0 else ():
                held = found.setdefault(word, {})
                held[code] = max(held.get(code, 0.0), weights[name])
    return found


def _fields(items: Items, code: int) -> Iterator[tuple[str, str]]:
    yield "title", items.titles[code]
    yield "text", items.texts[code]
    yield "category", " ".join(items.categories[code])
    yield "brand", items.brands[code]
    yield "attributes", " ".join(items.attributes[code].values())


def _ranking(ranks: dict[str, Rank], k: int) -> Ranking:
    by_name = {word.encode(): rank for word, rank in ranks.items()}
    names = sorted(by_name)
    tops = []
    for name in names:
        codes, scores = by_name[name]
        best = np.lexsort((codes, -scores))[:k]
        tops.append((codes[best], scores[best]))
    sizes = [len(codes) for codes, _ in tops]
    return Ranking(
        groups=np.array(names, dtype="S"),
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        items=np.concatenate([codes for codes, _ in tops]).astype(np.int32),
        scores=np.concatenate([scores for _, scores in tops]).astype(np.float32),
    )

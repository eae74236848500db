"""What a product says of itself: field-weighted TF-IDF vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from shop_personalize.ml.words import WORD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import Items

FIELD_WEIGHTS = {
    "title": 1.0,
    "text": 0.5,
    "category": 0.7,
    "brand": 0.4,
    "attributes": 0.4,
}


def content_vectors(
    items: Items, weights: dict[str, float] | None = None
) -> sparse.csr_array:
    """Rows of length 1 (0 for an item without words), items x terms of all fields.

    A word counts as itself in each field apart, with inverse document frequency and
    dampened counts; fields are scaled by ``weights`` over the defaults.
    """
    scale = {**FIELD_WEIGHTS, **(weights or {})}
    fields = {
        "title": items.titles,
        "text": items.texts,
        "category": [" ".join(names) for names in items.categories],
        "brand": items.brands,
        "attributes": [" ".join(facts.values()) for facts in items.attributes],
    }
    parts = [
        tfidf(texts) * scale[name]
        for name, texts in fields.items()
        if scale[name] > 0 and any(text.strip() for text in texts)
    ]
    if not parts:
        return sparse.csr_array(np.zeros((len(items.titles), 1), np.float32))
    stacked: Any = sparse.hstack(parts, format="csr")
    lengths = np.sqrt(np.asarray(stacked.multiply(stacked).sum(axis=1)))
    scaled = sparse.diags_array(1 / np.maximum(lengths, 1e-12)) @ stacked
    return sparse.csr_array(scaled)


def tfidf(texts: list[str]) -> Any:
    """Unit rows of TF-IDF; texts without a single word give one empty column."""
    vectorizer = TfidfVectorizer(
        token_pattern=WORD, sublinear_tf=True, dtype=np.float32, max_features=50_000
    )
    try:
        return sparse.csr_array(vectorizer.fit_transform(texts))
    except ValueError:
        return sparse.csr_array((len(texts), 1), dtype=np.float32)


def likeness(
    vectors: sparse.csr_array, first: NDArray[Any], second: NDArray[Any]
) -> NDArray[np.float64]:
    """Cosine of the pairs (first[k], second[k]), 0..1."""
    found = np.empty(len(first))
    for start in range(0, len(first), 200_000):
        part = slice(start, start + 200_000)
        products = vectors[first[part]].multiply(vectors[second[part]])
        found[part] = np.asarray(products.sum(axis=1)).ravel()
    return np.clip(found, 0.0, 1.0)

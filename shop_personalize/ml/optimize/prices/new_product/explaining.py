"""What pulls a price up or down."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from shop_personalize.ml.optimize.prices.sales import Floats

MERGED = {
    "title": "word",
    "text": "word",
    "stem": "word",
    "text spelling": "spelling",
}
"""A reader need not know in which of them a word was found."""
UNNAMED = ("spelling", "style")
"""Kinds that are summed: single ones say nothing to a reader."""


class Pull(NamedTuple):
    """One reason for a price.

    ``kind`` as word, spelling, style, brand, category or attribute; ``what`` of it;
    ``factor`` it multiplies the price by, beside a product that lacks it.
    """

    kind: str
    what: str
    factor: float


def pulls(
    row: sp.csr_matrix, slopes: Floats, terms: list[tuple[str, str]], most: int
) -> list[Pull]:
    """The strongest ``most`` of one row, the strongest first.

    ``slopes`` float64 (columns,) of the logarithm of the price. Spellings are summed,
    and so is the style.
    """
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for column, value in zip(row.indices, row.data, strict=True):
        kind, what = terms[column]
        kind = MERGED.get(kind, kind)
        found[kind, "" if kind in UNNAMED else what] += value * slopes[column]
    order = sorted(found.items(), key=lambda each: (-abs(each[1]), each[0]))
    return [Pull(*term, float(np.exp(pull))) for term, pull in order[:most]]

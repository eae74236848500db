"""Several shapes in one model, and all shapes by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shop_personalize.ml.knowledge.factors import Factors
from shop_personalize.ml.knowledge.histories import Histories
from shop_personalize.ml.knowledge.neighbors import ItemNeighbors
from shop_personalize.ml.knowledge.picking import largest, loudest
from shop_personalize.ml.knowledge.query import Arrays, Candidates, Knowledge, Query
from shop_personalize.ml.knowledge.ranking import Ranking
from shop_personalize.ml.knowledge.rated import RatedFactors


@dataclass(frozen=True)
class Mixture:
    """Several shapes in one model, by name; how they are mixed is configuration.

    Stored as the arrays of each part, named ``<part>__<array>``, and ``parts``, bytes
    (p,): one ``<part>=<shape>`` each, in order. A part may be a mixture itself.
    """

    shape: ClassVar[str] = "mixture"
    parts: dict[str, Knowledge]

    @property
    def n_items(self) -> int:
        """The most that any part knows."""
        return max((part.n_items for part in self.parts.values()), default=0)

    def candidates(self, query: Query, n: int) -> Candidates:
        """Add up the parts, each divided by its own maximum; because = the largest."""
        found = [part.candidates(query, n) for part in self.parts.values()]
        found = [each for each in found if len(each) and each.scores[0] > 0]
        if not found:
            return Candidates.empty()
        items = np.concatenate([each.items for each in found])
        shares = np.concatenate([each.scores / each.scores[0] for each in found])
        total = np.bincount(items, np.maximum(shares, 0.0))
        best = largest(total, n)
        sources = np.concatenate([each.because for each in found])
        because = loudest(best, items, shares, sources)
        return Candidates(best, np.asarray(total[best], np.float64), because)

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        named = [f"{name}={part.shape}" for name, part in self.parts.items()]
        arrays: Arrays = {"parts": np.array(named or [""], dtype="S")}
        for name, part in self.parts.items():
            for array, values in part.to_arrays().items():
                arrays[f"{name}__{array}"] = values
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Mixture:
        """Rebuild from stored arrays; raises KeyError for a shape that is unknown."""
        parts: dict[str, Knowledge] = {}
        for entry in arrays["parts"].tolist():
            if entry:
                name, _, shape = entry.decode().partition("=")
                parts[name] = SHAPES[shape].from_arrays(part_of(arrays, name))
        return cls(parts)


def part_of(arrays: Arrays, name: str) -> Arrays:
    """Return the arrays of one part of a mixture, without its name before them."""
    start = f"{name}__"
    return {
        array.removeprefix(start): values
        for array, values in arrays.items()
        if array.startswith(start)
    }


SHAPES: dict[str, type[Any]] = {
    shape.shape: shape
    for shape in (Ranking, ItemNeighbors, Histories, Factors, RatedFactors, Mixture)
}

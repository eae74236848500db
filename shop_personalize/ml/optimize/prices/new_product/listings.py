"""Products as their pages describe them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from shop_personalize.ml.optimize.prices.sales import PriceError


@dataclass(frozen=True, eq=False)
class Listings:
    """One entry a product in each field; what is unknown is "", None or ().

    ``titles``; ``texts``, the descriptions; ``brands``; ``categories``, the names from
    the root to the leaf, as ("Women", "Shoes"); ``attributes``, by name, the value of
    each product, as {"condition": ["new", "used"]}. Fields left out are unknown of all.
    Raises PriceError for fields of different lengths.
    """

    titles: Sequence[str]
    texts: Sequence[str] = ()
    brands: Sequence[str] = ()
    categories: Sequence[Sequence[str]] = ()
    attributes: Mapping[str, Sequence[object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = len(self.titles)
        for name, unknown in (("texts", ""), ("brands", ""), ("categories", ())):
            if rows and not len(getattr(self, name)):
                object.__setattr__(self, name, [unknown] * rows)
            _same_length(name, getattr(self, name), rows)
        for name, values in self.attributes.items():
            _same_length(f"attribute {name}", values, rows)
        for name in ("titles", "texts", "brands"):
            plain = [each or "" for each in getattr(self, name)]
            object.__setattr__(self, name, plain)
        object.__setattr__(self, "categories", [_path(p) for p in self.categories])

    def __len__(self) -> int:
        return len(self.titles)

    def take(self, rows: Sequence[int] | np.ndarray) -> Self:
        """Those of ``rows``, in this order."""
        return replace(
            self,
            titles=[self.titles[row] for row in rows],
            texts=[self.texts[row] for row in rows],
            brands=[self.brands[row] for row in rows],
            categories=[self.categories[row] for row in rows],
            attributes={
                name: [values[row] for row in rows]
                for name, values in self.attributes.items()
            },
        )


def _path(names: Sequence[str] | None) -> tuple[str, ...]:
    """Without empty levels; a category without a path is a name alone."""
    levels = (names,) if isinstance(names, str) else names or ()
    return tuple(level for level in levels if level)


def _same_length(name: str, values: Sequence[object], rows: int) -> None:
    if len(values) != rows:
        raise PriceError(f"{name} has {len(values)} entries for {rows} titles")

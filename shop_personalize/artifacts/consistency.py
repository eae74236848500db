"""Do the arrays of a model fit together? An index out of range is a wrong answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.artifacts.format import BrokenArtifact
from shop_personalize.ml.knowledge import (
    Arrays,
    Factors,
    Histories,
    ItemNeighbors,
    Knowledge,
    Mixture,
    Ranking,
    RatedFactors,
)
from shop_personalize.ml.ranking.features import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap


def check_knowledge(knowledge: Knowledge, ids: IdMap) -> None:
    """Raise :class:`BrokenArtifact` unless every array agrees with the others."""
    _expect(ids.ids.ndim == 1 and ids.ids.dtype.kind == "S", "ids are not texts")
    _expect(bool(np.all(ids.ids[1:] > ids.ids[:-1])), "ids are not sorted and unique")
    _CHECKS[knowledge.shape](knowledge, len(ids))


def check_ranker(config: dict[str, Any], extras: Arrays, ids: IdMap) -> None:
    """Raise :class:`BrokenArtifact` unless what a ranker looks at is all there."""
    ranker = config.get("ranker")
    if not ranker:
        return
    for name in ("facts", "category", "brand"):
        _expect(
            len(extras.get(f"ranker__{name}", ())) == len(ids),
            f"the ranker's {name} are not one for each item",
        )
    columns = len(names(ranker))
    if ranker.get("method") == "trees":
        _trees(extras, columns)
        return
    for name in ("center", "scale", "weight"):
        array = extras.get(f"ranker__{name}", np.empty(0))
        _expect(array.shape == (columns,), f"the ranker's {name} has another length")
        _expect(bool(np.isfinite(array).all()), f"the ranker's {name} is not finite")


def _trees(extras: Arrays, columns: int) -> None:
    empty = np.empty((0, 0))
    feature, threshold, value = (
        extras.get(f"ranker__{name}", empty)
        for name in ("feature", "threshold", "value")
    )
    _expect(feature.ndim == 2 and feature.size > 0, "the ranker has no trees")
    trees, nodes = feature.shape
    _expect((nodes + 1) & nodes == 0, "a tree is not complete")
    _expect(threshold.shape == (trees, nodes), "thresholds and features differ")
    _expect(value.shape == (trees, nodes + 1), "a tree's leaves do not fit")
    _expect(feature.dtype.kind == "i", "features of a tree are not integers")
    inside = feature.min() >= 0 and feature.max() < columns
    _expect(bool(inside), "a tree looks at a number that is not there")
    _expect(bool(np.isfinite(value).all()), "a leaf is not finite")


def _ranking(known: Ranking, n: int) -> None:
    _expect(bool(np.all(known.groups[1:] > known.groups[:-1])), "groups are not sorted")
    _expect(len(known.indptr) == len(known.groups) + 1, "groups and rows differ")
    _sparse(known.indptr, known.items, known.scores, n)


def _neighbors(known: ItemNeighbors, n: int) -> None:
    _expect(known.n_items == n, "there is not one row for each item")
    _sparse(known.indptr, known.indices, known.data, n)
    _expect(len(known.support) == len(known.indices), "support has another length")


def _histories(known: Histories, n: int) -> None:
    owners = len(known.rows_indptr) - 1
    _expect(len(known.columns_indptr) == n + 1, "there is not one column for each item")
    _sparse(known.rows_indptr, known.rows_indices, known.rows_data, n)
    _sparse(known.columns_indptr, known.columns_indices, known.columns_data, owners)
    _expect(len(known.norms) == owners, "norms have another length")
    _expect(len(known.idf) == n and len(known.neighbors) == 1, "idf has another length")


def _factors(known: Factors, n: int) -> None:
    _expect(known.item_factors.ndim == 2, "factors are not a matrix")
    width = known.item_factors.shape[1]
    _expect(len(known.item_factors) == n, "there is not one factor for each item")
    _expect(known.fold_in.shape == (width, width), "the fold-in matrix does not fit")
    _expect(bool(np.isfinite(known.item_factors).all()), "factors are not finite")


def _rated(known: RatedFactors, n: int) -> None:
    _expect(known.item_factors.ndim == 2, "factors are not a matrix")
    width = known.item_factors.shape[1]
    for name in ("item_factors", "offsets", "listed"):
        _expect(len(getattr(known, name)) == n, f"{name} are not one for each item")
    _expect(known.precision.shape == (width, width), "the precision does not fit")
    _expect(known.prior.shape == (width,), "the prior does not fit")
    _expect(known.listed.dtype == bool, "listed is not true or false")
    for name in ("item_factors", "offsets", "precision", "prior"):
        _expect(bool(np.isfinite(getattr(known, name)).all()), f"{name} is not finite")


def _mixture(known: Mixture, n: int) -> None:
    for part in known.parts.values():
        _CHECKS[part.shape](part, n)


def _sparse(
    indptr: NDArray[Any], indices: NDArray[Any], data: NDArray[Any], columns: int
) -> None:
    _expect(indptr.ndim == indices.ndim == data.ndim == 1, "rows are not flat")
    _expect(
        indptr.dtype.kind == indices.dtype.kind == "i", "positions are not integers"
    )
    _expect(len(indptr) > 0 and indptr[0] == 0, "rows do not start at 0")
    _expect(bool(np.all(indptr[1:] >= indptr[:-1])), "rows run backwards")
    _expect(indptr[-1] == len(indices) == len(data), "rows end elsewhere than the data")
    if len(indices):
        _expect(
            indices.min() >= 0 and indices.max() < columns, "a code is out of range"
        )
        _expect(bool(np.isfinite(data).all()), "a score is not finite")


def _expect(holds: bool | np.bool_, otherwise: str) -> None:
    if not holds:
        raise BrokenArtifact(otherwise)


_CHECKS: dict[str, Callable[[Any, int], None]] = {
    Ranking.shape: _ranking,
    ItemNeighbors.shape: _neighbors,
    Histories.shape: _histories,
    Factors.shape: _factors,
    RatedFactors.shape: _rated,
    Mixture.shape: _mixture,
}

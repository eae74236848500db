"""Do the arrays of a model fit together? An index out of range is a wrong answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.artifacts.format import BrokenArtifact
from shop_personalize.ml.knowledge import (
    Factors,
    Histories,
    ItemNeighbors,
    Knowledge,
    Mixture,
    Ranking,
    RatedFactors,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap


def check_knowledge(knowledge: Knowledge, ids: IdMap) -> None:
    """Raise :class:`BrokenArtifact` unless every array agrees with the others."""
    _expect(ids.ids.ndim == 1 and ids.ids.dtype.kind == "S", "ids are not texts")
    _expect(bool(np.all(ids.ids[1:] > ids.ids[:-1])), "ids are not sorted and unique")
    _CHECKS[knowledge.shape](knowledge, len(ids))


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

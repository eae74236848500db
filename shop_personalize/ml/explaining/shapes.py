"""The parts of a score by query item, for each shape of knowledge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from shop_personalize.ml.knowledge import (
    Candidates,
    Factors,
    Histories,
    ItemNeighbors,
    Knowledge,
    Query,
    RatedFactors,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MANY = 100_000
"""Answers among which an item is looked for: staff may ask of any."""


class Split(NamedTuple):
    """What each query item gives (q,), the people behind it, and what all are given."""

    amounts: NDArray[np.float64]
    people: int = 0
    base: float = 0.0


def split_of(knowledge: Knowledge, query: Query, item: int) -> Split:
    """Split the score of ``item`` among the query's items: exactly, by its shape."""
    split = _SPLITS.get(knowledge.shape)
    if split is None:
        return Split(np.zeros(len(query.items)))
    return split(knowledge, query, item)


def left_out(knowledge: Knowledge, query: Query, item: int) -> NDArray[np.float64]:
    """What the score of ``item`` loses when a query item is left out; (q,)."""
    whole = score_of(knowledge, query, item)
    found = np.zeros(len(query.items))
    for at in range(len(found)):
        keep = np.arange(len(found)) != at
        less = replace(
            query,
            items=query.items[keep],
            weights=query.weights[keep],
            values=query.values[keep] if len(query.values) else query.values,
        )
        found[at] = whole - score_of(knowledge, less, item)
    return found


def score_of(knowledge: Knowledge, query: Query, item: int) -> float:
    """Score of one item, 0 if it is not answered."""
    return scored(knowledge.candidates(query, MANY), item)


def scored(found: Candidates, item: int) -> float:
    """Score of one item in a list, 0 if it is not there."""
    at = np.flatnonzero(found.items == item)
    return float(found.scores[at[0]]) if len(at) else 0.0


def _of_neighbors(known: ItemNeighbors, query: Query, item: int) -> Split:
    found = np.zeros(len(query.items))
    people = 0
    for at, code in enumerate(query.items):
        near, scores = known.row(int(code))
        here = np.flatnonzero(near == item)
        if len(here):
            found[at] = float(query.weights[at]) * float(scores[here].sum())
            start = int(known.indptr[code])
            people = max(people, int(known.support[start + here].max()))
    return Split(found, people)


def _of_histories(known: Histories, query: Query, item: int) -> Split:
    """Each owner's likeness is shared out as the inner product it comes from is."""
    owners, similar, pivots, _ = known._similar(query)
    held = _what_owners_have(known, owners, pivots, item)
    shares = np.zeros((len(query.items), len(owners)))
    for at, code in enumerate(query.items):
        column = slice(known.columns_indptr[code], known.columns_indptr[code + 1])
        inside = np.asarray(known.columns_indices[column])
        place = _place_of(owners, inside)
        mine = place >= 0
        like = float(query.weights[at]) * np.asarray(known.columns_data[column])[mine]
        like = like * float(known.idf[code]) ** 2
        shares[at, place[mine]] = like
    shares *= similar / np.maximum(shares.sum(axis=0), 1e-30)
    return Split(shares @ held, int(np.count_nonzero(held)))


def _what_owners_have(
    known: Histories, owners: NDArray[Any], pivots: NDArray[Any], item: int
) -> NDArray[np.float64]:
    """What each owner's row says of the item: its value, by how near it lies."""
    held = np.zeros(len(owners))
    for at, owner in enumerate(owners):
        row = slice(known.rows_indptr[owner], known.rows_indptr[owner + 1])
        places = np.flatnonzero(np.asarray(known.rows_indices[row]) == item)
        values = np.asarray(known.rows_data[row], np.float64)[places]
        if len(known.places):
            distance = np.abs(places - pivots[at])
            near = np.exp(-(distance - 1) / known.reach[0])
            values = values * np.where(distance == 0, known.same[0], near)
        held[at] = values.sum()
    return held


def _place_of(owners: NDArray[Any], wanted: NDArray[Any]) -> NDArray[np.int64]:
    """Position of each of ``wanted`` among ``owners`` (distinct), -1 if not there."""
    if not len(owners):
        return np.full(len(wanted), -1)
    order = np.argsort(owners)
    at = np.minimum(np.searchsorted(owners, wanted, sorter=order), len(owners) - 1)
    return np.where(owners[order[at]] == wanted, order[at], -1)


def _of_factors(known: Factors, query: Query, item: int) -> Split:
    """Hu, Koren, Volinsky 2008, section 5: y_j' W y_i times the confidence of i."""
    _, parts_of = known.solved(query)
    return Split(np.asarray(parts_of(np.array([item]))[:, 0], np.float64))


def _of_ratings(known: RatedFactors, query: Query, item: int) -> Split:
    """How far each rating lies from the expected, by how alike the items are."""
    items = np.asarray(query.items[: len(query.values)], np.int64)
    own = np.asarray(known.item_factors, np.float64)[items]
    mine = np.asarray(known.item_factors[item], np.float64)
    above = query.values - known.offsets[items] - own @ known.prior
    moved = np.linalg.solve(known.precision + own.T @ own, mine)
    base = float(known.offsets[item] + mine @ known.prior)
    return Split(np.asarray((own @ moved) * above, np.float64), base=base)


_SPLITS: dict[str, Callable[[Any, Query, int], Split]] = {
    ItemNeighbors.shape: _of_neighbors,
    Histories.shape: _of_histories,
    Factors.shape: _of_factors,
    RatedFactors.shape: _of_ratings,
}

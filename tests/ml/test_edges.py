"""Pruned products item x item: the same as sorting every row in full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from threadpoolctl import threadpool_limits

from shop_personalize.ml.knowledge import ItemNeighbors, Query
from shop_personalize.ml.recommenders import edges
from shop_personalize.ml.recommenders.edges import nearest, neighbors_from

values = st.sampled_from([0.0, 0.0, 1.0, 2.0, 2.0, 3.0, -1.0])
squares = st.integers(1, 9).flatmap(
    lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=n, max_size=n)
)


def rows_of(found: ItemNeighbors) -> list[list[tuple[int, float, int]]]:
    cuts = found.indptr[1:-1]
    columns = (found.indices, found.data, found.support)
    return [
        list(zip(*(part.tolist() for part in row), strict=True))
        for row in zip(*(np.split(column, cuts) for column in columns), strict=True)
    ]


def by_hand(
    scores: list[list[float]], support: list[list[int]], k: int, least: float
) -> list[list[tuple[int, float, int]]]:
    found = []
    for at, row in enumerate(scores):
        usable = [
            (-score, column, votes)
            for column, (score, votes) in enumerate(zip(row, support[at], strict=True))
            if score > 0 and column != at and votes >= least
        ]
        found.append(
            [(column, -score, votes) for score, column, votes in sorted(usable)[:k]]
        )
    return found


@given(
    scores=squares,
    seed=st.integers(0, 9),
    k=st.integers(1, 10),
    least=st.sampled_from([0, 2]),
    rows=st.integers(1, 4),
)
@settings(deadline=None)
def test_the_best_of_each_row_ties_by_column(
    scores: list[list[float]], seed: int, k: int, least: int, rows: int
) -> None:
    n = len(scores)
    support = np.random.default_rng(seed).integers(1, 4, (n, n))
    full = np.array(scores)
    columns = np.random.default_rng(seed).permutation(n)

    def block(start: int) -> tuple[sparse.csr_array, np.ndarray]:
        part = slice(start, min(start + rows, n))
        data = full[part][:, columns].ravel()
        count = part.stop - part.start
        ends = np.arange(count + 1) * n
        indices = np.tile(columns, count)
        matrix = sparse.csr_array((data, indices, ends), shape=(count, n))
        return matrix, support[part][:, columns].ravel()

    blocks = map(block, range(0, n, rows))
    found = neighbors_from(blocks, n, k=k, min_support=least)
    assert rows_of(found) == by_hand(scores, support.tolist(), k, least)


@given(scores=squares, k=st.integers(1, 4))
@settings(deadline=None)
def test_products_are_the_same_by_any_number_of_threads(
    scores: list[list[float]], k: int
) -> None:
    left = sparse.csr_array(np.array(scores))
    expected = (np.array(scores) @ np.array(scores)).tolist()
    zeros = [[0] * len(scores)] * len(scores)
    for limit in (1, 2):
        with threadpool_limits(limit), pytest.MonkeyPatch.context() as patch:
            patch.setattr(edges, "ENTRIES_AT_ONCE", 7)
            found = nearest(left, left, k=k)
        assert rows_of(found) == by_hand(expected, zeros, k, 0)


@given(
    scores=squares,
    seed=st.integers(0, 99),
    n=st.integers(0, 10),
)
@settings(deadline=None)
def test_small_and_large_catalogs_add_up_alike(
    scores: list[list[float]], seed: int, n: int
) -> None:
    """Far more items than entries: sums go another way, with the same result."""
    matrix = sparse.csr_array(np.array(scores))
    small = nearest(matrix, sparse.eye_array(len(scores)).tocsr(), k=9)
    rng = np.random.default_rng(seed)
    asked = rng.permutation(len(scores))[: rng.integers(1, len(scores) + 1)]
    query = Query(asked, rng.choice([0.5, 1.0, 2.0], len(asked)))
    wide = ItemNeighbors(
        np.concatenate([small.indptr, np.full(5000, small.indptr[-1])]),
        small.indices,
        small.data,
        small.support,
    )
    one, other = small.candidates(query, n), wide.candidates(query, n)
    assert one.items.tolist() == other.items.tolist()
    assert one.scores.tolist() == other.scores.tolist()
    assert one.because.tolist() == other.because.tolist()


def test_the_loudest_speaks_and_negative_entries_count_against() -> None:
    known = ItemNeighbors(
        np.array([0, 3, 6, 6, 6, 6]),
        np.array([2, 3, 4, 2, 3, 4]),
        np.array([0.5, 0.25, 1.0, 0.5, 0.5, -1.0]),
        np.zeros(6, int),
    )
    found = known.candidates(Query(np.array([1, 0]), np.array([1.0, 1.0])), 9)
    assert found.items.tolist() == [2, 3]
    assert found.scores.tolist() == [1.0, 0.75]
    assert found.because.tolist() == [1, 1]

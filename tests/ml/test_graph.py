"""Walks sharpened and smoothed: the folded matrix against the formula in full."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from shop_personalize.ml.recommenders.filtered import Filter, filtered
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.graph import GraphWalk
from shop_personalize.ml.recommenders.lowpass import LowPass, normalized
from shop_personalize.ml.recommenders.walk import walk
from tests.ml.build import busy, shop

EXPONENTS = (0.5, 0.7, 0.3)


def visits(owners: int = 40, items: int = 12, seed: int = 3) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    full = (rng.random((owners, items)) < 0.3).astype(np.float32)
    full[:, 0] = 0
    return sparse.csr_array(full)


def in_full(matrix: sparse.csr_array, sharpen: float, smooth: float, rank: int) -> Any:
    """The formula of ``filtered`` with dense matrices and an exact SVD."""
    full = matrix.toarray().astype(float)
    items, owners = full.sum(axis=0), full.sum(axis=1)

    def power(degrees: Any, exponent: float) -> Any:
        return np.where(degrees > 0, np.maximum(degrees, 1e-9) ** -exponent, 0)

    start, through, end = (
        np.diag(power(degrees, exponent))
        for degrees, exponent in zip((items, owners, items), EXPONENTS, strict=True)
    )
    walked = start @ full.T @ through @ full @ end
    row, column = np.diag(power(owners, 0.35)), np.diag(power(items, 0.4))
    _, values, vectors = np.linalg.svd(row @ full @ column)
    kept, axes = values[:rank] / values[0], vectors[:rank].T
    sharp = walked - sharpen * walked @ axes @ np.diag(kept**2) @ axes.T
    low = column @ axes @ axes.T @ np.diag(items**0.4)
    tops = [[], []]
    for seen in full:
        for top, part in zip(tops, (sharp, low), strict=True):
            top.append(max((seen @ part)[seen == 0].max(), 0))
    scale, level = (np.median(top) or 1.0 for top in tops)
    return np.where(walked > 0, sharp / scale + smooth * low / level, 0)


@pytest.mark.parametrize(("sharpen", "smooth"), [(1.0, 0.5), (0.5, 0.0), (0.0, 1.0)])
def test_folded_as_the_formula_says(sharpen: float, smooth: float) -> None:
    matrix = visits()
    found = filtered(
        matrix,
        Filter(sharpen, smooth, 3),
        exponents=EXPONENTS,
        k=12,
        min_support=1,
    )
    expected = in_full(matrix, sharpen, smooth, 3)
    np.fill_diagonal(expected, 0)
    rows = (found.data, found.indices, found.indptr)
    dense = sparse.csr_array(rows, shape=expected.shape).toarray()
    assert dense == pytest.approx(np.maximum(expected, 0), abs=1e-4)


def test_nothing_sharpened_nothing_smoothed_is_the_walk() -> None:
    matrix = visits()
    plain = walk(matrix, exponents=EXPONENTS, k=4, min_support=2)
    found = filtered(matrix, Filter(0, 0, 3), exponents=EXPONENTS, k=4, min_support=2)
    for name, array in plain.to_arrays().items():
        np.testing.assert_array_equal(found.to_arrays()[name], array)


def test_edges_keep_their_support_and_its_limit() -> None:
    matrix = visits()
    together = (matrix.T @ matrix).toarray()
    found = filtered(
        matrix, Filter(1, 0.5, 3), exponents=EXPONENTS, k=12, min_support=4
    )
    rows = np.repeat(np.arange(12), np.diff(found.indptr))
    assert found.support.tolist() == together[rows, found.indices].tolist()
    assert found.support.min() >= 4


def test_the_strongest_direction_has_the_value_one() -> None:
    low = LowPass.of(visits(), 5)
    assert low.values[0] == pytest.approx(1, abs=1e-5)
    assert (np.diff(low.values) <= 0).all()
    assert low.vectors.T @ low.vectors == pytest.approx(np.eye(5), abs=1e-4)
    assert low.vectors[0] == pytest.approx(0, abs=1e-6), "nobody had it"


def test_rank_is_cut_to_what_there_is() -> None:
    assert LowPass.of(visits(), 99).vectors.shape == (12, 11)
    assert LowPass.of(sparse.csr_array((4, 3)), 2).vectors.shape == (3, 0)
    assert normalized(sparse.csr_array((4, 3))).nnz == 0


def test_as_for_you_where_the_filters_are_off() -> None:
    data = busy()
    shared = {"start": 0.3, "through": 0.6, "end": 0.5, "k": 300, "min_support": 2}
    graph = GraphWalk(sharpen=0, smooth=0, **shared).fit(data)
    plain = ForYou(**shared).fit(data)
    assert graph.query_config_ == plain.query_config_
    for name, array in plain.knowledge_.to_arrays().items():
        np.testing.assert_array_equal(graph.knowledge_.to_arrays()[name], array)


def test_learns_where_rows_carry_no_time() -> None:
    rows = [(v, i, "view", 0.0) for v, i in ((0, "a"), (0, "b"), (1, "a"), (1, "b"))]
    rows += [(2, "b", "view", 0.0), (2, "c", "view", 0.0), (3, "c", "view", 0.0)]
    data = shop(rows, now=0.0)
    known = GraphWalk(sharpen=0, smooth=0).fit(data).knowledge_
    start, end = known.indptr[0], known.indptr[1]
    assert data.ids.texts(known.indices[start:end].tolist()) == ["b"]

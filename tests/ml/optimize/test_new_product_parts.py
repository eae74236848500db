"""Models of the sparse columns of products, and how they are weighed."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import nnls
from sklearn.linear_model import Ridge

from shop_personalize.ml.optimize.prices.new_product.parts import (
    LINEAR,
    NETS,
    Parts,
)
from shop_personalize.ml.optimize.prices.new_product.views import Seen
from shop_personalize.ml.optimize.prices.sales import Floats, Ints

FOLDS = 3


@pytest.fixture(scope="module")
def rows() -> tuple[Seen, Floats, Ints]:
    """Three words, a spelling and a pair of words."""
    rng = np.random.default_rng(0)
    x = rng.random((120, 5)).astype(np.float32)
    y = x @ np.array([1.0, -2.0, 0.5, 3.0, 1.5]) + 0.1 * rng.standard_normal(120)
    places = {"title": slice(3), "spelling": slice(3, 4), "cross": slice(4, 5)}
    return Seen(sp.csr_matrix(x), places), y, np.arange(120) % FOLDS


def test_each_row_is_told_of_by_what_has_not_seen_it(
    rows: tuple[Seen, Floats, Ints],
) -> None:
    seen, target, fold = rows
    found = Parts(nets=0, ridge=0.5).fit(seen, target, fold, np.random.default_rng(0))
    assert found.shape == (120, 1)
    for each in range(FOLDS):
        rest, out = fold != each, fold == each
        model = Ridge(alpha=0.5).fit(seen.all[rest].toarray(), target[rest])
        expected = model.predict(seen.all[out].toarray())
        np.testing.assert_allclose(found[out, 0], expected, atol=0.01)


def test_what_is_new_is_told_by_ridge_of_all_rows(
    rows: tuple[Seen, Floats, Ints],
) -> None:
    seen, target, fold = rows
    parts = Parts(nets=0, ridge=0.5)
    parts.fit(seen, target, fold, np.random.default_rng(0))
    model = Ridge(alpha=0.5).fit(seen.all.toarray(), target)
    np.testing.assert_allclose(
        parts.predict(seen)[:, 0], model.predict(seen.all.toarray()), atol=0.01
    )


def test_each_kind_of_network_is_the_mean_of_its_own(
    rows: tuple[Seen, Floats, Ints],
) -> None:
    seen, target, fold = rows
    parts = Parts(nets=len(NETS), ridge=0.5)
    found = parts.fit(seen, target, fold, np.random.default_rng(0))
    told = parts.predict(seen)
    assert found.shape == told.shape == (120, 1 + len(NETS))
    for kind, ((kinds, _dropped), nets) in enumerate(
        zip(NETS, parts.nets_, strict=True)
    ):
        assert len(nets) == FOLDS + 1
        x = seen.only(kinds)
        assert x.shape[1] == (4 if "spelling" in kinds else 3)
        each = np.array([net.predict(x) for net in nets])
        np.testing.assert_array_equal(told[:, 1 + kind], each.mean(axis=0))
        last = nets[FOLDS - 1].predict(x)[fold == FOLDS - 1]
        np.testing.assert_allclose(found[fold == FOLDS - 1, 1 + kind], last, rtol=1e-5)


def test_networks_weigh_more_than_one_of_them_would(
    rows: tuple[Seen, Floats, Ints],
) -> None:
    """The best weights that are not below zero, and some of ridge's for networks."""
    seen, target, fold = rows
    parts = Parts(nets=2, ridge=0.5)
    found = parts.fit(seen, target, fold, np.random.default_rng(0))
    best, _ = nnls(found - found.mean(axis=0), target - target.mean())
    assert best[0] > 0
    assert best[1:].sum() > 0
    assert parts.weights_[0] == pytest.approx(LINEAR * best[0])
    assert parts.weights_.sum() == pytest.approx(best.sum())
    assert parts.weights_[1] * best[2] == pytest.approx(parts.weights_[2] * best[1])
    assert parts.mixed(found).mean() == pytest.approx(target.mean())


def test_ridge_alone_keeps_its_weight(rows: tuple[Seen, Floats, Ints]) -> None:
    seen, target, fold = rows
    parts = Parts(nets=0, ridge=0.5)
    found = parts.fit(seen, target, fold, np.random.default_rng(0))
    left = target - parts.mixed(found)
    assert (found[:, 0] - found[:, 0].mean()) @ left == pytest.approx(0, abs=1e-9)

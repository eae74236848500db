"""Sums are those of their products, and the least-squares answer is the one known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.forecast.hierarchy import METHODS, Hierarchy, shrinkage
from shop_personalize.ml.forecast.panel import PanelError

SHOP = Hierarchy.of(np.zeros(3, int), np.array([0, 0, 1]))
BASE = np.array([[30.0], [9.0], [6.0], [4.0], [6.0], [8.0]])
RESIDUALS = np.random.default_rng(1).normal(0, [[3], [2], [1], [1], [2], [1]], (6, 40))


def summing() -> np.ndarray[Any, Any]:
    return np.vstack([SHOP.sums.toarray(), np.eye(3)])


def textbook(weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """S (S' W⁻¹ S)⁻¹ S' W⁻¹ y, as Hyndman et al. write it."""
    s, w = summing(), np.linalg.inv(weights)
    found: np.ndarray[Any, Any] = s @ np.linalg.solve(s.T @ w @ s, s.T @ w @ BASE)
    return found


def test_bottom_up_believes_the_products() -> None:
    found = SHOP.reconciled(BASE, "bottom up")
    np.testing.assert_allclose(found[:, 0], [18, 10, 8, 4, 6, 8])


def test_top_down_shares_the_whole_out() -> None:
    found = SHOP.reconciled(BASE, "top down")
    np.testing.assert_allclose(found[3:, 0], 30 * np.array([4, 6, 8]) / 18)
    history = np.array([[1.0, 1.0], [2.0, np.nan], [0.0, 1.0]])
    found = SHOP.reconciled(BASE, "top down", history=history)
    np.testing.assert_allclose(found[3:, 0], [12, 12, 6])


def test_weighed_as_in_the_textbook() -> None:
    ols = SHOP.reconciled(BASE, "ols", floor=None)
    np.testing.assert_allclose(ols, textbook(np.eye(6)), rtol=1e-12)
    structural = SHOP.reconciled(BASE, "structural", floor=None)
    sizes = np.diag([3.0, 2, 1, 1, 1, 1])
    np.testing.assert_allclose(structural, textbook(sizes), rtol=1e-12)
    variance = np.diag((RESIDUALS**2).mean(axis=1))
    found = SHOP.reconciled(BASE, "variance", residuals=RESIDUALS, floor=None)
    np.testing.assert_allclose(found, textbook(variance), rtol=1e-10)
    kept = shrinkage(RESIDUALS)
    shrunken = kept * variance + (1 - kept) * RESIDUALS @ RESIDUALS.T / 40
    found = SHOP.reconciled(BASE, "shrunken", residuals=RESIDUALS, floor=None)
    np.testing.assert_allclose(found, textbook(shrunken), rtol=1e-8)


def test_correlations_are_shrunken_as_published() -> None:
    x = RESIDUALS / np.sqrt((RESIDUALS**2).mean(axis=1, keepdims=True))
    pairs = [(i, j) for i in range(6) for j in range(6) if i != j]
    products = np.array([x[i] * x[j] for i, j in pairs])
    varying = (products.var(axis=1) / (40 - 1)).sum()
    squares = (products.mean(axis=1) ** 2).sum()
    assert shrinkage(RESIDUALS) == pytest.approx(min(varying / squares, 1.0))
    assert shrinkage(np.tile(RESIDUALS[:1], (4, 1))) < 0.1
    assert shrinkage(np.zeros((3, 5))) == 1.0


@given(st.sampled_from(METHODS), st.integers(0, 2**31))
def test_every_sum_is_that_of_its_products(how: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    groups = draw.integers(-1, 3, 12)
    shop = Hierarchy.of(np.zeros(12, int), groups)
    rows = shop.sums.shape[0] + 12
    base = draw.gamma(1, 10, (rows, 4))
    noise = draw.normal(0, 1, (rows, 9))
    found = shop.reconciled(base, how, residuals=noise)  # type: ignore[arg-type]
    np.testing.assert_allclose(found, shop.with_sums(found[-12:]), atol=1e-9)
    assert (found >= 0).all()
    if how not in {"bottom up", "top down"}:
        agreeing = shop.with_sums(base[-12:])
        kept = shop.reconciled(agreeing, how, residuals=noise)  # type: ignore[arg-type]
        np.testing.assert_allclose(kept, agreeing, rtol=1e-9)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"base": BASE[:5]}, r"not \(3 sums \+ 3 products, h\)"),
        ({"base": BASE, "how": "guess"}, "one of: bottom up, top down"),
        ({"base": BASE, "how": "variance"}, "residuals of 6 series, not None"),
    ],
)
def test_what_does_not_fit_is_named(given_: dict[str, Any], told: str) -> None:
    with pytest.raises(PanelError, match=told):
        SHOP.reconciled(**given_)


def test_top_down_needs_the_whole() -> None:
    with pytest.raises(PanelError, match="sums every product"):
        Hierarchy.of(np.array([0, 0, 1])).reconciled(np.ones((5, 1)), "top down")

"""Hierarchies with something missing: errors not known, groups of nobody."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.hierarchy import METHODS, Hierarchy
from shop_personalize.ml.forecast.panel import PanelError

PAIR = Hierarchy.of(np.zeros(2, int))
BASE = np.array([[30.0], [10.0], [10.0]])


@pytest.mark.parametrize("how", ["variance", "shrunken"])
def test_a_product_known_for_a_short_time_is_not_a_sure_one(how: str) -> None:
    """Errors of 1 each, of the second product known in 4 of 40 periods only."""
    signs = np.random.default_rng(3).permuted(np.tile([1.0, -1.0], (3, 20)), axis=1)
    young = signs.copy()
    young[2, :36] = np.nan
    found = PAIR.reconciled(BASE, how, residuals=young)  # type: ignore[arg-type]
    shift = found[1:, 0] - 10
    assert shift[1] == pytest.approx(shift[0], rel=0.35 if how == "shrunken" else 1e-9)


def test_known_errors_count_as_before() -> None:
    residuals = np.random.default_rng(1).normal(0, [[3], [1], [2]], (3, 30))
    found = PAIR.reconciled(BASE, "variance", residuals=residuals)
    above, one, two = (residuals**2).mean(axis=1)
    shift = 10 * np.array([one, two]) / (above + one + two)
    np.testing.assert_allclose(found[1:, 0], 10 + shift)


def test_no_error_known_at_all_is_named() -> None:
    silent = np.ones((3, 5))
    silent[1] = np.nan
    with pytest.raises(PanelError, match="no residual of series 1 is known"):
        PAIR.reconciled(BASE, "variance", residuals=silent)


@pytest.mark.parametrize("how", [each for each in METHODS if each != "top down"])
def test_products_without_a_group_stay_as_they_are(how: str) -> None:
    alone = Hierarchy.of(np.full(2, -1))
    found = alone.reconciled(BASE[1:], how, residuals=np.ones((2, 3)))  # type: ignore[arg-type]
    np.testing.assert_array_equal(found, BASE[1:])


def test_top_down_without_a_sum_says_what_it_needs() -> None:
    with pytest.raises(PanelError, match="sums every product"):
        Hierarchy.of(np.full(2, -1)).reconciled(BASE[1:], "top down")

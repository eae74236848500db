"""One promise for many products."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.service import corrected, differentiated

WORTH = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=30).map(np.array)


@given(WORTH, st.floats(0.72, 0.995))
def test_the_promise_is_held_on_average(worth: np.ndarray, service: float) -> None:
    found = differentiated(worth, service)
    assert found.mean() == pytest.approx(service, abs=1e-6)
    assert (np.diff(found[np.argsort(worth)]) <= 1e-12).all()


def test_equal_worth_equal_service() -> None:
    assert differentiated([3.0, 3.0], 0.95) == pytest.approx([0.95, 0.95])


def test_inside_the_bounds_one_multiplier_for_all() -> None:
    worth = np.array([1.0, 2.0, 5.0])
    found = differentiated(worth, 0.95)
    density = norm.pdf(norm.ppf(found)) / worth
    assert density == pytest.approx(np.full(3, density[0]))


def test_takes_the_least_stock() -> None:
    """Against 2,000 other ways to hold the same promise on average."""
    rng = np.random.default_rng(2)
    worth = np.array([1.0, 4.0, 2.0, 9.0])
    best = worth @ norm.ppf(differentiated(worth, 0.95, 0.6))
    tried = np.clip(0.95 + rng.normal(0, 0.03, (2000, 4)), 0.6, 0.9999)
    held = tried[tried.mean(axis=1) >= 0.95]
    assert len(held) > 500
    assert (norm.ppf(held) @ worth).min() >= best


def test_bounds_hold() -> None:
    found = differentiated([1e-6, 1.0, 1e6], 0.9, 0.8, 0.99)
    assert found.min() == pytest.approx(0.8)
    assert found.max() == pytest.approx(0.99)


def test_what_makes_no_sense_is_said() -> None:
    with pytest.raises(StockError, match=r"worth must be \(products,\), each above 0"):
        differentiated([1.0, 0.0], 0.95)
    with pytest.raises(StockError, match=r"service must lie in 0.7..0.99, not 0.5"):
        differentiated([1.0], 0.5, 0.7, 0.99)
    with pytest.raises(StockError, match="promised must be between 0 and 1, not 1"):
        corrected(1.6, 1.0, 0.9)
    with pytest.raises(StockError, match=r"reached must lie in 0..1, not 1.5"):
        corrected(1.6, 0.9, 1.5)


def test_a_step_against_what_was_missed() -> None:
    assert corrected(1.6, 0.95, 0.90) == pytest.approx(1.65)
    assert corrected(1.6, 0.95, 1.0, gain=2.0) == pytest.approx(1.5)
    assert corrected(0.01, 0.95, 1.0) == 0.0
    assert corrected(5.9, 0.95, 0.0) == 6.0


def test_holds_the_promise_however_wrong_the_forecast() -> None:
    """Deviations told are half of the true ones."""
    rng = np.random.default_rng(3)
    score, kept = float(norm.ppf(0.9)), []
    for _ in range(400):
        kept.append(float((rng.normal(0, 2, 200) <= score).mean()))
        score = corrected(score, 0.9, kept[-1])
    assert np.mean(kept[100:]) == pytest.approx(0.9, abs=0.005)

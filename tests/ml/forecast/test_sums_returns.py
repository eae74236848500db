"""What comes back counts as less than nothing; sums of it stay numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums


def test_more_came_back_of_late_than_was_sold() -> None:
    values = np.r_[np.full(60, 5.0), np.full(20, -3.0)][None]
    moved, still = (
        LeadTimeSums(recent=20, follow=each).fit(Panel(values)).totals(3, 0.9)
        for each in (0.25, 0.0)
    )
    assert moved == pytest.approx(still * (0.05 / 1.05) ** 0.25)


def test_what_came_back_in_all_is_no_level_to_follow() -> None:
    values = np.r_[np.full(60, -5.0), np.full(20, 3.0)][None]
    moved, still = (
        LeadTimeSums(recent=20, follow=each).fit(Panel(values)).totals(3, 0.9)
        for each in (0.25, 0.0)
    )
    np.testing.assert_array_equal(moved, still)


@given(
    arrays(np.float64, (3, 20), elements=st.integers(-20, 20).map(float)),
    st.integers(1, 40),
)
def test_always_finite_never_below_nothing(values: np.ndarray, periods: int) -> None:
    found = LeadTimeSums(recent=4).fit(Panel(values)).totals_at(periods, (0.1, 0.9))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found[0] <= found[1]).all()

"""How long stock lasts and what an order needs: reckoned by hand, and always so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from shop_personalize.supply.position import Outlook, in_packs, with_late
from shop_personalize.supply.selectors import classes

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.975, 0.99)
SPANS = (1, 2, 3, 4, 6, 9, 13)


def outlook(mean: float = 10.0, sd: float = 3.0, elapsed: float = 0.0) -> Outlook:
    """One product: ``mean`` a week, normal with ``sd`` a week, for 13 weeks."""
    z = norm.ppf(LEVELS)
    totals = [[mean * k + each * sd * np.sqrt(k) for k in SPANS] for each in z]
    return Outlook(
        np.full((1, 13), mean), np.array([totals]), LEVELS, SPANS, 7.0, elapsed
    )


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_what_is_expected_goes_on_after_the_horizon() -> None:
    ahead = outlook()
    assert ahead.rate[0] == pytest.approx(10 / 7)
    days = [3.5, 7, 21, 91, 98]
    assert [ahead.expected(one(d))[0] for d in days] == pytest.approx(
        [5, 10, 30, 130, 140]
    )


def test_days_of_the_first_period_that_are_over_do_not_count() -> None:
    mean = np.array([[14.0, 7.0, 7.0]])
    ahead = Outlook(mean, np.zeros((1, 1, 1)), (0.5,), (1,), 7.0, elapsed=5.0)
    assert ahead.expected(one(3.0))[0] == pytest.approx(2 * 2 + 1 * 1)


def test_the_spread_is_that_of_the_sum() -> None:
    ahead = outlook()
    found = ahead.spread(one(14.0), one(0.95))
    assert found[0] == pytest.approx(norm.ppf(0.95) * 3 * np.sqrt(2))
    far = ahead.spread(one(4 * 91.0), one(0.95))
    assert far[0] == pytest.approx(norm.ppf(0.95) * 3 * np.sqrt(13 * 4))


def test_the_chance_of_more_is_one_half_at_the_mean() -> None:
    ahead = outlook()
    assert ahead.chance_beyond(one(14.0), one(20.0))[0] == pytest.approx(0.5, abs=0.02)
    level = norm.cdf(1.0)
    above = 20 + 3 * np.sqrt(2)
    chance = ahead.chance_beyond(one(14.0), one(above))[0]
    assert chance == pytest.approx(1 - level, abs=0.02)
    assert ahead.chance_beyond(one(14.0), one(1000.0))[0] == 0.0


def test_stock_lasts_until_it_is_expected_to_be_gone() -> None:
    ahead = outlook()
    assert ahead.lasts(one(25.0))[0] == pytest.approx(17.5, abs=1e-3)
    assert ahead.lasts(one(0.0))[0] == pytest.approx(0.0, abs=1e-3)
    assert np.isinf(outlook(mean=0.0, sd=0.0).lasts(one(5.0))[0])


def test_an_order_waits_until_the_stock_just_covers_the_lead_time() -> None:
    ahead = outlook()
    assert ahead.wait(one(30.0), one(7.0))[0] == pytest.approx(14.0, abs=1e-3)
    assert ahead.wait(one(8.0), one(7.0))[0] == 0.0


def test_packs_and_minimum_round_up_and_nothing_stays_nothing() -> None:
    wanted = np.array([0.0, 0.2, 7.0, 12.0, 13.0])
    pack, minimum = np.full(5, 6.0), np.array([10.0, 0.0, 10.0, 0.0, 0.0])
    assert in_packs(wanted, pack, minimum).tolist() == [0, 6, 12, 12, 18]


def test_a_late_supplier_needs_more_safety() -> None:
    found = with_late(one(3.0), one(0.95), one(2.0), one(1.0))
    assert found[0] == pytest.approx(np.hypot(3.0, norm.ppf(0.95) * 2.0))
    assert with_late(one(3.0), one(0.95), one(2.0), one(0.0))[0] == 3.0


@given(
    st.floats(0, 200),
    st.floats(0, 50),
    st.floats(0.5, 120),
    st.floats(0.5, 0.98),
)
def test_more_service_never_needs_less_and_more_stock_never_lasts_shorter(
    mean: float, sd: float, days: float, level: float
) -> None:
    ahead = outlook(mean, sd)
    low = ahead.spread(one(days), one(level))[0]
    assert ahead.spread(one(days), one(level + 0.01))[0] >= low - 1e-9
    stock = mean * days / 7
    assert ahead.lasts(one(stock + 1))[0] >= ahead.lasts(one(stock))[0]
    risk = ahead.chance_beyond(one(days), one(stock))[0]
    assert 0 <= ahead.chance_beyond(one(days), one(stock + sd))[0] <= risk <= 1


def test_classes_by_share_of_revenue_and_by_regularity() -> None:
    earned = np.array([5.0, 80.0, 10.0, 5.0, -3.0, 0.0])
    assert "".join(classes.abc(earned)) == "BABCCC"
    weeks = np.array([[5.0, 5, 5, 5], [0, 10, 5, 5], [0, 0, 0, 9], [0, 0, 0, 0]])
    assert "".join(classes.xyz(weeks)) == "XYZZ"
    assert "".join(classes.abc(np.zeros(2))) == "CC"

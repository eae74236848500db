from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.trials import (
    days_needed,
    detectable,
    detectable_rate,
    power_of,
    power_of_rates,
    sample_size,
    sample_size_mean,
)

RATES = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("base", "lifted", "size"),
    [(0.2, 0.25, 1030), (0.2, 0.15, 973), (0.03, 0.033, 51486)],
)
def test_sizes_as_the_calculators_print_them(
    base: float, lifted: float, size: int
) -> None:
    assert sample_size(base, lifted) == size


def test_sizes_by_other_powers_and_levels() -> None:
    assert sample_size(0.2, 0.25, power=0.9) == 1390
    assert sample_size(0.2, 0.25, level=0.99) == 1526
    assert sample_size(0.2, 0.25, both=True) == 1091
    assert sample_size_mean(10, 1) == 1570
    assert sample_size_mean(10, -1, power=0.9) == 2101


def test_the_level_may_be_said_of_the_interval_or_of_the_test() -> None:
    assert sample_size(0.2, 0.25, level=0.05) == sample_size(0.2, 0.25, level=0.95)
    assert sample_size_mean(10, 1, level=0.01) == sample_size_mean(10, 1, level=0.99)


def test_looking_at_any_time_costs_visitors() -> None:
    assert sample_size_mean(10, 1, sequential=True) == 3006
    assert power_of(10, 1, 3006, sequential=True) == pytest.approx(0.8, abs=1e-4)
    assert power_of(10, 1, 3006) == pytest.approx(0.9723, abs=1e-4)


def test_power_of_the_published_size() -> None:
    """The closed form takes the base's variance for both arms; the test does not."""
    assert power_of_rates(0.2, 0.25, 1030) == pytest.approx(0.777, abs=5e-4)
    assert power_of_rates(0.2, 0.25, 1091) == pytest.approx(0.8, abs=5e-4)


def test_no_difference_is_found_as_often_as_the_level_says() -> None:
    assert power_of(10, 0, 500) == pytest.approx(0.05)
    assert power_of_rates(0.2, 0.2, 500, level=0.99) == pytest.approx(0.01)


@given(st.floats(0.1, 100), st.floats(0.5, 0.99), st.integers(10, 10**6), st.booleans())
def test_what_is_detectable_is_detected(
    deviation: float, power: float, units: int, sequential: bool
) -> None:
    least = detectable(deviation, units, power=power, sequential=sequential)
    found = power_of(deviation, least, units, sequential=sequential)
    assert found == pytest.approx(power, abs=1e-4)


def test_a_small_holdout_sees_large_differences_only() -> None:
    assert detectable(10, 1000, 19_000) == pytest.approx(0.909, abs=1e-3)
    assert detectable(10, 10_000, 10_000) == pytest.approx(0.396, abs=1e-3)


def test_the_smallest_rate_detected() -> None:
    assert detectable_rate(0.2, 1091) == pytest.approx(0.25, abs=1e-4)
    assert detectable_rate(0.2, 1091, 10_000) == pytest.approx(0.2360, abs=1e-4)
    assert detectable_rate(0.9, 10) is None


@given(RATES, RATES)
def test_more_is_needed_for_less(base: float, lifted: float) -> None:
    if abs(base - lifted) > 0.001:
        nearer = (base + lifted) / 2
        assert sample_size(base, nearer) >= sample_size(base, lifted)


def test_days() -> None:
    assert days_needed(2060, 100) == 21
    assert days_needed(2060, 100, share=0.5) == 42
    assert days_needed(1, 1000) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sample_size(0, 0.1), "base: between 0 and 1, not 0"),
        (lambda: sample_size(0.1, 20), "lifted: between 0 and 1, not 20"),
        (lambda: sample_size(0.1, 0.1), "difference: nothing to tell apart"),
        (lambda: sample_size(0.1, 0.2, power=1), "power: between 0 and 1"),
        (lambda: sample_size(0.1, 0.2, level=95), "level: between 0 and 1, not 95"),
        (lambda: sample_size_mean(0, 1), "deviation: a number above 0, not 0"),
        (lambda: sample_size_mean(1, 0), "difference: nothing to tell"),
        (lambda: power_of(1, 1, 0), "control: a number above 0, not 0"),
        (lambda: days_needed(5, 0), "visitors_a_day: a number above 0"),
    ],
)
def test_says_what_is_wrong(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]

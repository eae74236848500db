from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from shop_personalize.ml.forecast import seasonal
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.seasonal_shared import believed, shared

Matrix = NDArray[np.float64]

PATTERN = np.array([0.5, 1.5, 1.2, 0.8])
YEAR = 1 + 0.4 * np.sin(2 * np.pi * np.arange(52) / 52)


def test_indices_of_a_steady_season_are_exact_and_end_with_the_last_period() -> None:
    values = 20 * np.tile(PATTERN, 5)[None, :-1]
    found = seasonal.indices(values, 4)
    np.testing.assert_allclose(found, [[0.8, 0.5, 1.5, 1.2]], rtol=1e-12)
    np.testing.assert_allclose(seasonal.ahead(found, 5)[0], [0.8, 0.5, 1.5, 1.2, 0.8])
    np.testing.assert_allclose(20 * seasonal.unfold(found, 19), values)


def test_an_odd_season_too() -> None:
    pattern = np.array([0.6, 1.1, 1.3])
    found = seasonal.indices(np.tile(7 * pattern, 4)[None], 3)
    np.testing.assert_allclose(found, pattern[None], rtol=1e-12)


def test_growth_is_no_season() -> None:
    values = (10 + np.arange(16.0))[None]
    np.testing.assert_allclose(seasonal.indices(values, 4), 1.0, atol=1e-12)


def test_late_and_short_and_empty_series() -> None:
    steady = 20 * np.tile(PATTERN, 6)
    late = np.where(np.arange(24) < 9, np.nan, steady)
    short = np.where(np.arange(24) < 19, np.nan, steady)
    found = seasonal.indices(np.stack([late, short, np.zeros(24)]), 4)
    np.testing.assert_allclose(found[0], PATTERN, rtol=1e-12)
    np.testing.assert_array_equal(found[1:], 1.0)


def test_what_noise_explains_is_not_believed() -> None:
    draw = np.random.default_rng(3)
    noise = 100 + draw.normal(0, 10, (200, 48))
    raw = seasonal.indices(noise, 12, shrink=False)
    drawn = seasonal.indices(noise, 12)
    spread, left = (np.square(each - 1).sum(axis=1) for each in (raw, drawn))
    assert (left <= spread).all()
    assert left.mean() < 0.25 * spread.mean()
    np.testing.assert_allclose(drawn.mean(axis=1), 1.0, rtol=1e-12)


def test_a_late_season_weighs_more_than_an_early_one() -> None:
    cycles = [PATTERN, PATTERN, PATTERN[::-1], PATTERN[::-1]]
    values = np.concatenate(cycles)[None]
    even = seasonal.indices(values, 4, 1.0, shrink=False)
    late = seasonal.indices(values, 4, 0.5, shrink=False)
    assert np.abs(late - PATTERN[::-1]).sum() < np.abs(even - PATTERN[::-1]).sum()


def test_a_season_is_told_from_noise() -> None:
    draw = np.random.default_rng(0)
    noise = draw.normal(0, 0.1, (300, 40)) + 10
    season = noise + np.tile(PATTERN, 10)
    assert seasonal.is_seasonal(Panel(season, season=4)).all()
    assert seasonal.is_seasonal(Panel(noise, season=4)).mean() < 0.2
    assert seasonal.is_seasonal(Panel(noise, season=4), 3.0).mean() < 0.02
    np.testing.assert_array_equal(seasonal.is_seasonal(Panel(season, season=1)), False)


@pytest.mark.parametrize(("length", "answer"), [(9, False), (10, True)])
def test_two_seasons_and_two_periods_are_needed(length: int, answer: bool) -> None:
    steady = np.where(np.arange(24) < 24 - length, np.nan, np.tile(PATTERN, 6))
    panel = Panel(steady[None], season=4)
    assert bool(seasonal.can_be_tested(panel)[0]) is answer
    assert bool(seasonal.is_seasonal(panel)[0]) is answer


def test_what_never_changes_has_no_season() -> None:
    assert not seasonal.is_seasonal(Panel(np.full((1, 30), 7.0), season=4))[0]


def shop(draw: np.random.Generator, year: Matrix, n: int = 150) -> Matrix:
    """Weekly sales of n products that follow ``year`` (T,) in part or not at all."""
    follows = np.where(np.arange(n) % 3 == 0, 0.0, 1.0)[:, None]
    mean = draw.uniform(3, 40, n)[:, None] * (1 + follows * (year - 1))
    return draw.poisson(mean).astype(np.float64)


def test_a_year_that_all_share_is_found_in_two() -> None:
    values = shop(np.random.default_rng(1), np.tile(YEAR, 2))
    found = shared(Panel(values, season=52))
    follows = np.arange(150) % 3 > 0
    assert np.abs(found[follows] - YEAR / YEAR.mean()).mean() < 0.05
    assert np.abs(found[~follows] - 1).mean() < 0.05
    np.testing.assert_allclose(found.mean(axis=1), 1.0, rtol=1e-12)
    kept = believed(Panel(values, season=52))
    drawn = (kept[follows] - 1).std() / (found[follows] - 1).std()
    assert 0.5 < drawn <= 1


def test_noise_a_few_products_and_one_year_share_nothing() -> None:
    draw = np.random.default_rng(2)
    noise = shop(draw, np.ones(104))
    few = shop(draw, np.tile(YEAR, 2), n=9)
    once = shop(draw, YEAR)
    for values in (noise, few, once):
        np.testing.assert_array_equal(shared(Panel(values, season=52)), 1.0)
        np.testing.assert_array_equal(believed(Panel(values, season=52)), 1.0)


def test_a_year_that_did_not_come_again_is_not_believed() -> None:
    other = 1 + 0.4 * np.cos(2 * np.pi * np.arange(52) / 52)
    values = shop(np.random.default_rng(3), np.r_[YEAR, other])
    np.testing.assert_array_equal(believed(Panel(values, season=52)), 1.0)


def test_days_of_rare_sales_share_their_week() -> None:
    week = np.array([1.4, 1.0, 0.8, 0.8, 1.0, 1.6, 0.4])
    days = np.tile(week, 20)[:-3]
    drift = np.exp(0.3 * np.sin(np.arange(137) / 20))
    draw = np.random.default_rng(4)
    units = draw.poisson(draw.uniform(0.3, 2, 200)[:, None] * days * drift)
    found = shared(Panel(units.astype(np.float64), season=7))
    expected = np.roll(week, 3) / week.mean()
    np.testing.assert_allclose(found.mean(axis=0), expected, atol=0.08)
    assert np.abs(found - expected).mean() < 0.1


def test_products_that_never_sold_change_nothing() -> None:
    values = shop(np.random.default_rng(1), np.tile(YEAR, 2))
    idle = np.concatenate([values, np.zeros((20, 104))])
    found = believed(Panel(idle, season=52))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(
        found[:150], believed(Panel(values, season=52)), atol=0.03
    )


def test_products_of_less_than_a_year_and_a_quarter_take_no_part() -> None:
    values = shop(np.random.default_rng(1), np.tile(YEAR, 2))
    values[5, :40] = np.nan
    found = shared(Panel(values, season=52))
    np.testing.assert_array_equal(found[5], 1.0)
    assert (found[4] != 1).all()

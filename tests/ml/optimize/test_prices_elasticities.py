from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from shop_personalize.ml.optimize.prices import Elasticities, PriceError, Sales


def shop(
    seed: int = 0, items: int = 6, places: int = 2, weeks: int = 40, **more: Any
) -> Sales:
    """Items of elasticity -1.5, -2, … that cost less in every fourth week or so."""
    rng = np.random.default_rng(seed)
    item, place, week = (
        each.ravel()
        for each in np.meshgrid(
            np.arange(items), np.arange(places), np.arange(weeks), indexing="ij"
        )
    )
    price = np.where(rng.random(len(item)) < 0.25, 8.0, 10.0)
    truth = -1.5 - 0.5 * item
    units = rng.poisson(30 * (1 + place) * (price / 10) ** truth)
    return Sales(item, units.astype(float), price, place, week, **more)


def dummies(*labels: np.ndarray) -> np.ndarray:
    return np.hstack([np.eye(each.max() + 1)[each] for each in labels])


def test_least_squares_equals_the_regression_with_dummies() -> None:
    sales = shop()
    found = Elasticities(method="log", season=None).fit(sales)
    for item in range(6):
        rows = (sales.item == item) & (sales.units > 0)
        x = np.column_stack([np.log(sales.price[rows]), dummies(sales.places[rows])])
        slopes = np.linalg.lstsq(x, np.log(sales.units[rows]), rcond=None)[0]
        assert found.own_[item] == pytest.approx(slopes[0], abs=1e-9)


def test_robust_errors_of_a_single_item_are_those_of_white() -> None:
    sales = shop(items=1, places=1)
    found = Elasticities(method="log", season=None).fit(sales)
    x = np.column_stack([np.log(sales.price), np.ones(40)])
    y = np.log(sales.units)
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    bread = np.linalg.inv(x.T @ x)
    meat = (x * rest[:, None] ** 2).T @ x * 40 / 38
    white = np.sqrt((bread @ meat @ bread)[0, 0])
    student = 2.0243941639119702 / 1.9599639845400545
    assert found.own_errors_[0] == pytest.approx(white * student, rel=1e-9)


def test_errors_by_place_are_those_of_liang_and_zeger() -> None:
    sales = shop(items=1, places=12)
    found = Elasticities(method="log", season=None, errors="clustered").fit(sales)
    log_price = np.log(sales.price)
    mean = np.bincount(sales.places, log_price) / 40
    x = log_price - mean[sales.places]
    y = np.log(sales.units)
    y = y - (np.bincount(sales.places, y) / 40)[sales.places]
    slope = x @ y / (x @ x)
    scores = np.bincount(sales.places, x * (y - slope * x))
    error = np.sqrt(scores @ scores * 12 / 11) / (x @ x)
    student = 2.200985160082949 / 1.9599639845400545
    assert found.own_errors_[0] == pytest.approx(error * student, rel=1e-9)


def test_counting_equals_poisson_likelihood_with_dummies() -> None:
    sales = shop(items=1, places=2)
    sales = Sales(sales.item, np.floor(sales.units / 35), sales.price, sales.place)
    found = Elasticities(season=None).fit(sales)
    x = np.column_stack([np.log(sales.price / 9), dummies(sales.places)])

    def loss(weights: np.ndarray) -> float:
        return float((np.exp(x @ weights) - sales.units * (x @ weights)).sum())

    def slope(weights: np.ndarray) -> np.ndarray:
        return np.asarray(x.T @ (np.exp(x @ weights) - sales.units))

    best = minimize(loss, np.zeros(3), jac=slope, tol=1e-12)
    assert (sales.units == 0).sum() > 20
    assert found.own_[0] == pytest.approx(best.x[0], abs=1e-5)


@pytest.mark.parametrize("method", ["log", "poisson"])
def test_a_season_of_the_whole_shop_is_taken_out(method: Any) -> None:
    plain = shop(items=25, places=1)
    busy = np.where(plain.period % 4 == 0, 4.0, 1.0) if plain.period is not None else 1
    sales = Sales(plain.item, plain.units * busy, plain.price, None, plain.period)
    with_season = Elasticities(method=method).fit(sales)
    without = Elasticities(method=method, season=None).fit(sales)
    truth = -1.5 - 0.5 * np.arange(25)
    close = np.abs(with_season.own_ - truth).mean()
    assert close < 0.5 * np.abs(without.own_ - truth).mean()


def test_seasons_in_turns_end_where_one_regression_would() -> None:
    plain = shop(items=20, places=1, weeks=12)
    sales = Sales(plain.item, plain.units + 1, plain.price, None, plain.period)
    found = Elasticities(method="log").fit(sales)
    assert sales.period is not None
    own_price = np.eye(20)[sales.item] * np.log(sales.price)[:, None]
    x = np.hstack([own_price, dummies(sales.item, sales.period)])
    slopes = np.linalg.lstsq(x, np.log(sales.units), rcond=None)[0][:20]
    known = ~np.isnan(found.own_)
    assert known.sum() == 19
    np.testing.assert_allclose(found.own_[known], slopes[known], atol=1e-6)


def test_what_cannot_speak_for_itself_says_why_and_takes_the_category_value() -> None:
    good = shop(items=8, places=1, category=np.zeros(8, np.int64))
    price, units = good.price.copy(), good.units.copy()
    price[good.item == 0] = 10.0
    units[good.item == 1] = 0
    units[good.item == 2] = np.where(price[good.item == 2] < 9, 10, 40)
    rows = (good.item != 3) | (np.arange(len(price)) % 40 < 3)
    sales = Sales(
        good.item[rows], units[rows], price[rows], category=np.zeros(9, np.int64)
    )
    found = Elasticities().fit(sales)
    assert found.reasons_.tolist() == [
        "one_price", "no_sales", "positive", "few_periods", "", "", "", "", "no_rows",
    ]  # fmt: skip
    silent = [0, 1, 2, 3, 8]
    assert (found.values_[silent] == found.category_values_[0]).all()
    assert set(found.sources_[silent]) == {"category"}
    assert set(found.sources_[4:8]) == {"own"}
    assert (found.values_ < 0).all()
    assert found.note(0) == "the price never changed"
    assert found.note(1) == "nothing was sold"
    assert found.note(2) == (
        f"its own figure {found.own_[2]:+.2f} says that dearer sells more"
    )
    assert found.note(3) == "3 periods with a figure are too few, 8 are needed"
    assert found.note(4) == ""
    assert found.note(8) == "no period is known"
    assert found.periods_.tolist() == [40, 40, 40, 3, 40, 40, 40, 40, 0]
    assert found.prices_.tolist()[0] == 1


def test_a_price_that_moves_with_promotions_alone_is_confounded() -> None:
    sales = shop(items=4, places=1)
    promoted = (sales.price < 9).astype(float)
    found = Elasticities().fit(
        Sales(sales.item, sales.units, sales.price, controls=promoted)
    )
    assert set(found.reasons_) == {"confounded"}
    assert set(found.sources_) == {"prior"}
    assert found.values_.tolist() == [-2.62] * 4
    assert found.note(0).startswith("the price never changed apart from promotions")


def test_a_figure_beyond_belief_is_not_used() -> None:
    sales = shop(items=5, places=1)
    units = np.where((sales.item == 0) & (sales.price > 9), 1.0, sales.units + 1)
    units = np.where((sales.item == 0) & (sales.price < 9), 90.0, units)
    found = Elasticities().fit(Sales(sales.item, units, sales.price))
    assert found.reasons_[0] == "extreme"
    assert found.own_[0] == pytest.approx(np.log(90) / np.log(0.8), rel=1e-6)
    assert found.note(0) == "its own figure -20.17 is beyond -10"
    assert found.values_[0] == found.category_values_[0]


def test_a_small_category_asks_the_shop_and_a_small_shop_the_prior() -> None:
    category = np.array([0, 0, 0, 0, 0, 1])
    sales = shop(places=1, category=category)
    units = np.where(sales.item == 5, 0, sales.units)
    found = Elasticities().fit(Sales(sales.item, units, sales.price, category=category))
    assert found.sources_[5] == "shop"
    assert found.values_[5] == found.shop_value_
    alone = Elasticities().fit(
        Sales(np.zeros(3, np.int64), np.ones(3), np.full(3, 5.0))
    )
    assert (alone.sources_[0], alone.values_[0]) == ("prior", -2.62)
    assert alone.low_[0] == pytest.approx(-2.62 - 1.2815515655446004 * 1.5)


def test_nothing_sold_at_all_is_told_by_the_prior() -> None:
    for method in ("log", "poisson"):
        found = Elasticities(method=method).fit(
            Sales(np.arange(3).repeat(10), np.zeros(30), np.full(30, 2.0))
        )
        assert set(found.sources_) == {"prior"}
        assert found.note(0) == "nothing was sold"


def test_drawn_figures_are_closer_than_own_ones_and_their_intervals_hold() -> None:
    rng = np.random.default_rng(5)
    items, weeks = 600, 50
    category = rng.integers(0, 12, items)
    truth = -2.4 + rng.normal(0, 0.5, 12)[category] + rng.normal(0, 0.4, items)
    item = np.repeat(np.arange(items), weeks)
    log_price = rng.choice([0, -0.1, -0.25], p=[0.7, 0.15, 0.15], size=len(item))
    units = rng.poisson(3 * np.exp(truth[item] * log_price)).astype(float)
    found = Elasticities(level=0.8).fit(
        Sales(item, units, np.exp(log_price), category=category)
    )
    off = np.abs(found.values_ - truth)
    assert off.mean() < 0.55 * np.nanmean(np.abs(found.own_ - truth))
    inside = (found.low_ <= truth) & (truth <= found.high_)
    assert 0.76 < inside.mean() < 0.88


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "linear"}, "method: one of"),
        ({"season": "year"}, "season: one of"),
        ({"errors": "plain"}, "errors: one of"),
        ({"between": "mean"}, "between: one of"),
        ({"level": 1.0}, "level: between 0 and 1"),
        ({"prior": (1.0, 1.0)}, "bound and prior"),
    ],
)
def test_settings_out_of_range_are_named(settings: Any, message: str) -> None:
    with pytest.raises(PriceError, match=message):
        Elasticities(**settings).fit(shop())


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([], [], []), "there are no sales"),
        (([0], [1.0], [0.0]), "price of item 0 in row 0: above 0, not 0"),
        (([0, 1], [1.0, -2.0], [1.0, 1.0]), "units of item 1 in row 1: 0 or more"),
        (([0], [np.nan], [1.0]), "units of item 0 in row 0: 0 or more, not nan"),
        (([0, 0], [1.0, 1.0], [1.0]), r"price is \(1,\); it must be \(2,\)"),
        (([-1], [1.0], [1.0]), "item must be whole numbers from 0"),
    ],
)
def test_sales_that_cannot_be_are_named(columns: Any, message: str) -> None:
    with pytest.raises(PriceError, match=message):
        Sales(*(np.array(each) for each in columns))


def test_categories_and_controls_must_fit() -> None:
    one = (np.zeros(2, np.int64), np.ones(2), np.ones(2))
    with pytest.raises(PriceError, match="category has 0 items"):
        Sales(*one, category=np.zeros(0, np.int64))
    with pytest.raises(PriceError, match="controls in row 1 are not all known"):
        Sales(*one, controls=np.array([1.0, np.nan]))
    with pytest.raises(PriceError, match=r"controls are \(3, 1\)"):
        Sales(*one, controls=np.ones(3))

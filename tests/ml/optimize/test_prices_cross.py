from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shop_personalize.ml.optimize.prices import (
    CrossElasticities,
    PriceError,
    Sales,
)

TRUTH = np.array([[-3.0, 0.8, 0.4], [0.5, -2.0, 0.2], [0.1, 0.3, -4.0]])


def shelf(weeks: int = 60, noise: float = 0.1, seed: int = 0) -> Sales:
    """Three items in two places that take sales from each other; a deal adds 0.5."""
    rng = np.random.default_rng(seed)
    prices = np.log(rng.uniform(8, 12, (2, weeks, 3)))
    deal = rng.random((2, weeks, 3)) < 0.3
    logs = prices @ TRUTH.T + 0.5 * deal + rng.normal(0, noise, prices.shape)
    logs += np.array([12.0, 13.0])[:, None, None]
    place, week, item = (
        each.ravel()
        for each in np.meshgrid(
            np.arange(2), np.arange(weeks), np.arange(3), indexing="ij"
        )
    )
    return Sales(
        item,
        np.exp(logs.ravel()),
        np.exp(prices.ravel()),
        place,
        week,
        deal.ravel().astype(float),
    )


def test_least_squares_equals_the_regression_with_dummies() -> None:
    sales = shelf()
    market = CrossElasticities(shrink=False).fit(sales).markets_[0]
    prices = np.log(sales.price).reshape(-1, 3)
    places = np.eye(2)[sales.places.reshape(-1, 3)[:, 0]]
    assert sales.controls is not None
    for item in range(3):
        x = np.column_stack([prices, sales.controls[item::3], places])
        y = np.log(sales.units[item::3])
        slopes = np.linalg.lstsq(x, y, rcond=None)[0]
        rest = y - x @ slopes
        errors = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (rest @ rest) / (120 - 6))
        np.testing.assert_allclose(market.values[item], slopes[:3], atol=1e-9)
        np.testing.assert_allclose(market.controls[item], slopes[3:4], atol=1e-9)
        np.testing.assert_allclose(market.errors[item], errors[:3], rtol=1e-9)


def test_without_noise_all_answers_are_found_and_the_future_is_known() -> None:
    sales = shelf(noise=0.0)
    found = CrossElasticities(shrink=False).fit(sales)
    np.testing.assert_allclose(found.markets_[0].values, TRUTH, atol=1e-8)
    ahead = shelf(noise=0.0, seed=9)
    np.testing.assert_allclose(found.predict(ahead), np.log(ahead.units), atol=1e-7)


def test_shrinking_is_closer_to_the_truth_where_weeks_are_few() -> None:
    closer = 0
    for seed in range(20):
        sales = shelf(weeks=8, noise=0.6, seed=seed)
        off = [
            np.abs(
                CrossElasticities(shrink=shrink).fit(sales).markets_[0].values - TRUTH
            )
            for shrink in (True, False)
        ]
        closer += bool(off[0].mean() < off[1].mean())
    assert closer >= 15


def test_shrinking_changes_little_where_much_is_known() -> None:
    sales = shelf(weeks=400)
    drawn = CrossElasticities().fit(sales).markets_[0].values
    plain = CrossElasticities(shrink=False).fit(sales).markets_[0].values
    np.testing.assert_allclose(drawn, plain, atol=0.02)


def test_categories_are_apart() -> None:
    one, other = shelf(seed=1), shelf(seed=2)
    both = Sales(
        np.concatenate([one.item, other.item + 3]),
        np.concatenate([one.units, other.units]),
        np.concatenate([one.price, other.price]),
        np.concatenate([one.places, other.places]),
        np.concatenate([one.period, other.period]),  # type: ignore[arg-type]
        np.concatenate([one.controls, other.controls]),  # type: ignore[arg-type]
        category=np.array([0, 0, 0, 1, 1, 1]),
    )
    together = CrossElasticities().fit(both)
    assert together.markets_[1].items.tolist() == [3, 4, 5]
    for category, alone in enumerate((one, other)):
        expected = CrossElasticities().fit(alone).markets_[0].values
        np.testing.assert_allclose(together.markets_[category].values, expected)


def test_a_price_not_seen_stands_at_its_usual_place() -> None:
    sales = shelf()
    rows = np.flatnonzero((sales.item != 2) | (sales.period != 3))
    gap = Sales(
        sales.item[rows],
        sales.units[rows],
        sales.price[rows],
        sales.places[rows],
        sales.period[rows],  # type: ignore[index]
        sales.controls[rows],  # type: ignore[index]
    )
    found = CrossElasticities(shrink=False).fit(gap).markets_[0].values
    assert np.isfinite(found).all()
    assert np.abs(found - TRUTH).max() < 0.5


def test_an_unknown_place_or_item_is_not_guessed() -> None:
    sales = shelf()
    found = CrossElasticities().fit(sales)
    elsewhere = replace(sales, place=np.full(len(sales.units), 7))
    assert np.isnan(found.predict(elsewhere)).all()


def test_periods_and_sales_are_asked_for() -> None:
    sales = shelf()
    with pytest.raises(PriceError, match="ask for the period"):
        CrossElasticities().fit(replace(sales, period=None))
    with pytest.raises(PriceError, match="nothing was sold"):
        CrossElasticities().fit(replace(sales, units=0 * sales.units))

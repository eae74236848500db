"""What is shown of a category is what is shown of its products together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.supply.models import ForecastSeries, Level
from shop_personalize.supply.services import engine
from shop_personalize.supply.services.agreeing import agree
from tests.supply import test_forecasting as forecasts

SPANS = (1, 2)


def answer(mean: list[list[float]], width: float) -> engine.Answer:
    """Bands ``width`` wide around the mean, one quantile of one and two periods."""
    middle = np.array(mean)
    low, high = middle - width / 2, middle + width / 2
    totals = np.stack([middle.cumsum(axis=1)], axis=1)
    return engine.Answer(middle, (low, high, low, high), totals, ["x"] * len(middle))


def test_sums_and_products_meet_where_they_are_surest() -> None:
    groups = (["cups", "hats", ""], answer([[10.0, 10], [5.0, 5], [30.0, 30]], 4.0))
    products = (["a", "b", "c"], answer([[4.0, 4], [2.0, 2], [6.0, 6]], 2.0))
    group_of = {"a": "cups", "b": "cups"}
    above, below = agree(groups, products, group_of, SPANS)
    a, b, c = below.mean[:, 0]
    np.testing.assert_allclose(above.mean[:, 0], [a + b, 5.0, a + b + c])
    # Variances of products and sums are as 1 to 4. Least squares by hand, s = a + b:
    # (s-6)/2 + (s-10)/4 + (s+c-30)/4 = 0 and c-6 + (s+c-30)/4 = 0.
    s, least = np.linalg.solve([[1.0, 0.25], [0.25, 1.25]], [13.0, 13.5])
    np.testing.assert_allclose([a + b, c], [s, least])
    assert a - b == pytest.approx(2.0)
    np.testing.assert_allclose(below.bands[1] - below.mean, 1.0)
    np.testing.assert_allclose(below.totals[:, 0], below.mean.cumsum(axis=1))


def test_nothing_falls_below_nothing() -> None:
    groups = ([""], answer([[0.0, 0]], 0.1))
    products = (["a", "b"], answer([[1.0, 1], [5.0, 5]], 4.0))
    above, below = agree(groups, products, {}, SPANS)
    assert (below.mean >= 0).all()
    assert (below.bands[0] >= 0).all()
    np.testing.assert_allclose(above.mean, below.mean.sum(axis=0, keepdims=True))


def test_without_a_group_nothing_moves() -> None:
    groups = (["hats"], answer([[5.0, 5]], 1.0))
    products = (["a"], answer([[2.0, 2]], 1.0))
    assert agree(groups, products, {}, SPANS) == (groups[1], products[1])


@pytest.mark.django_db
def test_stored_forecasts_sum_up(request: Any) -> None:
    forecasts.test_every_product_category_and_the_shop_get_a_series()
    series = ForecastSeries.objects.all()
    shop = np.array(series.get(level=Level.SHOP).mean)
    of_products = series.filter(level=Level.PRODUCT).values_list("mean", flat=True)
    total = np.sum([np.array(mean) for mean in of_products], axis=0)
    np.testing.assert_allclose(shop, total, atol=0.01 * len(of_products) + 0.01)

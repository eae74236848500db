"""Neighbors of one category that tell nothing keep nobody else from being learned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.optimize.prices import CrossElasticities, Sales
from shop_personalize.pricing.models import Elasticity
from shop_personalize.pricing.services import learning, neighbors
from tests.pricing.builders import answering, product, sold

pytestmark = pytest.mark.django_db


class Singular(CrossElasticities):
    """Fails for a category in which something is sold at 3.00."""

    def fit(self, sales: Sales) -> Any:
        if (sales.price == 3.0).any():
            raise np.linalg.LinAlgError("Singular matrix")
        return super().fit(sales)


def pair(category: str) -> tuple[str, str]:
    """The price of the second moves the sales of the first."""
    rng = np.random.default_rng(5)
    first, second = product(category=category), product(category=category)
    own, other = (np.round(10 * rng.choice([0.8, 0.9, 1, 1.1], 60), 2) for _ in "ab")
    chance = np.exp(rng.normal(0, 0.05, 60))
    sold(first, own.tolist(), (50 * own**-2 * other**1.5 * chance).round(2).tolist())
    sold(second, other.tolist(), (50 * other**-2 * chance[::-1]).round(2).tolist())
    return str(first.pk), str(second.pk)


def test_other_categories_are_told_of_their_neighbors(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(neighbors, "CrossElasticities", Singular)
    odd = product(price="3.00", category="Odd")
    answering(odd, -2.0)
    first, second = pair("Cake")
    learning.learn()
    found = Elasticity.objects.get(kind="item", key=first).cross
    assert [each["key"] for each in found] == [second]
    assert Elasticity.objects.get(kind="item", key=str(odd.pk)).cross == []
    assert f"the neighbors of {odd.pk} tell nothing" in caplog.text

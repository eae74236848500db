"""Neighbors within a category, and the picture of a curve."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from shop_personalize.admin.numbers import number
from shop_personalize.pricing.admin.curve import Mark, curve
from shop_personalize.pricing.models import Elasticity
from shop_personalize.pricing.selectors.workbench import Curve
from shop_personalize.pricing.services import learning
from shop_personalize.pricing.words import price
from tests.pricing.builders import product, sold


@pytest.mark.django_db
def test_a_neighbor_whose_price_moves_sales_is_found() -> None:
    """What one gains when the other is dearer is 1.5, its own answer -2."""
    rng = np.random.default_rng(1)
    one, other, third = (product(name) for name in ("One", "Other", "Third"))
    weeks = 80
    prices = {
        each.pk: 10 * rng.choice([0.8, 0.9, 1.0, 1.1, 1.2], weeks)
        for each in (one, other, third)
    }
    noise = np.exp(rng.normal(0, 0.05, weeks))
    units = 40 * (prices[one.pk] / 10) ** -2 * (prices[other.pk] / 10) ** 1.5 * noise
    sold(one, prices[one.pk].round(2).tolist(), units.round(3).tolist())
    for each in (other, third):
        own = 40 * (prices[each.pk] / 10) ** -2 * np.exp(rng.normal(0, 0.05, weeks))
        sold(each, prices[each.pk].round(2).tolist(), own.round(3).tolist())
    learning.learn()
    found = {
        row.key: [(each["key"], each["value"]) for each in row.cross]
        for row in Elasticity.objects.filter(kind="item")
    }
    assert found == {
        str(one.pk): [(str(other.pk), pytest.approx(1.5, abs=0.2))],
        str(other.pk): [],
        str(third.pk): [],
    }


def drawn(**given: Any) -> str:
    prices = np.array([5.0, 10.0, 15.0])
    found = Curve(prices, np.array([80.0, 40.0, 20.0]), prices * 0, prices * 10)
    return str(curve("Units", found, write=number, write_price=price, **given))


def test_a_curve_has_its_band_its_marks_and_what_is_allowed() -> None:
    drawing = drawn(
        marks=[Mark("today", 10.0), Mark("tried", 99.0)],
        allowed=(9.0, 12.5),
        seen=[(5.0, 70), (10.0, 45), (99.0, 1)],
    )
    assert 'class="sp-band sp-a"' in drawing
    assert "today 10.00" in drawing
    assert "tried 99.00</text>" not in drawing
    assert re.search(r'sp-allowed" x="40%" y="46" width="35%"', drawing)
    assert drawing.count('class="sp-seen"') == 2
    assert "<title>10.00: 45</title>" in drawing
    assert '<th scope="row">15.00</th><td>20</td><td>0</td><td>150</td>' in drawing


@pytest.mark.parametrize("allowed", [None, (20.0, 30.0), (1.0, 2.0)])
def test_nothing_is_shaded_where_no_price_shown_is_allowed(allowed: Any) -> None:
    assert "sp-allowed" not in drawn(allowed=allowed)


def test_a_single_week_of_a_bulk_order_does_not_flatten_the_curve() -> None:
    weeks = [(10.0, 40.0)] * 40
    assert drawn(seen=[*weeks, (10.0, 90000.0)]).count("90,000") == 1

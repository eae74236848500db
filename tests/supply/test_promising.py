"""The promise: what past forecasts would have kept of it, and what is asked for."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import override_settings
from scipy.stats import norm

from shop_personalize.ml.optimize.stock.kept import STEP
from shop_personalize.supply import words
from shop_personalize.supply.checks import check_supply
from shop_personalize.supply.models import ForecastRun, Reorder
from shop_personalize.supply.selectors import demand as asked
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.services import demand, promising, replenishing
from tests.projects.gifts.models import Product
from tests.supply.builders import (
    forecast,
    foreseen,
    product,
    steady,
    suggested,
    supplied,
    weekly,
)

pytestmark = pytest.mark.django_db
WEEKS = 30


def supply(**given: Any) -> Any:
    given = {**settings.SHOP_PERSONALIZE, "SUPPLY": given}
    return override_settings(SHOP_PERSONALIZE=given)


def test_a_forecast_tells_what_it_would_have_kept() -> None:
    """Two weeks to last for, eight known before: 30 weeks have 21 cases."""
    mug = product("Mug")
    steady(mug, weeks=WEEKS)
    run = forecast()
    cases = WEEKS - 8 - 1
    shift = -cases * STEP / norm.pdf(norm.ppf(0.97)) * 0.03
    assert run.promise == {
        "A": {
            "promised": 0.97,
            "shift": round(shift, 4),
            "asked": round(norm.cdf(norm.ppf(0.97) + shift), 4),
            "plain": 1.0,
            "learned": 1.0,
            "cases": cases,
        }
    }


def test_only_the_forecast_that_orders_are_planned_with_is_held_to_it() -> None:
    steady(product("Mug"), weeks=WEEKS)
    assert forecast("month").promise == {}


def test_what_too_little_is_known_of_is_promised_without_a_look_back() -> None:
    steady(product("Mug"), weeks=5)
    assert forecast().promise == {}


def test_a_product_is_in_the_class_it_had_then() -> None:
    """The pot earned nearly all until a year ago, the mug since."""
    mug, pot = product("Mug"), product("Pot")
    weekly(mug, *([1] * 60), *([1000] * 60))
    weekly(pot, *([1000] * 60), *([1] * 60))
    demand.roll_up()
    found = asked.measure("week", 13, goods())
    then = promising._classes_then(found, 52)
    row = found.products.index(mug)
    assert [promising.CLASSES[at] for at in then[row, [59, 70, 80, 119]]] == [
        "C",
        "B",
        "A",
        "A",
    ]


@pytest.fixture
def mug() -> str:
    item = product("Mug", stock=5)
    steady(item, weeks=3)
    foreseen({item: 10}, sd=3)
    return item


def test_more_is_kept_where_the_past_took_more(mug: str) -> None:
    supplied(mug)
    ForecastRun.objects.update(promise={"A": {"shift": 0.5}})
    row = suggested()
    asked = norm.cdf(norm.ppf(0.97) + 0.5)
    safety = (norm.ppf(0.97) + 0.5) * 3 * 2**0.5
    assert (row.facts["service"], row.facts["asked"]) == (0.97, round(asked, 4))
    assert row.facts["safety"] == pytest.approx(safety, abs=0.1)
    assert row.quantity == ceil(20 + safety - 5)
    assert (
        "For a service of 97.0 % the forecast is asked for 99.1 %: so much it took in "
        "the past."
    ) in words.reason(row)


def test_where_the_promise_is_kept_nothing_is_said_of_it(mug: str) -> None:
    supplied(mug)
    row = suggested()
    assert row.facts["asked"] == row.facts["service"] == 0.97
    assert not any("is asked for" in line for line in words.reason(row))


def test_the_level_of_a_product_is_moved_as_its_class_is(mug: str) -> None:
    supplied(mug, service_level=0.9)
    ForecastRun.objects.update(promise={"A": {"shift": 0.5}})
    asked = norm.cdf(norm.ppf(0.9) + 0.5)
    assert suggested().facts["asked"] == round(asked, 4)


def test_by_worth_the_mean_is_promised_and_what_is_cheap_gets_more() -> None:
    cheap, dear, own = (product(name, stock=5) for name in ("Pin", "Clock", "Vase"))
    for item, cost in ((cheap, 1), (dear, 100)):
        steady(item, weeks=3)
        supplied(item, source(item), unit_cost=cost)
    steady(own, weeks=3)
    supplied(own, source(own), service_level=0.8)
    foreseen({cheap: 10, dear: 10, own: 10}, sd=3)
    with supply(service_by="worth", service={"A": 0.95, "B": 0.95, "C": 0.95}):
        replenishing.replenish()
    told = dict(Reorder.objects.values_list("item_id", "facts"))
    levels = {item: facts["service"] for item, facts in told.items()}
    assert levels[own] == 0.8
    assert np.mean([levels[cheap], levels[dear]]) == pytest.approx(0.95, abs=1e-4)
    assert levels[cheap] > 0.99 > 0.95 > levels[dear]


def source(item: str) -> Any:
    from tests.supply.builders import supplier

    return supplier(f"Source of {item}")


def test_by_worth_without_any_price_all_are_alike() -> None:
    class Free:
        service = None

    unknown = np.full(2, np.nan)
    with supply(service_by="worth"):
        found = promising.by_worth(
            np.array([0.9, 0.96]),
            [Free(), Free()],  # type: ignore[list-item]
            unknown,
            np.array([3.0, 3.0]),
        )
    assert found.tolist() == pytest.approx([0.93, 0.93])


def test_how_service_is_shared_is_checked() -> None:
    with supply(service_by="price"):
        (error,) = check_supply()
    assert error.id == "shop_personalize_supply.E003"
    assert error.msg == "SHOP_PERSONALIZE['SUPPLY']['service_by'] is 'price'."
    assert "worth" in error.hint


def test_nothing_is_asked_that_no_forecast_can_tell() -> None:
    abc = np.array(["A", "C"])
    found = promising.asked(
        np.array([0.99, 0.5]), abc, {"A": {"shift": 9.0}, "C": {"shift": -9.0}}
    )
    assert found.tolist() == [0.9999, 0.5]


def test_products_without_stock_do_not_stop_it(mug: str) -> None:
    Product.objects.update(stock=0)
    supplied(mug)
    assert suggested().facts["asked"] == 0.97

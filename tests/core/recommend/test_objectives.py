"""Objectives, rotation and the price band: what else than relevance counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shop_personalize.models import Block, Interaction
from shop_personalize.recommend import amounts, service
from shop_personalize.recommend.deeds import LATEST, SEEN_DAYS
from shop_personalize.registry.pressure import Pressure
from tests.core.recommend import builders
from tests.core.recommend.merchandise import SETTINGS, cellar, shown, trace
from tests.projects.shapes.models import WineProduct

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def made(settings: Any) -> list[WineProduct]:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    return cellar()


def mix(**fields: Any) -> None:
    Block.objects.filter(slug="home-popular").update(**fields)


def test_as_it_comes_nothing_but_relevance_counts() -> None:
    assert shown(limit=5) == [1, 2, 3, 4, 5]
    assert trace()["mix"] == {}


def test_revenue_counts_as_much_as_it_is_set_to() -> None:
    # The pool is the first 20; relevance falls by 1/20 a place, standing rises by 1/19.
    mix(revenue=1.0)
    assert shown(limit=3) == [20, 19, 18]
    mix(revenue=0.9)
    assert shown(limit=3) == [1, 2, 3]
    assert trace()["mix"] == {"revenue": 0.9}


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("relevance", [1, 2, 3]),
        # The price, what is left of it, units times days: all rise with the number.
        ("revenue", [20, 19, 18]),
        ("margin", [20, 19, 18]),
        ("clearance", [20, 19, 18]),
        ("freshness", [1, 2, 3]),
    ],
)
def test_a_page_can_ask_for_one_objective_alone(
    objective: str, expected: list[int]
) -> None:
    mix(revenue=0.1, freshness=1.0)
    assert shown(limit=3, objective=objective) == expected


def test_what_a_product_costs_the_shop_decides_its_margin(
    made: list[WineProduct],
) -> None:
    WineProduct.objects.update(cost_price=None)
    mix(margin=1.0)
    # Where no cost is known, all stand in the middle.
    assert shown(limit=3) == [1, 2, 3]
    for wine, cost in ((made[4], 1), (made[5], 5), (made[6], 7)):
        WineProduct.objects.filter(pk=wine.pk).update(cost_price=cost)
    # Margins 4, 1, 0 stand at 1, 1/2, 0: worth 1.8, 1.25, .7; the first one's 1.5.
    assert shown(limit=4) == [5, 1, 2, 3]
    assert shown(limit=20).index(7) > shown(limit=20).index(10)


def test_a_shop_that_tells_no_cost_keeps_its_order(settings: Any) -> None:
    catalog = {**SETTINGS["CATALOG"], "cost": None}
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "CATALOG": catalog}
    mix(margin=1.0)
    assert shown(limit=3) == [1, 2, 3]


def test_new_and_old_in_stock(made: list[WineProduct]) -> None:
    now = timezone.now()
    WineProduct.objects.update(created_at=now - timedelta(days=50))
    WineProduct.objects.filter(pk=made[9].pk).update(created_at=now)
    mix(freshness=1.0)
    # .55 + 1 beside 1 + 9/19 and .95 + 9/19.
    assert shown(limit=3) == [10, 1, 2]
    WineProduct.objects.filter(pk=made[9].pk).update(
        created_at=now - timedelta(days=900), stock=500
    )
    mix(freshness=0.0, clearance=0.8)
    assert shown(limit=1) == [10]


@pytest.fixture
def pressing(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """How stock presses, told as a slice would."""
    told: dict[str, float] = {}
    own = Pressure()
    own.offer(lambda: told)
    monkeypatch.setattr(amounts, "pressure", own)
    return told


def test_what_runs_out_is_spared_and_what_must_go_pushed(
    made: list[WineProduct], pressing: dict[str, float]
) -> None:
    mix(stock=1.0)
    # Where nothing presses, all stand in the middle.
    assert shown(limit=3) == [1, 2, 3]
    pressing |= {str(made[0].pk): -0.8, str(made[9].pk): 1.0}
    amounts.pressure.forget()
    # 1 + 0 beside .55 + 1; those between stand at 1/2.
    assert shown(limit=3) == [10, 2, 3]
    # Worth 1 among 24, as the thirteenth: 1 - 12/24 + 1/2.
    assert shown(limit=20).index(1) == 11


def test_a_slice_that_fails_to_tell_moves_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    own = Pressure()
    own.offer(lambda: {}["no table"])
    monkeypatch.setattr(amounts, "pressure", own)
    mix(stock=1.0)
    assert shown(limit=3) == [1, 2, 3]
    assert caplog.messages == ["how stock presses could not be read"]


def test_how_stock_presses_is_asked_once_a_minute() -> None:
    asked: list[int] = []
    own = Pressure()
    assert (own.is_offered, own.told()) == (False, {})
    own.offer(lambda: asked.append(1) or {"a": 0.5})
    assert [own.told(), own.told(), own.is_offered] == [{"a": 0.5}, {"a": 0.5}, True]
    assert asked == [1]
    own.forget()
    own.told()
    assert asked == [1, 1]


def test_an_objective_costs_no_query(reads: Callable[[], Any]) -> None:
    mix(revenue=0.5, margin=0.5, freshness=0.5, clearance=0.5)
    with reads() as sent:
        shown()
    assert len(sent.selects) == 2


def test_an_unknown_objective_is_named() -> None:
    with pytest.raises(ValueError, match="objective='money' is none of: relevance"):
        service.wish_of(block="home-popular", objective="money")
    with pytest.raises(ValueError, match="price_band='wide' is not a number"):
        service.wish_of(price_band="wide")
    asked = service.wish_of(objective="margin", rotation="0.5", price_band="0.3")
    assert (asked.objective, asked.rotation, asked.price_band) == ("margin", 0.5, 0.3)


def test_only_what_costs_about_as_much(made: list[WineProduct]) -> None:
    wish: dict[str, Any] = {"product": made[9], "minimum": 1}
    assert shown("product-similar", price_band=0.3, **wish) == [7, 8, 9, 11, 12, 13]
    assert shown("product-similar", price_band=0.0, **wish) == []
    told = trace("product-similar", price_band=0.3, **wish)
    assert told["put_aside"][str(made[0].pk)] == "too far in price"
    # A page without a product has nothing to compare with.
    assert shown(price_band=0.3, limit=2, minimum=1) == [1, 2]


def saw(key: str, wine: WineProduct, times: int, days_ago: float = 0.0) -> None:
    builders.did(key, "rec_view", *[wine] * times, days_ago=days_ago)


def test_what_was_seen_in_vain_comes_later(made: list[WineProduct]) -> None:
    saw("one", made[0], 3)
    assert shown(visitor_key="one", limit=4) == [1, 2, 3, 4]
    mix(rotation=1.0)
    # Worth 1 / (1 + 3) beside 23/24 to 7/24.
    assert shown(visitor_key="one", limit=20).index(1) == 17
    assert shown(visitor_key="another", limit=2) == [1, 2]
    mix(rotation=0.0)
    assert shown(visitor_key="one", limit=2, rotation=1.0) == [2, 3]


def test_what_was_taken_up_or_seen_long_ago_stays(made: list[WineProduct]) -> None:
    mix(rotation=1.0)
    saw("one", made[0], 3)
    builders.did("one", "click", made[0])
    assert shown(visitor_key="one", limit=1, minimum=1) == [1]
    saw("two", made[0], 3, days_ago=SEEN_DAYS + 1)
    assert shown(visitor_key="two", limit=1, minimum=1) == [1]
    saw("three", made[0], 1, days_ago=6)  # two half-lives: 1 / 1.25
    assert shown(visitor_key="three", limit=20).index(1) == 4


def test_what_came_into_view_pushes_no_deed_out(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    mix(rotation=1.0)
    builders.did("one", "view", made[20], days_ago=2)
    saw("one", made[0], LATEST + 50)
    with reads() as sent:
        asked = service.Wish(block="home-popular", visitor_key="one", trace=True)
        found = service.compose(None, asked)
    assert len(sent.selects) == 3
    assert found.trace is not None
    assert found.trace["history"] == 1
    assert Interaction.objects.filter(kind="rec_view").count() == LATEST + 50
    assert found[0].title == "Wine 2"

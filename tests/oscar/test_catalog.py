"""The Oscar adapter over an unmodified Oscar."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from oscar.core.loading import get_model

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.oscar import OscarCatalog
from shop_personalize.catalog.types import Card, Money

Make = Callable[..., Any]
pytestmark = pytest.mark.django_db


@pytest.fixture
def family(product: Make) -> tuple[Any, Any, Any]:
    parent = product("Shirt", price=None, structure="parent")
    return (
        parent,
        product("Shirt S", price="9.00", stock=0, parent=parent),
        product("Shirt L", price="11.00", stock=4, parent=parent),
    )


def test_the_adapter_is_oscars() -> None:
    assert isinstance(get_catalog(), OscarCatalog)


def test_an_item_has_what_its_product_and_its_stock_records_say(product: Make) -> None:
    mug = product("Mug", description="For tea", upc="42")
    category = get_model("catalogue", "Category")
    home = category.add_root(name="Home")
    home.add_child(name="Attic")
    kitchen = home.add_child(name="Kitchen")
    mug.categories.add(kitchen)
    [item] = get_catalog().iter_items()
    assert (item.id, item.title, item.text) == (str(mug.pk), "Mug", "For tea")
    assert item.price == Money(Decimal("4.50"), "GBP")
    assert item.categories == (("Home", "Kitchen"),)
    assert (item.visible, item.available, item.stock) == (True, True, 5)
    assert get_catalog().category(mug) == "Kitchen"


def test_children_roll_up_to_their_parent(family: tuple[Any, Any, Any]) -> None:
    parent, small, large = family
    [item] = get_catalog().iter_items()
    assert item.variants == (str(small.pk), str(large.pk))
    assert (item.available, item.stock) == (True, 4)
    assert item.price == Money(Decimal("9.00"), "GBP")
    catalog = get_catalog()
    assert [catalog.item_id(one) for one in family] == [str(parent.pk)] * 3
    assert catalog.item_ids([small.pk, "no such", 10**30]) == {
        str(small.pk): str(parent.pk)
    }
    assert set(catalog.objects([str(parent.pk), str(small.pk)])) == {str(parent.pk)}


def test_a_upc_leads_to_the_product(product: Make) -> None:
    mug = product("Mug", upc="5-012345-678900")
    assert get_catalog().item_ids(["5-012345-678900"]) == {
        "5-012345-678900": str(mug.pk)
    }


def test_only_what_can_be_seen_and_bought_now_is_shown(product: Make) -> None:
    good, sold, hidden, priceless = (
        product("Good"),
        product("Sold out", stock=0),
        product("Hidden", is_public=False),
        product("Priceless", price=None),
    )
    ids = [str(one.pk) for one in (good, sold, hidden, priceless)]
    assert set(get_catalog().objects([*ids, "x", "-1"])) == {str(good.pk)}
    assert set(get_catalog().stored(ids)) == set(ids)
    assert list(get_catalog().newest(2)) == [str(good.pk)]


def test_prices_come_from_the_requests_strategy(product: Make) -> None:
    mug = product("Mug")
    request = RequestFactory().get("/")
    request.strategy = _Double()  # type: ignore[attr-defined]
    found = get_catalog().objects([str(mug.pk)], request)
    assert get_catalog().card(found[str(mug.pk)], request) == Card(
        url=mug.get_absolute_url(),
        title="Mug",
        price=Money(Decimal("9.00"), "GBP"),
    )


class _Double:
    """A shop whose customer of this request pays twice."""

    def fetch_for_product(self, product: Any) -> Any:
        from oscar.apps.partner.prices import FixedPrice
        from oscar.apps.partner.strategy import Default, PurchaseInfo

        info = Default(None).fetch_for_product(product)
        price = FixedPrice("GBP", info.price.excl_tax * 2, Decimal(0))
        return PurchaseInfo(price, info.availability, info.stockrecord)


def test_a_page_of_products_takes_the_same_queries_as_one(
    product: Make, family: tuple[Any, Any, Any], django_assert_num_queries: Any
) -> None:
    catalog = get_catalog()
    ids = [str(product(f"P{at}").pk) for at in range(12)] + [str(family[0].pk)]
    for wanted in (ids[-2:], ids):
        with django_assert_num_queries(9):
            found = catalog.objects(wanted)
            for one in found.values():
                catalog.card(one)
                catalog.category(one)
        assert len(found) == len(wanted)


def test_the_catalog_is_read_in_a_bounded_number_of_queries(
    product: Make, django_assert_num_queries: Any
) -> None:
    for at in range(30):
        product(f"P{at}")
    with django_assert_num_queries(1 + 2 * 6):
        assert len(list(get_catalog().iter_items(chunk=20))) == 30

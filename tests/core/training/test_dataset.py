from __future__ import annotations

import numpy as np
import pytest
from django.utils import timezone

from shop_personalize.catalog.types import Item
from shop_personalize.models import Interaction, Recommender, Visitor
from shop_personalize.training import dataset, snapshot
from tests.core.training import shop

pytestmark = pytest.mark.django_db


def test_rows_become_columns_oldest_first() -> None:
    first, second = shop.products(2)
    anna, ben = shop.visitors(2)
    Interaction.objects.bulk_create(
        [
            shop.event(anna, second, days_ago=1, order="B", quantity=2),
            shop.event(ben, first, days_ago=5, kind="view"),
            shop.event(anna, first, days_ago=9, order="A"),
        ]
    )
    snapshot.refresh()
    data = dataset.load()
    today = timezone.now().timestamp() / 86_400
    assert data.ids.texts(data.item) == [first, first, second]
    assert [data.kinds[at] for at in data.kind] == ["purchase", "view", "purchase"]
    assert np.round(today - data.time).tolist() == [9, 5, 1]
    assert abs(data.now - today) < 0.01
    assert data.quantity.tolist() == [1, 1, 2]
    assert data.value.tolist() == [2.5, 2.5, 2.5]
    assert data.visitor[0] == data.visitor[2] != data.visitor[1]
    assert data.n_visitors == 2
    assert data.order[1] == -1
    assert len(set(data.order.tolist())) == 3
    assert data.items.titles == ["Mug 0", "Mug 1"]
    assert data.items.prices.tolist() == [1.0, 2.0]
    assert data.items.categories == [("Mugs",), ("Mugs",)]
    assert [column.dtype.name for column in (data.visitor, data.item, data.kind)] == [
        "int32",
        "int32",
        "int8",
    ]


def test_an_empty_shop_is_no_error() -> None:
    snapshot.refresh()
    data = dataset.load()
    assert (len(data), data.n_items, data.n_visitors) == (0, 0, 0)


def test_a_merged_guest_is_the_customer() -> None:
    item = shop.products(1)[0]
    guest, between, customer = shop.visitors(3)
    Interaction.objects.bulk_create(
        [shop.event(each, item) for each in (guest, between, customer)]
    )
    snapshot.refresh()
    Visitor.objects.filter(pk=guest.pk).update(merged_into=between)
    Visitor.objects.filter(pk=between.pk).update(merged_into=customer)
    data = dataset.load()
    assert (data.n_visitors, len(data)) == (1, 3)


def test_rows_that_say_nothing_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    item = shop.products(1)[0]
    (anna,) = shop.visitors(1)
    Interaction.objects.bulk_create(
        [shop.event(anna, item), shop.event(anna, item, quantity=-2)]
    )
    snapshot.refresh()
    assert dataset.load().quantity.tolist() == [1]
    assert "'negative': 1" in caplog.text


def test_an_account_or_an_address_is_known_by_name_a_browser_is_not() -> None:
    item = shop.products(1)[0]
    everyone = shop.visitors(3)
    kinds = (Visitor.Kind.GUEST, Visitor.Kind.USER, Visitor.Kind.EMAIL)
    for visitor, kind in zip(everyone, kinds, strict=True):
        Visitor.objects.filter(pk=visitor.pk).update(kind=kind)
    Interaction.objects.bulk_create([shop.event(each, item) for each in everyone])
    snapshot.refresh()
    data = dataset.load()
    assert data.identified is not None
    assert data.identified.tolist() == [False, True, True]


@pytest.mark.parametrize("gone", ["erased", "bot", "deleted"])
def test_who_is_gone_is_gone_from_the_next_model(gone: str) -> None:
    item = shop.products(1)[0]
    stays, leaves = shop.visitors(2)
    Interaction.objects.bulk_create(
        [shop.event(each, item) for each in (stays, leaves)]
    )
    snapshot.refresh()
    if gone == "deleted":
        leaves.delete()
    else:
        Visitor.objects.filter(pk=leaves.pk).update(
            is_erased=gone == "erased", is_bot=gone == "bot"
        )
    data = dataset.load()
    assert (data.n_visitors, len(data)) == (1, 1)


def test_a_guest_merged_into_someone_erased_is_gone_too() -> None:
    item = shop.products(1)[0]
    guest, customer = shop.visitors(2)
    Interaction.objects.bulk_create([shop.event(guest, item)])
    snapshot.refresh()
    Visitor.objects.filter(pk=guest.pk).update(merged_into=customer)
    Visitor.objects.filter(pk=customer.pk).update(is_erased=True)
    assert len(dataset.load()) == 0


def test_a_product_that_left_the_catalog_is_history_only() -> None:
    shop.products(1)
    Interaction.objects.bulk_create([shop.event(shop.visitors(1)[0], "gone")])
    snapshot.refresh()
    data = dataset.load()
    at = int(data.ids.codes(["gone"])[0])
    assert data.item.tolist() == [at]
    assert data.items.titles[at] == ""
    assert not data.items.available[at]


def test_weights_come_from_settings_and_the_recommender(settings: object) -> None:
    settings.SHOP_PERSONALIZE = {  # type: ignore[attr-defined]
        **settings.SHOP_PERSONALIZE,  # type: ignore[attr-defined]
        "EVENTS": {"view": {"weight": 2}, "gift": {"weight": 9}},
    }
    row = Recommender(event_weights={"purchase": 7}, half_life_days={"view": 3})
    snapshot.refresh()
    data = dataset.load(row)
    assert (data.weights["view"], data.weights["purchase"]) == (2.0, 7)
    assert (data.weights["gift"], data.half_lives["view"]) == (9.0, 3)
    assert dataset.load().weights["purchase"] == 5.0


def test_a_product_is_found_under_every_category_of_its_path() -> None:
    item = Item(
        id="1",
        title="Mug",
        categories=(("Home", "Kitchen", "Mugs"), ("Gifts",), ("Home", "Sale")),
    )
    assert dataset._categories(item) == ("Mugs", "Kitchen", "Home", "Gifts", "Sale")

"""What every adapter promises, over every shape of shop, with settings alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from shop_personalize.capture.orders import backfill, sync_orders
from shop_personalize.catalog import get_catalog, get_orders
from shop_personalize.catalog.types import LineState
from shop_personalize.checks import check_settings
from shop_personalize.models import Interaction
from tests.projects.shapes.shops import SHOPS, Built, Shop

pytestmark = pytest.mark.django_db
NONSENSE = ["", "no such", "-1", "1e9", str(10**30), "\x00", "None"]


@pytest.fixture(params=SHOPS, ids=[shop.name for shop in SHOPS])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    with override_settings(SHOP_PERSONALIZE=request.param.settings):
        yield request.param


@pytest.fixture
def built(shop: Shop) -> Built:
    return shop.build()


def test_the_checks_find_nothing_wrong(shop: Shop) -> None:
    assert [message.msg for message in check_settings()] == []


def test_items_are_canonical_whole_and_counted(shop: Shop, built: Built) -> None:
    catalog = get_catalog()
    items = {item.id: item for item in catalog.iter_items()}
    assert set(items) == {str(built.good.pk), str(built.bad.pk)}
    assert catalog.count() == 2
    good = items[str(built.good.pk)]
    assert good.title
    assert good.price is not None
    assert (good.price.amount, good.price.currency) == (
        Decimal(shop.price),
        shop.currency,
    )
    assert good.visible
    assert good.available
    bad = items[str(built.bad.pk)]
    assert not (bad.visible and bad.available)


def test_chunks_and_selections_make_no_difference(shop: Shop, built: Built) -> None:
    catalog = get_catalog()
    whole = list(catalog.iter_items())
    assert list(catalog.iter_items(chunk=1)) == whole
    good = str(built.good.pk)
    assert [i.id for i in catalog.iter_items(ids=[good, *NONSENSE])] == [good]


def test_only_what_is_for_sale_is_shown_in_one_query(
    shop: Shop, built: Built, django_assert_num_queries: Any
) -> None:
    catalog = get_catalog()
    good, bad = str(built.good.pk), str(built.bad.pk)
    with django_assert_num_queries(1):
        found = catalog.objects([good, bad, *NONSENSE])
    assert found == {good: built.good}
    with django_assert_num_queries(0):
        card = catalog.card(found[good])
        category = catalog.category(found[good])
    assert card.url
    assert card.title
    assert card.price is None or card.price.currency == shop.currency
    assert category == shop.category
    [item] = catalog.iter_items(ids=[good])
    assert (item.categories[0][-1] if item.categories else "") == category


def test_staff_sees_what_is_not_for_sale(shop: Shop, built: Built) -> None:
    ids = [str(built.good.pk), str(built.bad.pk)]
    assert set(get_catalog().stored([*ids, *NONSENSE])) == set(ids)


def test_a_product_is_found_by_a_part_of_its_title(shop: Shop, built: Built) -> None:
    catalog = get_catalog()
    (good,) = catalog.iter_items(ids=[str(built.good.pk)])
    assert catalog.search(good.title[1:].upper(), 5)[good.id] == good.title
    assert catalog.search("no such title", 5) == {}
    assert len(catalog.search("", 1)) == 1


def test_the_newest_is_one_query(
    shop: Shop, built: Built, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert get_catalog().newest(5) == {str(built.good.pk): built.good}


def test_ids_are_text_and_unknown_ones_are_left_out(shop: Shop, built: Built) -> None:
    catalog = get_catalog()
    good = str(built.good.pk)
    assert catalog.item_id(built.good) == good
    assert catalog.item_id(built.good.pk) == good
    assert catalog.item_id(good) == good
    assert catalog.item_ids([built.good.pk, *NONSENSE]) == {good: good}


def test_a_line_is_read_as_it_was_bought(shop: Shop, built: Built) -> None:
    orders = get_orders()
    assert orders is not None
    lines = [line for line in orders.iter_lines() if line.state != LineState.OPEN]
    bought = [line for line in lines if line.item_id]
    [line] = bought
    assert line.item_id == str(built.good.pk)
    assert (line.order_id, line.user_id, line.email) == (
        built.order_id,
        built.user_id,
        built.email,
    )
    assert line.quantity == Decimal(shop.quantity)
    assert line.state == LineState.PURCHASED
    assert line.placed_at.tzinfo is not None
    paid = None if line.unit_price is None else line.unit_price.amount
    assert paid == (None if shop.unit_price is None else Decimal(shop.unit_price))
    if line.unit_price is not None:
        assert line.unit_price.currency == shop.currency


def test_lines_can_be_asked_by_order_and_by_time(shop: Shop, built: Built) -> None:
    orders = get_orders()
    assert orders is not None
    whole = list(orders.iter_lines())
    assert len({line.key for line in whole}) == len(whole) == orders.count()
    assert list(orders.iter_lines(chunk=1)) == whole
    named = list(orders.iter_lines(order_ids=[built.order_id, *NONSENSE]))
    assert {line.order_id for line in named} == {built.order_id}
    future = timezone.now() + timedelta(days=1)
    assert list(orders.iter_lines(since=future)) == []


def test_history_is_taken_over_once(shop: Shop, built: Built) -> None:
    Interaction.objects.all().delete()
    backfill()
    backfill()
    sync_orders()
    sync_orders(order_ids=[built.order_id])
    rows = Interaction.objects.values_list("kind", "item_id", "quantity", "order_id")
    expected = ("purchase", str(built.good.pk), Decimal(shop.quantity), built.order_id)
    assert list(rows) == [expected]

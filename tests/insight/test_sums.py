"""Daily sums: exact, the same twice, and right when something comes late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from shop_personalize.attribution import Token, sign
from shop_personalize.insight.models import (
    Basket,
    EventDay,
    ItemDay,
    ItemExposure,
    ItemSale,
    SearchDay,
)
from shop_personalize.insight.services import rollup
from shop_personalize.insight.services.exposure import weight
from shop_personalize.models import Checkpoint, Interaction, OrderVisitor
from tests.insight.conftest import LAST, buy, happen, person, see

pytestmark = pytest.mark.django_db

TABLES = (ItemDay, ItemSale, Basket, SearchDay, ItemExposure, EventDay)


def rows(model: Any) -> list[tuple[Any, ...]]:
    names = [field.name for field in model._meta.fields if field.name != "id"]
    return sorted(model.objects.values_list(*names))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    return {model.__name__: rows(model) for model in TABLES}


def a_bit_of_all() -> None:
    happen("ann", "view", 1)
    happen("ann", "view", 1, hour=13)
    happen("bob", "view", 1)
    happen("bob", "view", 2, days_ago=40)
    happen("ann", "add_to_cart", 1)
    happen("eve", "view", 1, flag="bot")
    buy("ann", "A", 1, 2)
    buy("ann", "A", 1, quantity=Decimal(3))
    buy("ann", "A", 2, flag="shadow")
    buy("bob", "B", 1, value=Decimal("2.505"), currency="EUR", days_ago=40)
    happen("ann", "refund", 2, order_id="A", value=Decimal(10), currency="GBP")
    see("ann", 5, 1)
    see("ann", 5, 3, click=True)
    happen("ann", "search", context={"query": " Red  MUG ", "results": 0})


def test_products_by_day() -> None:
    a_bit_of_all()
    rollup.roll_up()
    before = LAST - timedelta(days=40)
    assert rows(ItemDay) == [("1", LAST, 3, 1), ("2", before, 1, 0)]
    assert rows(ItemSale) == [
        ("1", before, "EUR", 1, Decimal(1), Decimal(0), Decimal("2.51")),
        ("1", LAST, "GBP", 1, Decimal(4), Decimal(0), Decimal(40)),
        ("2", LAST, "GBP", 1, Decimal(1), Decimal(1), Decimal(0)),
    ]


def test_an_order_is_one_basket_as_it_was_placed() -> None:
    a_bit_of_all()
    OrderVisitor.objects.create(order_id="A", visitor=person("ann"))
    rollup.roll_up()
    before = LAST - timedelta(days=40)
    assert rows(Basket) == [
        (before, "EUR", 1, Decimal(1), Decimal("2.51"), False),
        (LAST, "GBP", 2, Decimal(5), Decimal(50), True),
    ]


def test_a_place_counts_less_the_lower_it_is() -> None:
    see("ann", 5, 1)
    see("ann", 5, 1)
    see("bob", 5, 3, click=True)
    happen("bob", "rec_view", 6, rid="2.forged.token.....x")
    happen("bob", "rec_view", 6, rid=sign(Token("home", "for_you", item="7")))
    rollup.roll_up()
    assert rows(ItemExposure) == [("5", LAST, 2, 1, 1.5)]
    assert weight(1) == 1.0
    assert weight(3) == 0.5
    assert weight(0) == weight(4)


def test_events_by_kind_and_source_late_or_told_twice() -> None:
    happen("ann", "view", 1)
    happen("ann", "view", 1, source="ga4")
    happen("bob", "view", 1, source="ga4")
    happen("eve", "view", 1, flag="bot")
    late = happen("bob", "search", context={"query": "mug"})
    late.received_at += timedelta(minutes=61)
    late.save()
    rollup.roll_up()
    assert rows(EventDay) == [
        (LAST, "search", "native", "", 1, 1, 0),
        (LAST, "view", "ga4", "", 2, 0, 0),
        (LAST, "view", "native", "", 1, 0, 1),
        (LAST, "view", "native", "bot", 1, 0, 0),
    ]


def test_counting_again_and_rebuilding_give_the_same_rows() -> None:
    a_bit_of_all()
    rollup.roll_up()
    first = everything()
    assert all(first.values())
    rollup.roll_up()
    assert everything() == first
    rollup.rebuild()
    assert everything() == first


def test_what_comes_late_is_counted_on_its_own_day() -> None:
    happen("ann", "view", 1)
    happen("ann", "view", 1, days_ago=300)
    rollup.roll_up()
    ItemDay.objects.filter(day=LAST).update(views=99)
    happen("bob", "view", 2, days_ago=300)
    assert rollup.roll_up() == 4
    before = LAST - timedelta(days=300)
    # The day that nobody told anything new of was left alone.
    assert rows(ItemDay) == [
        ("1", before, 1, 0),
        ("1", LAST, 99, 0),
        ("2", before, 1, 0),
    ]


def test_sums_of_what_retention_has_taken_stay() -> None:
    happen("ann", "view", 1, days_ago=300)
    buy("ann", "A", 1, days_ago=300)
    rollup.roll_up()
    Interaction.objects.filter(kind="view").delete()
    taken = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    kinds = ("view", "add_to_cart", "search", "rec_view", "click")
    Checkpoint.objects.create(name="retention", state=dict.fromkeys(kinds, taken))
    buy("bob", "B", 1, days_ago=300)
    rollup.rebuild()
    before = LAST - timedelta(days=300)
    assert rows(ItemDay) == [("1", before, 1, 0)]
    assert ItemSale.objects.get().orders == 2
    kept = EventDay.objects.values_list("kind", "events").order_by("kind")
    assert list(kept) == [("purchase", 2), ("view", 1)]


@override_settings(TIME_ZONE="Pacific/Auckland")
def test_a_day_is_the_shops_own_day() -> None:
    happen("ann", "view", 1, hour=12)
    rollup.roll_up()
    assert ItemDay.objects.get().day == date(2026, 3, 30)

"""Facts for rules from an unmodified Oscar."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Money
from shop_personalize.models import Rule
from shop_personalize.recommend import service

Make = Callable[..., Any]
pytestmark = pytest.mark.django_db


def label(product: Any, code: str, value: Any, kind: str = "text") -> None:
    attributes = get_model("catalogue", "ProductAttribute")
    attribute, _made = attributes.objects.get_or_create(
        code=code,
        defaults={"name": code, "type": kind, "product_class": product.product_class},
    )
    get_model("catalogue", "ProductAttributeValue").objects.create(
        product=product, attribute=attribute, **{f"value_{kind}": value}
    )


def test_what_rules_can_ask(product: Make) -> None:
    mug = product("Mug", stock=7)
    label(mug, "brand", "Potter")
    label(mug, "dish-safe", 2, "integer")
    home = get_model("catalogue", "Category").add_root(name="Home")
    mug.categories.add(home.add_child(name="Kitchen"))
    catalog = get_catalog()
    assert catalog.fact_names() == (
        *("price", "category", "brand", "stock", "created"),
        *("attribute:brand", "attribute:dish-safe"),
    )
    assert catalog.knows("attribute:whatever")
    assert not catalog.knows("cost")
    needed = frozenset(catalog.fact_names())
    with CaptureQueriesContext(connection) as plain:
        catalog.objects([str(mug.pk)])
    with CaptureQueriesContext(connection) as sent:
        (found,) = catalog.with_facts([str(mug.pk)], None, needed).values()
        facts = catalog.facts(found, needed)
    # The tree of categories is read once a minute.
    assert len(sent) == len(plain) + 1
    with CaptureQueriesContext(connection) as again:
        (found,) = catalog.with_facts([str(mug.pk)], None, needed).values()
        assert catalog.facts(found, needed) == facts
    assert len(again) == len(plain)
    assert facts.price == Money(Decimal("4.50"), "GBP")
    assert facts.categories == ("Kitchen", "Home")
    assert (facts.brand, facts.stock, facts.cost) == ("Potter", 7, None)
    assert facts.attributes == {"brand": ("Potter",), "dish-safe": ("2",)}
    assert facts.created == mug.date_created


def test_a_parent_has_the_stock_of_its_children(product: Make) -> None:
    parent = product("Shirt", price=None, structure="parent")
    for size, stock in (("S", 1), ("L", 4)):
        product(f"Shirt {size}", price="9.00", stock=stock, parent=parent)
    catalog, needed = get_catalog(), frozenset({"stock", "brand"})
    (found,) = catalog.with_facts([str(parent.pk)], None, needed).values()
    facts = catalog.facts(found, needed)
    assert (facts.stock, facts.brand) == (5, "")


def test_a_rule_holds_in_an_oscar_shop(product: Make) -> None:
    made = [product(f"Mug {n}", stock=n) for n in range(1, 7)]
    label(made[4], "brand", "Potter")
    Rule.objects.create(
        name="Well stocked",
        action="include",
        conditions=[{"field": "stock", "op": "gte", "value": 3}],
    )
    Rule.objects.create(
        name="No Potter",
        action="exclude",
        conditions=[{"field": "brand", "op": "in", "value": ["potter"]}],
    )
    found = service.recommend(None, block="home-for-you")
    assert [each.title for each in found] == ["Mug 6", "Mug 4", "Mug 3"]

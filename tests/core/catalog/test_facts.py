"""Facts for rules: what they are, and that they come with the products."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.base import Catalog
from shop_personalize.catalog.discovery import guess_catalog
from shop_personalize.catalog.loader import EmptyCatalog
from shop_personalize.catalog.types import Facts, Money
from shop_personalize.checks import check_settings
from tests.projects.gifts.models import Product
from tests.projects.shapes import models
from tests.projects.shapes.shops import SHOPS, Shop

pytestmark = pytest.mark.django_db
WINES = {
    "CATALOG": {
        "model": "shapes.WineProduct",
        "currency": "=EUR",
        "attributes": {"color": "color", "label": "labels"},
    }
}


def wine(**values: Any) -> models.WineProduct:
    drinks = models.TreeCategory.objects.create(name="Drinks")
    wines = models.TreeCategory.objects.create(name="Wine", parent=drinks)
    made = models.WineProduct.objects.create(
        title="Riesling",
        price=Decimal(12),
        cost_price=Decimal("7.50"),
        brand=models.Brand.objects.create(name="Old Hill"),
        category=wines,
        color="white",
        stock=6,
        **values,
    )
    made.labels.add(*(models.Label.objects.create(name=n) for n in ("bio", "dry")))
    return made


def test_all_facts_come_in_one_query(django_assert_num_queries: Any) -> None:
    created = timezone.now() - timedelta(days=9)
    made = wine(created_at=created)
    with override_settings(SHOP_PERSONALIZE=WINES):
        catalog = get_catalog()
        needed = frozenset(catalog.fact_names())
        assert needed == {
            *("price", "category", "brand", "stock", "created", "cost"),
            *("attribute:color", "attribute:label"),
        }
        with django_assert_num_queries(1):
            (product,) = catalog.with_facts([str(made.pk)], None, needed).values()
            facts = catalog.facts(product, needed)
    assert facts.price is not None
    assert (facts.price.amount, facts.price.currency) == (12, "EUR")
    assert facts.categories == ("Wine", "Drinks")
    assert facts.brand == "Old Hill"
    assert {n: sorted(words) for n, words in facts.attributes.items()} == {
        "color": ["white"],
        "label": ["bio", "dry"],
    }
    assert (facts.stock, facts.cost, facts.created) == (6, Decimal("7.50"), created)


def test_what_is_not_needed_is_not_told() -> None:
    made = wine()
    with override_settings(SHOP_PERSONALIZE=WINES):
        facts = get_catalog().facts(made, frozenset({"stock"}))
    assert facts == Facts(stock=6)


def test_a_product_that_lacks_all_has_empty_facts() -> None:
    bare = models.WineProduct.objects.create(title="?", price=Decimal(1))
    with override_settings(SHOP_PERSONALIZE=WINES):
        catalog = get_catalog()
        needed = frozenset({"brand", "category", "cost", "attribute:label"})
        (product,) = catalog.with_facts([str(bare.pk)], None, needed).values()
        facts = catalog.facts(product, needed)
    assert (facts.brand, facts.categories, facts.cost) == ("", (), None)
    assert facts.attributes == {"label": ()}


@pytest.mark.parametrize("shop", SHOPS, ids=[shop.name for shop in SHOPS])
def test_rules_read_what_training_reads(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    with override_settings(SHOP_PERSONALIZE=shop.settings):
        built = shop.build()
        catalog = get_catalog()
        needed = frozenset(catalog.fact_names())
        key = str(built.good.pk)
        item = next(iter(catalog.iter_items(ids=[key])))
        with django_assert_num_queries(1):
            product = catalog.with_facts([key], None, needed)[key]
            facts = catalog.facts(product, needed)
        assert set(facts.categories) == {w for path in item.categories for w in path}
        assert facts.brand == item.brand
        assert {n: " ".join(w) for n, w in facts.attributes.items() if w} == (
            item.attributes
        )
        assert facts.stock == item.stock
        assert facts.created == item.created


def test_the_cost_is_guessed_but_never_the_price_again() -> None:
    assert guess_catalog(models.WineProduct)["cost"].value == "cost_price"
    assert "cost" not in guess_catalog(Product)


def test_the_checks_walk_the_path_of_the_cost() -> None:
    wrong = {"CATALOG": {"model": "gifts.Product", "cost": "prce"}}
    with override_settings(SHOP_PERSONALIZE=wrong):
        found = {message.msg: message.hint for message in check_settings()}
    told = [text for text in found if "SHOP_PERSONALIZE['CATALOG']['cost']" in text]
    assert len(told) == 1
    assert "gifts.Product has no field 'prce'" in told[0]
    assert "Did you mean 'price'?" in str(found[told[0]])


def test_inspect_shows_the_cost(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("personalize", "inspect", "--catalog", "shapes.WineProduct")
    assert "cost_price" in capsys.readouterr().out


def test_an_adapter_of_the_shops_own_knows_price_and_category() -> None:
    made = Product.objects.create(name="Mug", price=Decimal(4))
    facts = Catalog.facts(get_catalog(), made, frozenset({"price", "category"}))
    assert facts == Facts(price=Money(Decimal(4), ""))
    own = EmptyCatalog()
    assert own.fact_names() == ("price", "category")
    assert not own.knows("stock")
    assert own.with_facts(["1"], None, frozenset({"price"})) == {}

"""Complete the set: what it costs together, to the penny, and when it is not shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Money
from shop_personalize.models import Block
from shop_personalize.recommend import bundle, service
from tests.core.recommend import builders
from tests.core.recommend.pages import render, shown
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
TAG = '{% recommendations "product-bundle" %}'


@pytest.fixture
def made() -> list[Product]:
    """The first is bought with the second to the sixth; prices 1.00 to 12.00."""
    made = builders.products()
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[1:6]})
    builders.publish("bought_together", ids, near, builders.BASKET_CONTEXT)
    return made


@pytest.fixture
def bundled(settings: Any) -> Any:
    def given(**options: Any) -> None:
        own = {**settings.SHOP_PERSONALIZE, "BUNDLE": options}
        settings.SHOP_PERSONALIZE = own

    return given


def of(product: Product) -> bundle.Bundle | None:
    wish = service.Wish(block="product-bundle", product=product)
    return service.compose(RequestFactory().get("/"), wish).bundle


def prices(*pairs: tuple[Product, str]) -> None:
    for product, price in pairs:
        Product.objects.filter(pk=product.pk).update(price=Decimal(price))


def test_the_page_product_three_others_and_what_they_cost(made: list[Product]) -> None:
    page = render(TAG, product=made[0])
    assert shown(page) == ["Gift 1", "Gift 2", "Gift 3", "Gift 4"]
    assert page.count("data-sp-item=") == 3
    assert "All together" in page
    assert "10.00" in page  # 1 + 2 + 3 + 4
    assert "you save" not in page
    assert "<form" not in page


def test_totals_and_savings_are_exact(made: list[Product], bundled: Any) -> None:
    prices((made[0], "0.10"), (made[1], "0.20"), (made[2], "19.99"), (made[3], "4.05"))
    bundled(discount="0.10")
    found = of(made[0])
    assert found is not None
    assert (found.total, found.saving, found.to_pay) == ("24.34", "2.43", "21.91")
    bundled(discount=0.15)
    found = of(made[0])
    assert found is not None
    assert (found.total, found.saving, found.to_pay) == ("24.34", "3.65", "20.69")


def two_off(request: Any, products: list[Product], total: Money) -> Decimal:
    assert products[0].name == "Gift 1"
    assert total.amount == 10
    return Decimal(2)


@pytest.mark.parametrize("discount", [two_off, f"{__name__}.two_off"])
def test_the_shop_may_say_what_is_saved(
    made: list[Product], bundled: Any, discount: Any
) -> None:
    bundled(discount=discount)
    found = of(made[0])
    assert found is not None
    assert (found.total, found.saving, found.to_pay) == ("10.00", "2.00", "8.00")


@pytest.mark.parametrize("discount", ["0", "1", "-0.2", "7", None])
def test_what_is_no_saving_is_not_promised(
    made: list[Product], bundled: Any, discount: Any
) -> None:
    bundled(discount=discount)
    found = of(made[0])
    assert found is not None
    assert (found.total, found.saving) == ("10.00", "")


def test_a_missing_price_leaves_the_total_out(
    made: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    priced = get_catalog().card

    def card(obj: Product, request: Any = None) -> Any:
        from dataclasses import replace

        found = priced(obj, request)
        return replace(found, price=None) if obj.pk == made[2].pk else found

    monkeypatch.setattr(get_catalog(), "card", card)
    found = of(made[0])
    assert found is not None
    assert [each.title for each in found.others] == ["Gift 2", "Gift 3", "Gift 4"]
    assert found.total == ""
    assert "All together" not in render(TAG, product=made[0])


def test_another_currency_stays_out(
    made: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    priced = get_catalog().card

    def card(obj: Product, request: Any = None) -> Any:
        from dataclasses import replace

        code = "EUR" if obj.pk == made[1].pk else "JPY"
        return replace(priced(obj, request), price=Money(obj.price, code))

    monkeypatch.setattr(get_catalog(), "card", card)
    found = of(made[0])
    assert found is not None
    assert [each.title for each in found.others] == ["Gift 3", "Gift 4"]
    assert found.total == "¥8"


def test_sold_out_there_is_no_set_and_nothing_of_it_is_sold_out(
    made: list[Product],
) -> None:
    made[2].stock = 0
    made[2].save()
    assert shown(render(TAG, product=made[0])) == [
        "Gift 1",
        "Gift 2",
        "Gift 4",
        "Gift 5",
    ]
    made[0].stock = 0
    made[0].save()
    assert render(TAG, product=made[0]).strip() == ""


def test_with_one_companion_or_without_a_model_there_is_no_set() -> None:
    made = builders.products()
    assert render(TAG, product=made[0]).strip() == ""
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[1:2]})
    builders.publish("bought_together", ids, near, builders.BASKET_CONTEXT)
    assert render(TAG, product=made[0]).strip() == ""


def test_a_form_posts_all_of_it_with_the_tokens(
    made: list[Product], bundled: Any
) -> None:
    from shop_personalize.attribution import unsign

    bundled(add_url="basket")
    request = RequestFactory().get("/")
    wish = service.Wish(block="product-bundle", product=made[0])
    found = service.compose(request, wish)
    from shop_personalize.recommend.render import render as as_html

    page = as_html(found, request=request)
    assert '<form action="/basket/" method="post">' in page
    assert "csrfmiddlewaretoken" in page
    for product in made[:4]:
        assert f'name="product" value="{product.pk}"' in page
    token = unsign(found[0].rid)
    assert token is not None
    assert f'name="sp_rid" value="{found[0].rid}"' in page
    assert token.block == "product-bundle"
    # A template without a request can make no form that the shop would accept.
    assert "<form" not in as_html(found, request=request, shared=True)


def test_any_block_can_be_a_set(made: list[Product]) -> None:
    Block.objects.filter(slug="product-also-viewed").update(
        template="shop_personalize/bundle.html"
    )
    page = render('{% recommendations "product-also-viewed" %}', product=made[0])
    # It has no model and shows the newest, which go with nothing in particular.
    assert page.strip() == ""


amounts = st.decimals("0.01", "9999.99", places=2)


@given(
    st.lists(amounts, min_size=2, max_size=4),
    st.decimals("0.01", "0.99", places=2),
)
def test_total_less_saving_is_what_is_paid(
    each: list[Decimal], discount: Decimal
) -> None:
    from django.test import override_settings

    total = Money(sum(each, Decimal(0)), "EUR")
    with override_settings(SHOP_PERSONALIZE={"BUNDLE": {"discount": str(discount)}}):
        saved = bundle.saving(None, [], total) or Decimal(0)
    assert saved == saved.quantize(Decimal("0.01"))
    assert 0 <= saved < total.amount
    assert abs(saved - total.amount * discount) <= Decimal("0.005") or saved == 0

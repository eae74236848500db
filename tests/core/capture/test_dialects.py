from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from shop_personalize.capture.event_ids import uuid7
from shop_personalize.models import Interaction, QuarantinedEvent
from tests.core.capture.conftest import EVENTS, token_for

pytestmark = pytest.mark.django_db
GA4 = EVENTS + "ga4/"
ITEM = {
    "item_id": "SKU_12345",
    "item_name": "Stan and Friends Tee",
    "affiliation": "Google Merchandise Store",
    "coupon": "SUMMER_FUN",
    "discount": 2.22,
    "index": 0,
    "item_brand": "Google",
    "item_category": "Apparel",
    "item_list_id": "related_products",
    "item_list_name": "Related Products",
    "item_variant": "green",
    "location_id": "ChIJIQBpAG2ahYAR_6128GcTUEo",
    "price": 10.01,
    "quantity": 3,
}
MONEY = {"currency": "USD", "value": 30.03}
PAYLOADS: dict[str, dict[str, Any]] = {
    "view_item": {**MONEY, "items": [ITEM]},
    "view_item_list": {
        "item_list_id": "related_products",
        "item_list_name": "Related products",
        "items": [ITEM],
    },
    "select_item": {"item_list_id": "related_products", "items": [ITEM]},
    "add_to_cart": {**MONEY, "items": [ITEM]},
    "remove_from_cart": {**MONEY, "items": [ITEM]},
    "view_cart": {**MONEY, "items": [ITEM]},
    "begin_checkout": {**MONEY, "coupon": "SUMMER_FUN", "items": [ITEM]},
    "add_shipping_info": {**MONEY, "shipping_tier": "Ground", "items": [ITEM]},
    "add_payment_info": {**MONEY, "payment_type": "Credit Card", "items": [ITEM]},
    "purchase": {
        **MONEY,
        "transaction_id": "T_12345",
        "tax": 4.9,
        "shipping": 5.99,
        "items": [ITEM],
    },
    "refund": {**MONEY, "transaction_id": "T_12345", "items": [ITEM]},
    "add_to_wishlist": {**MONEY, "items": [ITEM]},
    "view_promotion": {"promotion_id": "P_12345", "items": [ITEM]},
    "select_promotion": {"promotion_id": "P_12345", "items": [ITEM]},
    "search": {"search_term": "t-shirts"},
    "view_search_results": {"search_term": "t-shirts", "items": [ITEM]},
}
ROWS = {
    "view_item": "view",
    "view_item_list": "list_view",
    "select_item": "click",
    "add_to_cart": "add_to_cart",
    "remove_from_cart": "remove_from_cart",
    "view_cart": "view_cart",
    "begin_checkout": "checkout",
    "purchase": "purchase",
    "refund": "refund",
    "add_to_wishlist": "wishlist",
    "search": "search",
    "view_search_results": "search",
}
FORMS = {
    "data layer": lambda name, body: {"event": name, "ecommerce": body},
    "protocol": lambda name, body: {"name": name, "params": body},
    "batch": lambda name, body: {"events": [{"name": name, "params": body}]},
    "gtag": lambda name, body: ["event", name, body],
    "arguments": lambda name, body: {"0": "event", "1": name, "2": body},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PAYLOADS)
def test_ga4_events_are_taken_verbatim(send: Any, name: str, form: str) -> None:
    response = send(FORMS[form](name, PAYLOADS[name]), GA4)
    assert response.status_code == 202
    assert response.json() == {"accepted": 1, "duplicates": 0, "quarantined": 0}
    kinds = list(Interaction.objects.values_list("kind", flat=True))
    assert kinds == ([ROWS[name]] if name in ROWS else [])


def test_an_item_carries_its_price_and_quantity(send: Any) -> None:
    send(FORMS["data layer"]("add_to_cart", PAYLOADS["add_to_cart"]), GA4)
    row = Interaction.objects.get()
    assert (row.item_id, row.quantity, str(row.value), row.currency, row.source) == (
        "SKU_12345",
        3,
        "10.0100",
        "USD",
        "ga4",
    )


def without(name: str, *keys: str) -> dict[str, Any]:
    return {k: v for k, v in PAYLOADS[name].items() if k not in keys}


RULES = {
    "missing_item": ("view_item", {"items": [{"price": 1}]}),
    "missing_items": ("add_to_cart", {**MONEY}),
    "missing_currency": ("view_item", without("view_item", "currency")),
    "missing_transaction_id": ("purchase", without("purchase", "transaction_id")),
    "too_many_items": ("view_item", {"items": [{"item_id": "1"}] * 201}),
    "bad_type": ("view_item", {"items": ["SKU"]}),
    "bad_value": ("view_item", {"items": [{"item_id": "1", "price": "free"}]}),
}


@pytest.mark.parametrize("reason", RULES)
def test_ga4_rules(send: Any, reason: str) -> None:
    name, body = RULES[reason]
    response = send(FORMS["data layer"](name, body), GA4)
    assert response.json() == {
        "accepted": 0,
        "duplicates": 0,
        "quarantined": 1,
        "reasons": {reason: 1},
    }
    assert QuarantinedEvent.objects.get().source == "ga4"


def test_a_name_alone_is_enough(send: Any) -> None:
    send(FORMS["protocol"]("view_item", {"items": [{"item_name": "Tee"}]}), GA4)
    assert Interaction.objects.get().item_id == "Tee"


def test_two_hundred_items_are_two_hundred_rows_of_one_event(send: Any) -> None:
    body = {"items": [{"item_id": str(n), "item_brand": "x" * 60} for n in range(200)]}
    event = {"event": "view_item", "ecommerce": body, "event_id": str(uuid7())}
    assert send(event, GA4).json()["accepted"] == 1
    assert Interaction.objects.count() == 200
    assert send(event, GA4).json() == {"accepted": 0, "duplicates": 1, "quarantined": 0}


def test_a_thank_you_page_opened_again_is_one_order(send: Any) -> None:
    body = FORMS["data layer"]("purchase", PAYLOADS["purchase"])
    assert send(body, GA4).json()["accepted"] == 1
    assert send(body, GA4).json()["duplicates"] == 1
    row = Interaction.objects.get()
    assert (row.order_id, row.flag) == ("T_12345", "shadow")


def test_a_list_of_ours_is_seen_item_by_item_with_its_token(send: Any) -> None:
    items = [{"item_id": "1"}, {"item_id": "2"}]
    rid = token_for()
    body = {"item_list_id": f"sp:home:{rid}", "items": items}
    send(FORMS["data layer"]("view_item_list", body), GA4)
    send(FORMS["data layer"]("select_item", {**body, "items": items[:1]}), GA4)
    cart = {"items": [{"item_id": "1", "item_list_id": f"sp:home:{rid}"}]}
    send(FORMS["data layer"]("add_to_cart", cart), GA4)
    rows = Interaction.objects.values_list("kind", "item_id", "rid")
    assert sorted(rows) == [
        ("add_to_cart", "1", rid),
        ("click", "1", rid),
        ("rec_view", "1", rid),
        ("rec_view", "2", rid),
    ]


def test_a_list_of_the_shop_is_one_row(send: Any) -> None:
    items = [{"item_id": str(n)} for n in range(60)]
    body = {"item_list_id": "summer", "items": items}
    send(FORMS["data layer"]("view_item_list", body), GA4)
    row = Interaction.objects.get()
    assert (row.kind, row.item_id, row.context["list"]) == ("list_view", "", "summer")
    assert row.context["items"] == [str(n) for n in range(50)]


@pytest.mark.parametrize(
    "other",
    [
        {"event": "gtm.js", "gtm.start": 1},
        {"event": "page_view"},
        {"ecommerce": None},
        ["config", "G-1"],
        ["set", {"a": 1}],
    ],
)
def test_what_is_no_e_commerce_is_understood_and_not_kept(
    send: Any, other: Any
) -> None:
    assert send({"events": [other]}, GA4).json()["accepted"] == 1
    assert Interaction.objects.count() == 0


def test_other_dialects_are_told_by_their_words_when_switched_on(send: Any) -> None:
    retail = {
        "eventType": "add-to-cart",
        "productDetails": [{"product": {"id": "7"}, "quantity": 2}],
    }
    gorse = {"FeedbackType": "like", "ItemId": "8"}
    assert send([retail, gorse]).json()["quarantined"] == 2
    both = {**settings.SHOP_PERSONALIZE, "DIALECTS": ["retail", "gorse", "ga4"]}
    with override_settings(SHOP_PERSONALIZE=both):
        send([retail, gorse])
    rows = Interaction.objects.order_by("pk").values_list("kind", "item_id", "quantity")
    assert sorted(rows) == [("add_to_cart", "7", 2), ("wishlist", "8", 1)]


def test_retail_orders_count_once(send: Any) -> None:
    event = {
        "eventType": "purchase-complete",
        "purchaseTransaction": {"id": "T1", "revenue": 5, "currencyCode": "EUR"},
        "productDetails": [{"product": {"id": "7"}}, {"product": {"id": "8"}}],
    }
    both = {**settings.SHOP_PERSONALIZE, "DIALECTS": ["retail"]}
    with override_settings(SHOP_PERSONALIZE=both):
        assert send(event).json()["accepted"] == 1
        assert send(event).json()["duplicates"] == 1
    assert Interaction.objects.count() == 2

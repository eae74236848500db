"""A rule is filled in by hand, without JSON and without a script."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from shop_personalize.admin.rule_conditions import ConditionsField
from shop_personalize.admin.rule_items import ItemsField
from shop_personalize.models import Block, Rule
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
ADD = "admin:shop_personalize_rule_add"


def change(rule: Rule) -> str:
    return reverse("admin:shop_personalize_rule_change", args=[rule.pk])


def form(*conditions: tuple[str, str, str], **changed: Any) -> dict[str, Any]:
    """A form as a browser sends it."""
    found = {
        "name": "A rule",
        "is_active": "on",
        "action": "exclude",
        "page": "any",
        "audience": "everyone",
        "position": "1",
        "strength": "0.5",
        "priority": "10",
    }
    for at, (field, op, text) in enumerate(conditions):
        row = {"field": field, "op": op, "text": text}
        found |= {f"conditions-{at}-{part}": value for part, value in row.items()}
    return {**found, **changed}


def errors(client: Client, *conditions: Any, **changed: Any) -> dict[str, list[str]]:
    response = client.post(reverse(ADD), form(*conditions, **changed))
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


def test_conditions_are_chosen_in_rows(admin: Client) -> None:
    rows = [
        ("category", "in", "Mugs; Bags"),
        ("", "", ""),
        ("price", "between", "£5; 10,50"),
        ("price_band", "within", "30 %"),
        ("category", "same", ""),
    ]
    assert admin.post(reverse(ADD), form(*rows)).status_code == 302
    assert Rule.objects.get().conditions == [
        {"field": "category", "op": "in", "value": ["Mugs", "Bags"]},
        {"field": "price", "op": "between", "value": [5, 10.5]},
        {"field": "price_band", "op": "within", "value": 30},
        {"field": "category", "op": "same"},
    ]
    assert LogEntry.objects.get().get_change_message() == "Added."


def test_a_saved_rule_opens_as_it_was_typed_and_saves_unchanged(admin: Client) -> None:
    conditions = [
        {"field": "category", "op": "in", "value": ["Frames, Clocks"]},
        {"field": "price", "op": "between", "value": [5, 10.5]},
        {"field": "category", "op": "other"},
    ]
    rule = Rule.objects.create(name="A rule", action="exclude", conditions=conditions)
    html = admin.get(change(rule)).content.decode()
    assert 'value="Frames, Clocks;"' in html
    assert 'value="5; 10.5"' in html
    rows = [
        ("category", "in", "Frames, Clocks;"),
        ("price", "between", "5; 10.5"),
        ("category", "other", ""),
    ]
    admin.post(change(rule), form(*rows))
    assert Rule.objects.get().conditions == conditions
    entry = LogEntry.objects.latest("pk")
    assert "conditions" not in entry.get_change_message().lower()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("", "lt", "5"), "Condition 1: choose what it is about."),
        (("price", "", "5"), "Condition 1: choose how price is compared."),
        (("price", "lt", ""), "Condition 1: price needs a value."),
        (
            ("category", "lt", "5"),
            "Condition 1: “is below” does not go with category; choose from: "
            "“is one of”, “is none of”, “is that of the page's product”, "
            "“is not that of the page's product”.",
        ),
        (("price", "lt", "cheap"), "Condition 1: “price” needs a number, not 'cheap'."),
        (
            ("price", "between", "5"),
            "Condition 1: “price” needs two numbers, such as [10, 20].",
        ),
        (("no such", "in", "a"), "Condition 1: choose what it is about."),
    ],
)
def test_what_is_wrong_with_a_condition_is_named(
    admin: Client, row: tuple[str, str, str], told: str
) -> None:
    assert errors(admin, row) == {"conditions": [told]}
    assert Rule.objects.count() == 0


def test_every_wrong_condition_is_named_and_stays_as_it_was_typed(
    admin: Client,
) -> None:
    rows = [("price", "lt", "cheap"), ("stock", "", ""), ("price", "gt", "1")]
    response = admin.post(reverse(ADD), form(*rows))
    assert response.context["adminform"].form.errors["conditions"] == [
        "Condition 2: choose how stock is compared."
    ]
    assert 'value="cheap"' in response.content.decode()


def test_a_rule_for_nothing_in_particular_is_refused(admin: Client) -> None:
    (told,) = errors(admin)["__all__"]
    assert told.startswith("Choose products or set a condition")


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        (
            {
                "starts_at_0": "2026-12-02",
                "starts_at_1": "00:00",
                "ends_at_0": "2026-12-01",
                "ends_at_1": "00:00",
            },
            "ends_at",
            "It must end after it begins.",
        ),
        ({"position": "0"}, "position", "greater than or equal to 1"),
        ({"strength": "1.5"}, "strength", "less than or equal to 1"),
        ({"name": ""}, "name", "This field is required."),
    ],
)
def test_other_mistakes_are_told_at_their_field(
    admin: Client, changed: dict[str, str], field: str, told: str
) -> None:
    found = errors(admin, ("price", "lt", "5"), **changed)
    assert list(found) == [field]
    assert told in found[field][0]


def test_a_pin_beyond_the_end_of_its_block_is_refused(admin: Client) -> None:
    block = Block.objects.get(slug="home-for-you")
    given = {"block": str(block.pk), "action": "pin", "position": "9"}
    found = errors(admin, ("price", "lt", "5"), **given)
    assert found == {"position": ["The block shows 8 products only."]}


def test_products_are_chosen_by_id_by_title_and_taken_out_again(
    admin: Client, shop: SimpleNamespace
) -> None:
    one, two, three, *_ = (str(product.pk) for product in shop.products)
    given = {"items-add": [f"{one}, {two}", "mug 3", ""]}
    assert admin.post(reverse(ADD), form(**given)).status_code == 302
    rule = Rule.objects.get()
    assert rule.items == [one, two, three]
    html = admin.get(change(rule)).content.decode()
    assert f'name="items" value="{two}" checked> Mug 2' in html
    admin.post(change(rule), form(items=[three, one]))
    assert Rule.objects.get().items == [three, one]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("teapot", "The shop has no product “teapot”."),
        ("\x00", ""),
        ("9999", "The shop has no product “9999”."),
    ],
)
def test_a_product_that_is_not_there_is_named(
    admin: Client, shop: SimpleNamespace, typed: str, told: str
) -> None:
    found = errors(admin, **{"items-add": [typed]})
    assert found.get("items", [""]) == [told]


def test_a_title_of_several_products_asks_for_the_id(
    admin: Client, shop: SimpleNamespace
) -> None:
    (told,) = errors(admin, **{"items-add": ["mug"]})["items"]
    first = shop.products[0].pk
    assert told.startswith(
        f"“mug” may be several products; type the id: {first} (Mug 1), "
    )
    (told,) = errors(admin, **{"items-add": [f"{first}, 9999"]})["items"]
    assert told == "The shop has no product 9999."


def test_a_product_gone_from_the_shop_stays_until_it_is_taken_out(
    admin: Client, shop: SimpleNamespace
) -> None:
    rule = Rule.objects.create(name="a", action="pin", items=["9999"])
    html = admin.get(change(rule)).content.decode()
    assert "no longer in the shop" in html
    admin.post(change(rule), form(items=["9999"], action="pin"))
    assert Rule.objects.get().items == ["9999"]


def test_more_than_a_rule_can_hold_is_refused() -> None:
    given = {"kept": [str(n) for n in range(501)], "added": []}
    with pytest.raises(Exception, match="At most 500 products"):
        ItemsField().clean(given)


def test_what_was_not_changed_is_not_written_down_as_changed() -> None:
    conditions = [{"field": "price", "op": "lt", "value": 5}]
    rows = [{"field": "price", "op": "lt", "text": "5"}]
    field = ConditionsField()
    assert not field.has_changed(conditions, rows)
    assert field.has_changed(conditions, [{**rows[0], "text": "6"}])
    assert field.has_changed(conditions, [{**rows[0], "text": "six"}])


def test_values_of_the_shop_are_offered(admin: Client, shop: SimpleNamespace) -> None:
    Product.objects.filter(name="Mug 1").update(category=None)
    html = admin.get(reverse(ADD)).content.decode()
    offered = '<datalist id="sp-values-category"><option value="Mugs"></option>'
    assert offered in html
    assert 'list="sp-values-any"' in html


def test_titles_are_found_while_they_are_typed(
    admin: Client, staff: Any, shop: SimpleNamespace
) -> None:
    url = reverse("admin:shop_personalize_rule_products")
    found = admin.get(url, {"q": "mug 4"}).json()["products"]
    assert found == [[str(shop.products[3].pk), "Mug 4"]]
    assert admin.get(url, {"q": "m"}).json() == {"products": []}
    assert staff("view_visitor").get(url, {"q": "mug"}).status_code == 403


@pytest.mark.parametrize("right", ["view_rule", "add_rule"])
def test_changing_a_rule_needs_the_right(staff: Any, right: str) -> None:
    rule = Rule.objects.create(name="a", action="boost", items=["1"])
    client = staff(right)
    answer = client.post(change(rule), form(("price", "lt", "5")))
    assert answer.status_code == 403
    assert Rule.objects.get().conditions == []


def test_who_may_only_look_sees_the_rule_and_can_change_nothing(staff: Any) -> None:
    conditions = [{"field": "price", "op": "lt", "value": 5}]
    rule = Rule.objects.create(name="a", action="boost", conditions=conditions)
    html = staff("view_rule").get(change(rule)).content.decode()
    assert "Shows products under 5.00 earlier on every page." in html
    assert 'name="_save"' not in html
    assert "&#x27;field&#x27;" not in html

"""What a rule does in this shop now, and which rules it disagrees with."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.admin import rule_effects
from shop_personalize.models import Block, Rule
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
CHEAP = {"field": "price", "op": "lt", "value": 4}
DEAR = {"field": "price", "op": "gte", "value": 4}
MUGS = {"field": "category", "op": "in", "value": ["mugs"]}
LIKE_THE_PAGE = {"field": "price_band", "op": "within", "value": 20}


def page(client: Client, rule: Rule) -> Any:
    url = reverse("admin:shop_personalize_rule_change", args=[rule.pk])
    response = client.get(url)
    assert response.status_code == 200
    return response.context


def rule(name: str, action: str, *conditions: dict[str, Any], **fields: Any) -> Rule:
    given = {"priority": 10 * (Rule.objects.count() + 1), **fields}
    return Rule.objects.create(
        name=name, action=action, conditions=list(conditions), **given
    )


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (
            [CHEAP],
            "3 products match now, such as “Mug 1”, “Mug 2”, “Mug 3”.",
        ),
        (
            [CHEAP, {"field": "price", "op": "gt", "value": 2}],
            "1 product matches now: “Mug 3”.",
        ),
        ([{"field": "price", "op": "gt", "value": 50}], "No product matches now."),
        (
            [LIKE_THE_PAGE, CHEAP],
            "3 products match now, such as “Mug 1”, “Mug 2”, “Mug 3”. "
            "Which of them depends on the product of the page.",
        ),
        (
            [{"field": "margin", "op": "gt", "value": 5}],
            "It says nothing: choose products or set a valid condition.",
        ),
    ],
)
def test_the_products_that_match_now_are_counted_and_named(
    admin: Client, shop: SimpleNamespace, conditions: list[Any], words: str
) -> None:
    assert page(admin, rule("a", "boost", *conditions))["sp_matches"] == words


def test_what_cannot_be_sold_does_not_match(
    admin: Client, shop: SimpleNamespace
) -> None:
    Product.objects.filter(name="Mug 1").update(available=False)
    one = rule("a", "pin", items=[str(each.pk) for each in shop.products[:2]])
    assert page(admin, one)["sp_matches"] == "1 product matches now: “Mug 2”."


def test_of_a_large_shop_the_first_products_are_looked_at(
    admin: Client, shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_effects, "LOOKED_AT", 2)
    words = page(admin, rule("a", "boost", MUGS))["sp_matches"]
    assert words == (
        "2 products match now, such as “Mug 1”, “Mug 2”. "
        "Only the first 2 products of the shop were looked at."
    )


def told(client: Client, one: Rule) -> list[tuple[str, bool]]:
    return [(each.text, each.wins) for each in page(client, one)["sp_conflicts"]]


CASES = [
    (
        ("boost", CHEAP),
        ("bury", MUGS),
        "“first” goes before and says the opposite: it holds.",
        "“second” says the opposite; this rule goes before and holds.",
    ),
    (
        ("pin", CHEAP),
        ("exclude", MUGS),
        "“first” goes before and pins what this one takes away.",
        "“second” takes away what this one pins; the pin goes before.",
    ),
    (
        ("exclude", MUGS),
        ("pin", CHEAP),
        "“first” goes before and takes away what this one pins.",
        "“second” pins what this takes away; this one goes before.",
    ),
    (
        ("include", CHEAP),
        ("pin", MUGS),
        "“first” goes before and takes away what this one pins.",
        "“second” pins what this takes away; this one goes before.",
    ),
    (
        ("include", CHEAP),
        ("include", DEAR),
        "“first” goes before and shows only its own products: where both apply, this "
        "rule is not heard. Give both the same precedence to show the products of "
        "both.",
        "“second” shows only its own products; where both apply it is not heard, for "
        "this rule goes before.",
    ),
    (
        ("pin", CHEAP),
        ("pin", DEAR),
        "“first” goes before and has the place; this one is next.",
        "“second” pins to the same place; it is next to this one.",
    ),
    (
        ("include", CHEAP),
        ("exclude", MUGS),
        "Together with “first” this leaves nothing to be shown.",
        "Together with “second” this leaves nothing to be shown.",
    ),
]


@pytest.mark.parametrize(("first", "second", "of_second", "of_first"), CASES)
def test_a_rule_that_disagrees_is_named_and_which_of_the_two_holds(
    admin: Client,
    shop: SimpleNamespace,
    first: tuple[str, dict[str, Any]],
    second: tuple[str, dict[str, Any]],
    of_second: str,
    of_first: str,
) -> None:
    one, two = rule("first", *first), rule("second", *second)
    nothing = "leaves nothing" in of_first
    assert told(admin, one) == [(of_first, not nothing)]
    assert told(admin, two) == [(of_second, False)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("boost", CHEAP), ("bury", DEAR)),
        (("boost", CHEAP), ("boost", MUGS)),
        (("pin", CHEAP), ("exclude", DEAR)),
        (("pin", CHEAP), ("include", MUGS)),
        (("include", MUGS), ("exclude", DEAR)),
        (("exclude", MUGS), ("bury", MUGS)),
    ],
)
def test_rules_that_do_not_disagree_are_not_named(
    admin: Client, shop: SimpleNamespace, first: Any, second: Any
) -> None:
    one, two = rule("first", *first), rule("second", *second)
    assert told(admin, one) == []
    assert told(admin, two) == []


def test_pins_to_different_places_do_not_disagree(
    admin: Client, shop: SimpleNamespace
) -> None:
    one = rule("first", "pin", CHEAP)
    rule("second", "pin", DEAR, position=2)
    assert told(admin, one) == []


def test_rules_that_never_meet_do_not_disagree(
    admin: Client, shop: SimpleNamespace
) -> None:
    now, day = timezone.now(), timedelta(days=1)
    home, recent = (
        Block.objects.get(slug=slug) for slug in ("home-for-you", "recently-viewed")
    )
    one = rule(
        "first",
        "boost",
        MUGS,
        page="home",
        block=home,
        audience="new",
        ends_at=now + day,
        site="uk",
    )
    rule("elsewhere", "bury", MUGS, page="product")
    rule("another block", "bury", MUGS, block=recent)
    rule("for others", "bury", MUGS, audience="returning")
    rule("later", "bury", MUGS, starts_at=now + 2 * day)
    rule("over", "bury", MUGS, ends_at=now - day)
    rule("off", "bury", MUGS, is_active=False)
    rule("another shop", "bury", MUGS, site="fr")
    assert told(admin, one) == []
    rule("meets", "bury", MUGS, page="any", audience="guests")
    (found,) = told(admin, one)
    assert found[0].startswith("“meets” says the opposite")


def test_a_rule_of_a_block_is_only_met_on_the_page_of_the_block(
    admin: Client, shop: SimpleNamespace
) -> None:
    one = rule("first", "boost", MUGS, block=shop.block)
    rule("elsewhere", "bury", MUGS, page="product")
    assert told(admin, one) == []
    rule("here", "bury", MUGS, page="home")
    assert len(told(admin, one)) == 1


def test_what_depends_on_the_page_may_disagree(
    admin: Client, shop: SimpleNamespace
) -> None:
    one = rule("first", "boost", LIKE_THE_PAGE)
    rule("second", "bury", CHEAP)
    assert len(told(admin, one)) == 1


def test_a_rule_s_page_asks_the_same_few_questions_however_many_rules_there_are(
    admin: Client, shop: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    one = rule("first", "boost", CHEAP, items=[str(shop.products[0].pk)])
    page(admin, one)
    with django_assert_num_queries(10):
        page(admin, one)
    for name in "bcdefgh":
        rule(name, "bury", MUGS, items=[str(shop.products[1].pk)])
    with django_assert_num_queries(10):
        page(admin, one)


def test_a_block_lists_the_rules_that_are_heard_there_in_order(
    admin: Client, shop: SimpleNamespace
) -> None:
    other = Block.objects.get(slug="recently-viewed")
    rule("late", "bury", MUGS, priority=90)
    rule("early", "boost", CHEAP, priority=5, page="home", block=shop.block)
    rule("off", "boost", CHEAP, is_active=False)
    rule("elsewhere", "boost", CHEAP, page="product")
    rule("another", "boost", CHEAP, block=other)
    url = reverse("admin:shop_personalize_block_change", args=[shop.block.pk])
    response = admin.get(url)
    assert [each.rule.name for each in response.context["sp_rules"]] == [
        "early",
        "late",
    ]
    html = response.content.decode()
    assert "Shows products under 4.00 earlier in “Recommended for you” on the" in html
    assert f"{reverse('admin:shop_personalize_rule_add')}?block={shop.block.pk}" in html


def test_a_block_s_page_asks_the_same_few_questions_however_many_rules_there_are(
    admin: Client, shop: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:shop_personalize_block_change", args=[shop.block.pk])
    rule("a", "boost", CHEAP, items=[str(shop.products[0].pk)])
    admin.get(url)
    with django_assert_num_queries(21):
        admin.get(url)
    for name in "bcdefgh":
        rule(name, "bury", CHEAP, items=[str(shop.products[1].pk)], block=shop.block)
    with django_assert_num_queries(21):
        admin.get(url)

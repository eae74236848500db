"""Clearing a stock: the path, its steps, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.pricing.models import (
    Markdown,
    PricedItem,
    PriceRule,
    PriceSuggestion,
)
from shop_personalize.pricing.services import deciding, marking_down
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.builders import known, product, sold, suggested
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def planned(item: Any = None, weeks: int = 4, **given: Any) -> Markdown:
    """40 a week at 10.00, 300 to be gone: the price has to fall."""
    if item is None:
        item = product(stock=300)
        known(item)
    day = timezone.localdate() + timedelta(weeks=weeks)
    return marking_down.plan(item_id=str(item.pk), clear_by=day, **given)


def four_weeks_go_by() -> None:
    """All that was planned lies four weeks earlier."""
    by = timedelta(weeks=4)
    for row in PriceSuggestion.objects.all():
        PriceSuggestion.objects.filter(pk=row.pk).update(due=row.due - by)
    for plan in Markdown.objects.all():
        Markdown.objects.filter(pk=plan.pk).update(clear_by=plan.clear_by - by)


def test_a_path_never_rises_and_brings_more_than_waiting(boss: Any) -> None:
    row = planned(user=boss)
    prices = [step["price"] for step in row.path]
    assert len(prices) == 4
    assert prices == sorted(prices, reverse=True)
    assert prices[0] < 10
    assert row.path[-1]["left"] < 1
    assert row.revenue > row.revenue_as_is
    assert row.revenue_as_is == pytest.approx(1600, rel=0.02)
    assert (row.stock, row.state, row.made_by) == (300, "planned", boss)
    assert row.path[1]["week"] == str(timezone.localdate() + timedelta(weeks=1))


def test_rules_hold_for_every_step() -> None:
    item = product(stock=300, cost=4.0)
    known(item)
    PriceRule.objects.create(name="Margin", margin=50, ending=".99", step=10)
    prices = [step["price"] for step in planned(item).path]
    assert all(price >= 8 and f"{price:.2f}".endswith(".99") for price in prices)
    before = [10.0, *prices[:-1]]
    falls = [1 - now / then for then, now in zip(before, prices, strict=True)]
    assert max(falls) <= 0.1 + 1e-9


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"least": Decimal(12)}, "the rules leave no path"),
        ({"margin": 80}, "the rules leave no path"),
    ],
)
def test_rules_that_leave_no_path_are_said(limit: dict[str, Any], told: str) -> None:
    PriceRule.objects.create(name="Too strict", **limit)
    with pytest.raises(RefusedError, match=told):
        planned()


def test_what_is_missing_is_said() -> None:
    uncounted = product("Uncounted")
    known(uncounted)
    PricedItem.objects.update(stock=None)
    with pytest.raises(RefusedError, match="no stock to clear, or nobody counts it"):
        planned(uncounted)
    assert planned(uncounted, stock=50).stock == 50
    with pytest.raises(RefusedError, match="a week to a year ahead"):
        planned(uncounted, weeks=0)
    with pytest.raises(RefusedError, match="a week to a year ahead"):
        planned(uncounted, weeks=60)
    with pytest.raises(RefusedError, match="Nothing is known of this product yet"):
        planned(product("Unknown", stock=9))


def test_each_fall_becomes_a_suggestion_due_on_its_day(boss: Any) -> None:
    row = marking_down.approve(planned(), user=boss)
    steps = list(PriceSuggestion.objects.order_by("due"))
    falls = [(step["week"], step["price"]) for step in row.path]
    expected = [
        pair
        for at, pair in enumerate(falls)
        if pair[1] < (falls[at - 1][1] if at else 10)
    ]
    assert [(str(s.due), float(s.suggested)) for s in steps] == expected
    assert {s.origin for s in steps} == {"markdown"}
    assert steps[0].price_now == 10
    assert (row.state, row.decided_by) == ("approved", boss)


def test_steps_are_taken_one_after_the_other_even_when_one_was_missed(
    boss: Any,
) -> None:
    row = marking_down.approve(planned(), user=boss)
    first, *rest = PriceSuggestion.objects.order_by("due")
    assert len(rest) >= 1
    assert first.due == timezone.localdate()
    four_weeks_go_by()
    done = deciding.approve(rest[-1], user=boss)
    assert (done.price_now, done.state) == (10, "applied")
    states = PriceSuggestion.objects.filter(markdown=row).values_list(
        "state", flat=True
    )
    assert set(states) == {"expired", "applied"}
    assert Product.objects.get().price == rest[-1].suggested


def test_a_step_never_raises_a_price(boss: Any) -> None:
    marking_down.approve(planned(), user=boss)
    Product.objects.update(price="1.00")
    first = PriceSuggestion.objects.order_by("due")[0]
    with pytest.raises(RefusedError, match="a markdown never raises a price"):
        deciding.approve(first, user=boss)


def test_a_markdown_that_is_cancelled_offers_no_further_step(boss: Any) -> None:
    row = marking_down.approve(planned(), user=boss)
    other = suggested(product("Other"))
    marking_down.cancel(row, user=boss)
    states = PriceSuggestion.objects.filter(markdown=row).values_list(
        "state", flat=True
    )
    assert set(states) == {"expired"}
    other.refresh_from_db()
    assert other.state == "open"
    with pytest.raises(RefusedError, match="this markdown is “cancelled” by now"):
        marking_down.approve(row, user=boss)


def test_one_markdown_of_a_product_at_a_time(boss: Any) -> None:
    row = marking_down.approve(planned(), user=boss)
    again = planned(Product.objects.get(pk=row.item_id))
    with pytest.raises(RefusedError, match="is under way; cancel it first"):
        marking_down.approve(again, user=boss)


def test_a_price_that_is_to_stay_is_nothing_to_approve(
    admin: Client, boss: Any
) -> None:
    item = product(stock=10)
    known(item)
    row = planned(item)
    assert {step["price"] for step in row.path} == {10.0}
    page = admin.get(url("plan", row.pk)).content.decode()
    assert "Approve the path" not in page
    assert "clears 10 by" in page
    with pytest.raises(RefusedError, match="there is no step to approve"):
        marking_down.approve(row, user=boss)


def test_when_the_day_has_come_it_is_over(boss: Any) -> None:
    row = marking_down.approve(planned(), user=boss)
    assert marking_down.finish() == 0
    four_weeks_go_by()
    assert marking_down.finish() == 1
    row.refresh_from_db()
    assert row.state == "done"
    assert not PriceSuggestion.objects.filter(state="open").exists()


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:shop_personalize_pricing_markdown_{name}", args=args)


def test_the_form_leads_to_the_path_and_the_path_to_approval(admin: Client) -> None:
    item = product(stock=300)
    known(item)
    sold(item, [10.0] * 10, [40] * 10)
    page = admin.get(url("add") + f"?item={item.pk}").content.decode()
    assert f'value="{item.pk}"' in page
    day = timezone.localdate() + timedelta(weeks=4)
    wish = {"item": item.name, "clear_by": str(day), "salvage": "1.50"}
    answer = admin.post(url("add"), wish)
    row = Markdown.objects.get()
    assert answer.headers["Location"] == url("plan", row.pk)
    assert (row.salvage, row.clear_by) == (Decimal("1.50"), day)
    page = admin.get(url("plan", row.pk)).content.decode()
    assert "Approve the path" in page
    assert "Price week by week" in page
    assert page.count('<th scope="row">') >= 4
    admin.post(url("do", row.pk, "approve"))
    row.refresh_from_db()
    assert row.state == "approved"
    assert ">Cake stand</a>" in admin.get(url("changelist")).content.decode()
    admin.post(url("do", row.pk, "cancel"))
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_the_form_says_what_is_wrong(admin: Client) -> None:
    item = product(stock=300)
    day = timezone.localdate() + timedelta(weeks=4)
    wish = {"item": str(item.pk), "clear_by": str(day), "salvage": "0"}
    page = admin.post(url("add"), wish).content.decode()
    assert "Nothing is known of this product yet" in page
    page = admin.post(url("add"), {**wish, "item": "no such thing"}).content.decode()
    assert "The shop has no product “no such thing”." in page
    assert not Markdown.objects.exists()

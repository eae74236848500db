"""What happens beside a markdown: time, other plans, other suggestions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop_personalize.pricing.models import Markdown, PricedItem, PriceSuggestion
from shop_personalize.pricing.services import (
    deciding,
    learning,
    marking_down,
    suggesting,
)
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.addresses import url
from tests.pricing.builders import known, learned, product, suggested

pytestmark = pytest.mark.django_db


def planned(item: Any = None, **given: Any) -> Markdown:
    if item is None:
        item = product(stock=300)
        known(item)
    day = timezone.localdate() + timedelta(weeks=4)
    return marking_down.plan(item_id=str(item.pk), clear_by=day, **given)


def test_a_plan_whose_day_has_come_is_not_approved(boss: Any) -> None:
    row = planned()
    Markdown.objects.update(clear_by=timezone.localdate())
    with pytest.raises(RefusedError, match="has come; plan anew"):
        marking_down.approve(row, user=boss)
    assert not PriceSuggestion.objects.exists()


def test_steps_of_weeks_gone_by_are_one_step_to_where_the_path_is(boss: Any) -> None:
    """Approved a week late, what was due before today is not offered one by one."""
    row = planned()
    path = row.path
    for step, at in zip(path, range(-2, 2), strict=True):
        day = timezone.localdate() + timedelta(weeks=at)
        step.update(week=day.isoformat(), price=9.0 - at)
    Markdown.objects.update(path=path, price_now=15)
    marking_down.approve(row, user=boss)
    steps = PriceSuggestion.objects.order_by("due").values_list(
        "price_now", "suggested"
    )
    assert [tuple(map(float, step)) for step in steps] == [(15, 9), (9, 8)]


def test_two_plans_of_one_product_wait_for_each_other(boss: Any) -> None:
    item = product(stock=300)
    known(item)
    row, other = planned(item), planned(item)
    with CaptureQueriesContext(connection) as queries:
        marking_down.approve(row, user=boss)
    held = next(
        q["sql"] for q in queries if "FROM" in q["sql"] and "markdown" in q["sql"]
    )
    assert '"item_id" =' in held
    with pytest.raises(RefusedError, match="is under way"):
        marking_down.approve(other, user=boss)


def test_a_markdown_cancelled_meanwhile_is_not_over_but_cancelled(
    boss: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = marking_down.approve(planned(), user=boss)
    Markdown.objects.update(clear_by=timezone.localdate())
    filtered, read = Markdown.objects.filter, [list(Markdown.objects.all())]
    marking_down.cancel(row, user=boss)
    monkeypatch.setattr(
        Markdown.objects,
        "filter",
        lambda **lookups: read.pop() if read else filtered(**lookups),
    )
    assert marking_down.finish() == 0
    assert Markdown.objects.get().state == "cancelled"


def test_while_a_stock_is_cleared_nothing_else_is_suggested(boss: Any) -> None:
    item = learned(stock=3000)
    before = PriceSuggestion.objects.get()
    row = planned(item)
    marking_down.approve(row, user=boss)
    before.refresh_from_db()
    assert before.state == "expired"
    assert suggesting.suggest(learning.learn()) == []
    assert PricedItem.objects.get().problem == "recent"
    marking_down.cancel(row, user=boss)
    PriceSuggestion.objects.all().delete()
    assert len(suggesting.suggest(learning.learn())) == 1


def test_a_suggestion_of_another_product_stays_open(boss: Any) -> None:
    other = suggested(product())
    marking_down.approve(planned(), user=boss)
    other.refresh_from_db()
    assert other.state == "open"


def test_more_units_than_a_database_counts_are_not_planned(admin: Client) -> None:
    item = product(stock=300)
    known(item)
    given = {
        "item": str(item.pk),
        "clear_by": str(timezone.localdate() + timedelta(weeks=4)),
        "salvage": "0",
        "stock": str(10**12),
    }
    page = admin.post(url("markdown_add"), given)
    assert "less than or equal to 1000000000" in page.content.decode()
    assert not Markdown.objects.exists()


def test_a_plan_whose_day_has_come_offers_no_approval(admin: Client) -> None:
    row = planned()
    address = url("markdown_plan", row.pk)
    assert "Approve the path" in admin.get(address).content.decode()
    Markdown.objects.update(clear_by=timezone.localdate())
    page = admin.get(address).content.decode()
    assert "Approve the path" not in page
    assert "Cancel" in page


def test_days_are_written_as_the_reader_writes_them(admin: Client, boss: Any) -> None:
    row = suggested(product(), due=date(2031, 3, 9), origin="markdown")
    done = suggested(product(), state="dismissed", decided_by=boss)
    PriceSuggestion.objects.filter(pk=done.pk).update(
        decided_at=datetime(2031, 3, 8, 12, tzinfo=UTC)
    )
    page = admin.get(url("pricesuggestion_changelist"), {"state": "all"})
    assert "Due on 03/09/2031" in page.content.decode()
    assert "boss, 03/08/2031" in page.content.decode()
    with pytest.raises(RefusedError, match="due on 03/09/2031"):
        deciding.approve(row, user=boss)

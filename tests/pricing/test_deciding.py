"""Approving, dismissing, putting back: who, what, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from shop_personalize.catalog.types import Money
from shop_personalize.pricing.models import PriceChange, PriceRule, PriceSuggestion
from shop_personalize.pricing.services import deciding
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.signals import price_approved, price_put_back
from tests.pricing.builders import COSTS, product, suggested
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def price_of(item: Any) -> Decimal:
    return Product.objects.get(pk=item.pk).price


def test_an_approved_price_is_written_logged_and_can_be_put_back(boss: Any) -> None:
    item = product()
    row = deciding.approve(suggested(item), user=boss, why="Spring")
    assert (price_of(item), row.state) == (Decimal("9.50"), "applied")
    assert (row.decided_by, row.reason) == (boss, "Spring")
    change = PriceChange.objects.get()
    assert (change.old, change.new, change.currency) == (10, Decimal("9.50"), "GBP")
    assert (change.user, change.why, change.is_applied) == (boss, "Spring", True)
    assert (change.units_before, change.units_expected) == (40, 44)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (boss, "Approved: £10.00 → £9.50")
    row = deciding.put_back(row, user=boss)
    assert (price_of(item), row.state) == (10, "reverted")
    last = PriceChange.objects.first()
    assert last is not None
    assert (last.verb, last.old, last.new) == ("reverted", Decimal("9.50"), 10)
    assert LogEntry.objects.count() == 2


def test_without_a_way_to_write_approval_only_records(boss: Any, pricing: Any) -> None:
    pricing(apply=None)
    item = product()
    row = deciding.approve(suggested(item), user=boss)
    assert (price_of(item), row.state) == (10, "approved")
    assert PriceChange.objects.get().is_applied is False
    assert deciding.put_back(row, user=boss).state == "reverted"
    assert price_of(item) == 10


def test_the_plain_field_of_a_described_catalog_can_be_written(
    boss: Any, pricing: Any
) -> None:
    pricing(apply="field")
    item = product()
    before = Product.objects.get(pk=item.pk).updated
    deciding.approve(suggested(item), user=boss)
    found = Product.objects.get(pk=item.pk)
    assert found.price == Decimal("9.50")
    assert found.updated > before


def test_a_price_the_field_cannot_keep_is_refused(boss: Any, pricing: Any) -> None:
    pricing(apply="field", step=1.0)
    item = product()
    row = suggested(item, "123456789.00")
    PriceRule.objects.create(name="Any", step=100)
    Product.objects.filter(pk=item.pk).update(price="99999999.00")
    PriceSuggestion.objects.update(price_now="99999999.00")
    with pytest.raises(RefusedError, match="The shop cannot keep this price"):
        deciding.approve(row, user=boss)
    assert PriceSuggestion.objects.get().state == "open"
    assert not PriceChange.objects.exists()


def test_a_dismissed_price_stays_with_its_reason(boss: Any) -> None:
    item = product()
    row = deciding.dismiss(suggested(item), user=boss, why="Too dear already")
    assert (price_of(item), row.state) == (10, "dismissed")
    assert row.reason == "Too dear already"
    assert LogEntry.objects.get().change_message == "Dismissed. Too dear already"


def test_nothing_is_decided_twice(boss: Any) -> None:
    row = suggested(product())
    deciding.dismiss(row, user=boss)
    with pytest.raises(RefusedError, match="“dismissed” by now"):
        deciding.approve(row, user=boss)
    with pytest.raises(RefusedError, match="“dismissed” by now"):
        deciding.put_back(row, user=boss)


def test_a_price_somebody_changed_meanwhile_is_not_overwritten(boss: Any) -> None:
    item = product()
    row = suggested(item)
    Product.objects.filter(pk=item.pk).update(price="12.00")
    with pytest.raises(RefusedError, match=r"costs £12\.00 now, not £10\.00"):
        deciding.approve(row, user=boss)
    Product.objects.filter(pk=item.pk).update(price="10.00")
    row = deciding.approve(row, user=boss)
    Product.objects.filter(pk=item.pk).update(price="12.00")
    with pytest.raises(RefusedError, match=r"costs £12\.00 now, not £9\.50"):
        deciding.put_back(row, user=boss)
    assert price_of(item) == 12


def test_a_product_that_is_gone_is_not_priced(boss: Any) -> None:
    item = product()
    row = suggested(item)
    Product.objects.filter(pk=item.pk).update(available=False)
    with pytest.raises(RefusedError, match="is not for sale any more"):
        deciding.approve(row, user=boss)


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        ({"least": Decimal("9.60")}, "at least £9.60"),
        ({"most": Decimal("9.40")}, "at most £9.40"),
        ({"margin": 60}, "a margin of at least 60 %: £10.00 or more"),
        ({"step": 4}, "at most 4 % from today's price"),
        ({"ending": ".99"}, "ends in .99"),
    ],
)
def test_the_rules_of_the_moment_hold_at_approval(
    boss: Any, limit: dict[str, Any], told: str
) -> None:
    item = product()
    row = suggested(item)
    PriceRule.objects.create(name="New", **limit)
    with pytest.raises(RefusedError) as problem:
        deciding.approve(row, user=boss)
    assert str(problem.value) == (
        f"“Cake stand”: the rules do not allow this price now: {told}."
    )
    assert price_of(item) == 10


def test_a_cost_that_rose_meanwhile_counts(boss: Any) -> None:
    item = product()
    row = suggested(item)
    PriceRule.objects.create(name="Margin", margin=50)
    COSTS[str(item.pk)] = 4.8
    with pytest.raises(RefusedError, match=r"a margin of at least 50 %: £9\.60"):
        deciding.approve(row, user=boss)


def test_a_step_waits_for_its_day(boss: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    row = suggested(product(), due=tomorrow)
    with pytest.raises(RefusedError, match="this step is due on"):
        deciding.approve(row, user=boss)


def test_many_are_decided_each_by_itself(boss: Any) -> None:
    good, changed, other = (product(name) for name in ("Good", "Changed", "Other"))
    rows = [suggested(item) for item in (good, changed)]
    Product.objects.filter(pk=changed.pk).update(price="12.00")
    done, refused = deciding.approve_all(rows, user=boss)
    assert [row.title for row in done] == ["Good"]
    assert len(refused) == 1
    assert refused[0].startswith("“Changed” costs £12.00 now")
    done, refused = deciding.dismiss_all([suggested(other)], user=boss)
    assert ([row.title for row in done], refused) == (["Other"], [])


def test_the_shop_hears_of_it_after_the_transaction(
    boss: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []

    def hear(sender: Any, **told: Any) -> None:
        heard.append((told["item_id"], told["price"], told["change"].verb))

    def fail(sender: Any, **told: Any) -> None:
        raise RuntimeError

    price_approved.connect(fail)
    price_approved.connect(hear)
    price_put_back.connect(hear)
    try:
        item = product()
        with django_capture_on_commit_callbacks(execute=True):
            row = deciding.approve(suggested(item), user=boss)
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            deciding.put_back(row, user=boss)
    finally:
        price_approved.disconnect(fail)
        price_approved.disconnect(hear)
        price_put_back.disconnect(hear)
    key = str(item.pk)
    assert heard == [
        (key, Money(Decimal("9.50"), "GBP"), "approved"),
        (key, Money(Decimal("10.0000"), "GBP"), "reverted"),
    ]


def test_a_shop_whose_function_fails_keeps_its_price_and_the_suggestion(
    boss: Any, pricing: Any
) -> None:
    def fail(item_id: str, price: Money) -> None:
        raise RuntimeError("the warehouse does not answer")

    pricing(apply=fail)
    item = product()
    row = suggested(item)
    with pytest.raises(RefusedError, match="the warehouse does not answer"):
        deciding.approve(row, user=boss)
    assert (price_of(item), PriceSuggestion.objects.get().state) == (10, "open")
    assert not PriceChange.objects.exists()

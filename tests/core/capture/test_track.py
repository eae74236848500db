from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from shop_personalize import track
from shop_personalize.attribution.token import Token
from shop_personalize.capture.event import Event
from shop_personalize.capture.event_ids import event_id_for, uuid7
from shop_personalize.capture.service import record
from shop_personalize.middleware import PersonalizeMiddleware
from shop_personalize.models import Interaction, QuarantinedEvent
from shop_personalize.signals import interactions_recorded, recommendation_clicked
from tests.core.capture.conftest import BROWSER, token_for

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db(transaction=True)


def visit(view: Any) -> HttpResponse:
    request = RequestFactory().get("/", headers={"user-agent": BROWSER})
    response = PersonalizeMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return response


def kinds() -> list[str]:
    return list(Interaction.objects.order_by("pk").values_list("kind", flat=True))


def test_events_of_a_page_are_written_once_it_is_made(product: Product) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        track("view", product, request=request)
        track("wishlist", product)  # the request under way
        assert kinds() == []
        return HttpResponse()

    visit(view)
    assert kinds() == ["view", "wishlist"]
    assert Interaction.objects.values("visitor").distinct().count() == 1


def test_what_the_shop_rolls_back_did_not_happen(product: Product) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            track("add_to_cart", product)
            transaction.set_rollback(True)
        with transaction.atomic():
            track("view", product)
        return HttpResponse()

    visit(view)
    assert kinds() == ["view"]


def test_outside_of_requests_the_visitor_is_named(product: Product) -> None:
    track("view", product)
    assert kinds() == []
    with transaction.atomic():
        track("view", product, visitor_key="k")
        assert kinds() == []
    assert kinds() == ["view"]


def test_a_product_may_be_a_key_or_nothing() -> None:
    track("view", 7, visitor_key="k")
    track("search", visitor_key="k", context={"query": "mug"})
    rows = Interaction.objects.order_by("pk")
    assert [row.item_id for row in rows] == ["7", ""]


@pytest.mark.parametrize(
    ("quantity", "kept"), [(None, [1]), ("2", [2]), (0.5, [0.5]), (-1, []), (0, [])]
)
def test_quantities_as_shops_have_them(quantity: Any, kept: list[float]) -> None:
    track("add_to_cart", "1", visitor_key="k", quantity=quantity)
    assert list(Interaction.objects.values_list("quantity", flat=True)) == kept
    assert QuarantinedEvent.objects.count() == (0 if kept else 1)


def test_a_price_may_be_nothing_and_a_currency_small() -> None:
    track("view", "1", visitor_key="k", value="0.00", currency="eur")
    row = Interaction.objects.get()
    assert (row.value, row.currency) == (0, "EUR")


def test_nonsense_is_quarantined_without_the_visitor() -> None:
    track("view", "a\x00b", visitor_key="secret")
    row = QuarantinedEvent.objects.get()
    assert (row.reason, row.detail) == ("bad_text", "item_id")
    assert "secret" not in row.payload


def test_nothing_is_raised_into_the_shop() -> None:
    track("view", "1", visitor_key="k", value=object())
    track("view", "1", visitor_key="k", context={"a": object()})
    assert QuarantinedEvent.objects.get().reason == "bad_context"


def event(n: int, **more: Any) -> Event:
    return Event(kind="view", event_id=uuid7(), item_id=str(n), visitor_key="k", **more)


def test_history_may_be_of_any_time() -> None:
    from datetime import UTC, datetime

    then = datetime(2011, 1, 1, tzinfo=UTC)
    old = event(1, occurred_at=then)
    assert record([old], source="import").quarantined == 1
    assert record([old], source="import", historical=True).accepted == 1
    assert Interaction.objects.get().occurred_at == then


def test_the_news_is_told_once_and_of_new_rows_only() -> None:
    told: list[tuple[list[str], str]] = []

    def receiver(*, interactions: list[Interaction], source: str, **kw: Any) -> None:
        told.append(([row.item_id for row in interactions], source))
        raise RuntimeError("a shop's receiver")

    first, second = event(1), event(2)
    interactions_recorded.connect(receiver, weak=False)
    record([first], source="native")
    record([first], source="native")
    record([first, second], source="ga4")
    interactions_recorded.disconnect(receiver)
    assert told == [(["1"], "native"), (["2"], "ga4")]


def test_a_click_on_a_recommendation_is_told_with_its_token() -> None:
    told: list[Any] = []

    def receiver(*, interaction: Interaction, token: Token, **kw: Any) -> None:
        told.append((interaction.item_id, token.block))

    recommendation_clicked.connect(receiver, weak=False)
    track("click", "7", visitor_key="k", rid=token_for("7"))
    track("click", "8", visitor_key="k", rid="forged")
    recommendation_clicked.disconnect(receiver)
    assert told == [("7", "home")]


def test_eight_replays_of_the_same_shuffled_events_count_once() -> None:
    import random

    from django.db import connection
    from django.utils import timezone

    now = timezone.now()
    ids = [event_id_for(str(n), now) for n in range(400)]
    receipts: list[Any] = []
    failures: list[BaseException] = []

    def replay(seed: int) -> None:
        mine = ids.copy()
        random.Random(seed).shuffle(mine)
        try:
            for start in range(0, len(mine), 20):
                batch = [
                    Event(
                        kind="view",
                        event_id=one,
                        item_id="1",
                        visitor_key=f"v{seed % 3}",
                    )
                    for one in mine[start : start + 20]
                ]
                receipts.append(record(batch, source="native"))
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=replay, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Interaction.objects.count() == 400
    assert sum(one.accepted for one in receipts) == 400
    assert sum(one.duplicates for one in receipts) == 7 * 400

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from shop_personalize.capture import intake
from shop_personalize.capture.dialects import native
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.models import Interaction, QuarantinedEvent, Visitor
from tests.core.capture.conftest import BROWSER, EVENTS, token_for

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def counts(response: Any) -> tuple[int, int, int]:
    assert response.status_code == 202, response.content
    body = response.json()
    return body["accepted"], body["duplicates"], body["quarantined"]


def test_one_event_is_kept(send: Any, product: Product) -> None:
    assert counts(send({"event": "view", "product": product.pk})) == (1, 0, 0)
    row = Interaction.objects.get()
    assert (row.kind, row.item_id, row.source, row.flag) == (
        "view",
        str(product.pk),
        "native",
        "",
    )
    assert row.visitor.kind == "guest"


def test_a_list_and_an_envelope_are_taken_too(send: Any) -> None:
    two = [{"event": "view", "product": "1"}, {"event": "view", "product": "2"}]
    assert counts(send(two)) == (2, 0, 0)
    assert counts(send({"events": two})) == (2, 0, 0)


def test_a_beacon_is_plain_text(browser: Client) -> None:
    body = json.dumps({"event": "view", "product": "1"})
    response = browser.post(EVENTS, body, content_type="text/plain;charset=UTF-8")
    assert counts(response) == (1, 0, 0)


def test_an_event_sent_again_is_a_duplicate(send: Any) -> None:
    event = {"event": "view", "product": "1", "id": str(uuid7())}
    assert counts(send([event, event])) == (1, 1, 0)
    assert counts(send(event)) == (0, 1, 0)
    assert Interaction.objects.count() == 1


def test_a_name_is_an_id_within_its_visitor(send: Any) -> None:
    event = {"event": "view", "product": "1", "id": "page-1"}
    assert counts(send(event)) == (1, 0, 0)
    assert counts(send(event)) == (0, 1, 0)
    other = Client(headers={"user-agent": BROWSER})
    response = other.post(EVENTS, event, content_type="application/json")
    assert counts(response) == (1, 0, 0)


def hours(number: float) -> Any:
    return timezone.now() + timedelta(hours=number)


DEFECTS: dict[str, Any] = {
    "unknown_kind": lambda: {"event": "levitate", "product": "1"},
    "missing_event": lambda: {"product": "1"},
    "missing_item": lambda: {"event": "view"},
    "not_an_object": lambda: "view",
    "too_old": lambda: {"event": "view", "product": "1", "id": str(uuid7(hours(-73)))},
    "in_future": lambda: {"event": "view", "product": "1", "at": hours(1).isoformat()},
    "bad_time": lambda: {"event": "view", "product": "1", "at": "yesterday"},
    "bad_quantity": lambda: {"event": "view", "product": "1", "quantity": -1},
    "bad_value": lambda: {"event": "view", "product": "1", "value": "ten"},
    "bad_currency": lambda: {"event": "view", "product": "1", "currency": "Euro"},
    "bad_type": lambda: {"event": "view", "product": {"id": 1}},
    "too_long": lambda: {"event": "view", "product": "x" * 65},
}


@pytest.mark.parametrize("reason", DEFECTS)
def test_a_bad_event_is_quarantined_alone_with_its_reason(
    send: Any, reason: str
) -> None:
    good = {"event": "view", "product": "1"}
    response = send([good, DEFECTS[reason](), good])
    assert counts(response) == (2, 0, 1)
    assert response.json()["reasons"] == {reason: 1}
    assert QuarantinedEvent.objects.get().reason == reason


def test_twelve_kinds_of_defect_among_ten_thousand_events(send: Any) -> None:
    total = [0, 0, 0]
    defects = list(DEFECTS.values())
    for batch in range(100):
        events: list[Any] = [{"event": "view", "product": str(n)} for n in range(88)]
        events += [defect() for defect in defects]
        events.sort(key=lambda event: hash((batch, str(event))))
        total = [a + b for a, b in zip(total, counts(send(events)), strict=True)]
    assert total == [8800, 0, 1200]
    assert Interaction.objects.count() == 8800
    by_reason = QuarantinedEvent.objects.values_list("reason", flat=True)
    assert {
        reason: list(by_reason).count(reason) for reason in DEFECTS
    } == dict.fromkeys(DEFECTS, 100)


def test_a_reader_that_breaks_sinks_one_event(
    send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_on_two(payload: Any, scope: str) -> Any:
        if payload["product"] == "2":
            raise ZeroDivisionError
        return read(payload, scope)

    read = native.read
    monkeypatch.setattr(native, "read", break_on_two)
    events = [{"event": "view", "product": str(n)} for n in range(4)]
    assert counts(send(events)) == (3, 0, 1)
    assert QuarantinedEvent.objects.get().reason == "unreadable"


HOSTILE = {
    "body": (b'{"event":"view","product":"' + b"x" * 64 * 1024 * 10 + b'"}', 413),
    "events": (b"[" + b",".join([b'{"event":"view"}'] * 1000) + b"]", 413),
    "depth": (b'{"a":' * 80 + b"1" + b"}" * 80, 400),
    "very deep": (b"[" * 5000 + b"]" * 5000, 400),
    "open depth": (b"[" * 60000, 400),
    "nul": (b'{"event":"view","product":"a\\u0000b"}', 400),
    "raw nul": (b'{"event":"view","product":"a\x00b"}', 400),
    "surrogate": (b'{"event":"view","product":"\\ud800"}', 400),
    "huge integer": (
        b'{"event":"view","product":"1","quantity":1' + b"0" * 30 + b"}",
        400,
    ),
    "infinite": (b'{"event":"view","product":"1","value":1e999}', 400),
    "nan": (b'{"event":"view","product":"1","value":NaN}', 400),
    "not json": (b"event=view", 400),
    "not utf-8": (b'{"event":"\xff"}', 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_input_is_bounded(send: Any, name: str) -> None:
    body, status = HOSTILE[name]
    send({"event": "view", "product": "1"})  # warm
    start = time.perf_counter()
    response = send(body)
    took = time.perf_counter() - start
    assert response.status_code == status
    assert took < 0.05
    assert Interaction.objects.count() == 1


def test_an_event_over_8_kb_is_quarantined_alone(send: Any) -> None:
    good = {"event": "view", "product": "1"}
    big = {**good, "context": {"note": "x" * 9000}}
    response = send([good, big])
    assert counts(response) == (1, 0, 1)
    assert response.json()["reasons"] == {"too_large": 1}


def test_a_pair_of_surrogates_is_a_character(send: Any) -> None:
    body = b'{"event":"search","query":"\\ud83c\\udf81"}'
    assert counts(send(body)) == (1, 0, 0)
    assert Interaction.objects.get().context == {"query": "\N{WRAPPED PRESENT}"}


def test_an_answer_of_the_database_is_awaited(
    send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(intake, "write", gone)
    response = send({"event": "view", "product": "1"})
    assert response.status_code == 503
    assert Interaction.objects.count() == 0


def test_weight_user_and_source_of_the_payload_are_ignored(send: Any) -> None:
    event = {
        "event": "view",
        "product": "1",
        "visitor": "someone",
        "visitor_key": "someone",
        "source": "orders",
        "flag": "",
        "weight": 1000,
    }
    assert counts(send(event)) == (1, 0, 0)
    row = Interaction.objects.get()
    assert row.source == "native"
    assert not Visitor.objects.filter(key="someone").exists()


def test_purchases_of_a_browser_are_attribution_only(send: Any) -> None:
    rid = token_for("1")
    send({"event": "purchase", "product": "1", "order_id": "7", "rid": rid})
    row = Interaction.objects.get()
    assert (row.flag, row.rid, row.order_id) == ("shadow", rid, "7")


def test_bots_are_kept_and_flagged_as_one_visitor(product: Product) -> None:
    robot = Client(headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot)"})
    for _visit in range(3):
        robot.cookies.clear()
        event = {"event": "view", "product": product.pk}
        response = robot.post(EVENTS, event, content_type="application/json")
        assert "sp_vid" not in response.cookies
    assert set(Interaction.objects.values_list("flag", flat=True)) == {"bot"}
    assert Visitor.objects.get().is_bot is True


def test_nobody_views_four_products_a_second_for_a_minute(send: Any) -> None:
    for _batch in range(3):
        send([{"event": "view", "product": "1"}] * 100)
    flags = list(Interaction.objects.values_list("flag", flat=True))
    assert (flags.count(""), flags.count("bot")) == (200, 100)


def test_a_batch_costs_a_bounded_number_of_queries(
    send: Any, django_assert_num_queries: Any
) -> None:
    batch = [{"event": "view", "product": "1"}] * 20
    send(batch)
    with django_assert_num_queries(4):  # visitor; savepoint, insert, release
        send(batch)

"""Buffered intake against a real Redis (``REDIS_URL``), and without any."""

from __future__ import annotations

import builtins
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import override_settings

from shop_personalize.capture import buffer, intake, redis_door
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.models import Interaction, QuarantinedEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db(transaction=True)
NOWHERE = "redis://127.0.0.1:1/0"
needs_redis = pytest.mark.skipif(
    "REDIS_URL" not in os.environ, reason="needs REDIS_URL"
)


def buffered(url: str | None) -> Any:
    own = {**settings.SHOP_PERSONALIZE, "INTAKE": "buffered", "REDIS_URL": url}
    return override_settings(SHOP_PERSONALIZE=own)


@pytest.fixture
def stream() -> Iterator[Any]:
    url = os.environ["REDIS_URL"]
    redis = redis_door.client(url, 5.0)
    redis.delete(buffer.STREAM)
    with buffered(url):
        yield redis
    redis.delete(buffer.STREAM)


def batch(count: int = 3) -> list[dict[str, Any]]:
    return [
        {
            "event": "view",
            "product": str(n),
            "id": str(uuid7()),
            "value": "1.5",
            "context": {"a": 1},
        }
        for n in range(count)
    ]


@needs_redis
def test_events_wait_in_the_stream_and_are_flushed_in_bulk(
    send: Any, stream: Any
) -> None:
    assert send(batch()).json() == {"accepted": 3, "duplicates": 0, "quarantined": 0}
    assert Interaction.objects.count() == 0
    assert buffer.waiting() == 1
    assert buffer.flush() == 3
    assert buffer.waiting() == 0
    row = Interaction.objects.get(item_id="1")
    assert (str(row.value), row.context, row.source) == ("1.5000", {"a": 1}, "native")
    assert row.visitor.kind == "guest"


@needs_redis
def test_what_is_sent_twice_is_flushed_once(send: Any, stream: Any) -> None:
    events = batch()
    send(events)
    send(events)
    assert buffer.flush() == 3
    send(events)
    assert buffer.flush() == 0
    assert Interaction.objects.count() == 3


@needs_redis
def test_a_flush_that_fails_loses_nothing(
    send: Any, stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(batch())

    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "write", gone)
        with pytest.raises(OperationalError):
            buffer.flush()
    assert buffer.flush() == 0  # still the other flusher's
    assert buffer.flush(stale_ms=0) == 3


@needs_redis
def test_an_entry_that_cannot_be_read_is_quarantined(send: Any, stream: Any) -> None:
    stream.xadd(buffer.STREAM, {"batch": "{"})
    send(batch())
    assert buffer.flush() == 3
    assert QuarantinedEvent.objects.get().reason == "unreadable"
    assert buffer.waiting() == 0


@needs_redis
def test_the_rate_limit_is_shared_through_redis(send: Any, stream: Any) -> None:
    own = {
        **settings.SHOP_PERSONALIZE,
        "REDIS_URL": os.environ["REDIS_URL"],
        "RATE_LIMIT": "3/s",
    }
    address = f"2001:db8::{os.getpid():x}"
    with override_settings(SHOP_PERSONALIZE=own):
        time.sleep(1 - time.time() % 1)
        codes = [send(batch(1), REMOTE_ADDR=address).status_code for _n in range(5)]
    assert codes.count(202) == 3


def test_without_redis_events_are_written_directly(send: Any) -> None:
    with buffered(NOWHERE):
        assert send(batch()).status_code == 202
    assert Interaction.objects.count() == 3
    with buffered(None):
        assert send(batch()).status_code == 202
        assert buffer.flush() == 0
    assert Interaction.objects.count() == 6


def test_a_missing_extra_names_itself_and_breaks_no_page(
    send: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    plain = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "redis":
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    redis_door.client.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImproperlyConfigured, match=r"pip install .*\[redis\]"):
        redis_door.client(NOWHERE, 1)
    with buffered(NOWHERE):
        assert send(batch()).status_code == 202
    assert Interaction.objects.count() == 3
    assert "pip install django-shop-personalize[redis]" in caplog.text

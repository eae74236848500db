"""Spans and numbers of our work, and log lines that name nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shop_personalize import telemetry
from shop_personalize.attribution import Token, sign
from shop_personalize.logs import JsonFormatter, Redaction, redacted
from shop_personalize.models.visitor import visitor_key
from tests.core.recommend import builders

EXPORTER = InMemorySpanExporter()


@pytest.fixture(scope="module", autouse=True)
def provider() -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
    trace.set_tracer_provider(provider)


@pytest.fixture(autouse=True)
def spans() -> Iterator[None]:
    EXPORTER.clear()
    yield
    EXPORTER.clear()


def named(name: str) -> list[ReadableSpan]:
    return [s for s in EXPORTER.get_finished_spans() if s.name == name]


@pytest.mark.django_db
def test_a_page_is_a_span_a_block_and_one_for_what_it_noted(client: Client) -> None:
    made = builders.products()
    builders.popular(made)
    client.get(f"/product/{made[0].pk}/")
    block = named("shop_personalize.recommend")[0]
    facts = dict(block.attributes or {})
    assert facts["shop_personalize.block"] == "product-also-viewed"
    assert facts["shop_personalize.items"] == 8
    (noted,) = named("shop_personalize.record")
    assert dict(noted.attributes or {}) == {
        "shop_personalize.source": "server",
        "shop_personalize.events": 1,
    }


def test_a_failure_is_told_by_its_kind_alone() -> None:
    with pytest.raises(ValueError, match="ada@example"), telemetry.measured("x"):
        raise ValueError("ada@example.org")
    (span,) = named("shop_personalize.x")
    assert "example.org" not in span.to_json()
    line = 'shop_personalize_seconds_count{outcome="ValueError",work="x"} 1.0'
    assert line in telemetry.exposition()


def test_without_either_package_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(telemetry, "_tracer", lambda: None)
    monkeypatch.setattr(telemetry, "_seconds", lambda: None)
    with telemetry.measured("quiet", block="b") as work:
        work.tell(items=3)
    assert not named("shop_personalize.quiet")
    assert telemetry.exposition() == ""


@pytest.mark.django_db
def test_the_metrics_page_has_the_seconds_too(client: Client) -> None:
    builders.popular(builders.products())
    client.get("/")
    client.force_login(User.objects.create_superuser("boss"))
    text = client.get("/personalize/metrics").content.decode()
    labels = 'le="0.25",outcome="ok",work="recommend"'
    assert f"shop_personalize_seconds_bucket{{{labels}}}" in text
    assert text.count("# TYPE shop_personalize_seconds histogram") == 1


SECRETS = [
    "ada.lovelace+shop@example.co.uk",
    visitor_key("user", 7),
    sign(Token("home", "for_you", 1, 2, "47", 1_700_000_000, "test:b")),
    "203.0.113.77",
    "2001:db8:0:0:1::17",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_line_names_nobody(secret: str) -> None:
    text = redacted(f"key ({secret}) of order 1234 exists; version 1.2.3")
    assert secret not in text
    assert "of order 1234 exists; version 1.2.3" in text


def test_our_logger_redacts_messages_and_tracebacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("shop_personalize")
    assert sum(isinstance(each, Redaction) for each in logger.filters) == 1
    try:
        raise ValueError("no such customer ada@example.org")
    except ValueError:
        logger.exception("order of %s failed", "bob@example.org")
    assert "ada" not in caplog.text
    assert "bob" not in caplog.text
    assert "order of [e-mail] failed" in caplog.text
    assert "ValueError: no such customer [e-mail]" in caplog.text


def test_lines_are_json_with_what_was_told_beside() -> None:
    record = logging.makeLogRecord(
        {
            "name": "shop_personalize",
            "levelname": "WARNING",
            "msg": "%s failed",
            "args": ("recommend",),
            "created": 0.0,
            "block": "home",
            "who": "ada@example.org",
            "items": 3,
        }
    )
    assert json.loads(JsonFormatter().format(record)) == {
        "time": "1970-01-01T00:00:00+00:00",
        "level": "warning",
        "logger": "shop_personalize",
        "message": "recommend failed",
        "block": "home",
        "who": "[e-mail]",
        "items": 3,
    }

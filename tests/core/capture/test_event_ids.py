from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from shop_personalize.capture.event_ids import (
    event_id_for,
    time_of,
    timeless_id,
    uuid7,
)

AT = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)


def test_the_time_of_an_event_is_inside_its_id() -> None:
    assert time_of(uuid7(AT)) == AT
    assert time_of(event_id_for("line:1", AT)) == AT
    assert uuid7(AT).version == 7
    assert uuid7(AT).variant == "specified in RFC 4122"


def test_new_ids_differ_and_derived_ids_repeat() -> None:
    assert uuid7(AT) != uuid7(AT)
    assert event_id_for("line:1", AT) == event_id_for("line:1", AT)
    assert event_id_for("line:1", AT) != event_id_for("line:2", AT)


def test_a_timeless_id_repeats_and_says_no_time() -> None:
    first = timeless_id("purchase:1:0")
    assert first == timeless_id("purchase:1:0") != timeless_id("purchase:1:1")
    assert first.version == 8
    assert time_of(first) is None
    assert time_of(UUID("7e0b7bb4-4f0c-4c0e-9a3b-0d8f4f9a2f11")) is None

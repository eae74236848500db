"""What blocks led to, also place by place and arm by arm."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shop_personalize.admin.earnings import Led, measure, split
from shop_personalize.models import BlockDay

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 29)


def led_to(days_ago: int = 0, **more: Any) -> None:
    given = {"block": "home", "recommender": "popular", "shown": 10, "seen": 4}
    BlockDay.objects.create(day=TODAY - timedelta(days=days_ago), **{**given, **more})


def test_shown_and_seen_are_told_apart() -> None:
    led_to(clicked=1)
    led_to(1)
    now = measure(TODAY).now
    assert (now.shown, now.seen, now.seen_rate, now.click_rate) == (20, 8, 0.4, 0.125)
    assert Led().seen_rate is None


def test_places_and_arms_of_a_block() -> None:
    for position, variant, clicked in ((1, "", 3), (2, "t:a", 2), (2, "t:b", 1)):
        led_to(position=position, variant=variant, clicked=clicked)
    sold: dict[str, Any] = {"shown": 0, "seen": 0, "bought": 1, "position": 2}
    led_to(currency="EUR", revenue=5, **sold)
    led_to(currency="USD", revenue=7, **sold)
    led_to(28, clicked=9)
    led_to(block="other", clicked=9)
    assert split("position", TODAY, "EUR", block="home") == [
        (1, Led(10, 4, 3, 0, 0, Decimal(0))),
        (2, Led(20, 8, 3, 0, 2, Decimal(5))),
    ]
    arms = split("variant", TODAY, "EUR", block="home")
    assert [(arm, led.clicked) for arm, led in arms] == [
        ("", 3),
        ("t:a", 2),
        ("t:b", 1),
    ]
    assert split("recommender", TODAY, "EUR")[0][1].clicked == 15

"""Events whose last day was typed wrong: refused, and harmless where they are not."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import Event
from shop_personalize.supply.selectors.calendar import drivers, happenings
from shop_personalize.supply.selectors.periods import Span, number
from tests.supply.addresses import url

pytestmark = pytest.mark.django_db
SPAN = Span("week", number("week", date(2026, 3, 9)), 3)


def fair(**fields: Any) -> Event:
    return Event.objects.create(name="Fair", first=date(2026, 3, 13), **fields)


def test_an_event_without_an_end_fills_what_is_left_of_the_span() -> None:
    fair(last=date.max)
    began = time.process_time()
    found = drivers(SPAN, known=3)
    assert found["Fair", ""].round(4).tolist() == [0.4286, 1.0, 1.0]
    assert time.process_time() - began < 0.2


def test_a_yearly_one_without_an_end_is_no_fault_of_the_calendar() -> None:
    fair(last=date.max, yearly=True)
    (last, this) = happenings(date(2026, 3, 9), date(2026, 3, 29))
    assert (last.first, this.first) == (date(2025, 3, 13), date(2026, 3, 13))
    assert drivers(SPAN, known=3)["Fair", ""].tolist() == [1.0, 1.0, 1.0]


def test_what_comes_every_year_lasts_less_than_one(admin: Client) -> None:
    sent = {"name": "Fair", "kind": "other", "first": "2026-03-13", "yearly": "on"}
    wrong = admin.post(url("event_add"), {**sent, "last": "2027-03-13"})
    assert "What comes every year lasts less than one." in wrong.content.decode()
    assert not Event.objects.exists()
    unread = admin.post(url("event_add"), {**sent, "first": "?", "last": "2027-03-12"})
    assert "Enter a valid date." in unread.content.decode()
    right = admin.post(url("event_add"), {**sent, "last": "2027-03-12"})
    assert right.status_code == 302

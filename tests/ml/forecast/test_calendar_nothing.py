"""No day has no drivers, and is no error."""

from __future__ import annotations

from datetime import date

from shop_personalize.ml.forecast.calendar import (
    calendar_drivers,
    days_from,
    event_drivers,
)

NOTHING = days_from(date(2024, 2, 29), 0)


def test_no_day_has_every_driver_of_nothing() -> None:
    found = calendar_drivers(NOTHING)
    assert sorted(found) == sorted(calendar_drivers(days_from(date(2024, 2, 29), 1)))
    assert {len(each) for each in found.values()} == {0}


def test_no_day_is_near_no_event() -> None:
    found = event_drivers(NOTHING, {"Easter": [date(2024, 3, 31)]})
    assert {len(each) for each in found.values()} == {0}

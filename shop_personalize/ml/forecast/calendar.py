"""Drivers every shop knows: what day it will be.

Pure functions of dates that are passed in; nothing here asks a clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import FloatMatrix, PanelError

Days = NDArray[np.datetime64]
FAR = 60
"""Events further away than this many days are equally far."""


def days_from(first: date, count: int) -> Days:
    """``count`` days beginning with ``first``: datetime64[D] (count,)."""
    start = np.datetime64(first, "D")
    return start + np.arange(count).astype("timedelta64[D]")


def calendar_drivers(days: Days) -> dict[str, FloatMatrix]:
    """Weekday (0 is Monday), day, month, year, day and ISO week of the year, and time.

    ``days`` datetime64[D] (P,), for longer periods their first days; each driver
    float64 (P,). "time" counts days since the first.
    """
    days = days.astype("datetime64[D]")
    year = days.astype("datetime64[Y]")
    month = days.astype("datetime64[M]")
    weekday = (days.astype(np.int64) + 3) % 7
    # The ISO week is that of its Thursday.
    thursday = days + (3 - weekday)
    week = (thursday - thursday.astype("datetime64[Y]")).astype(np.int64) // 7 + 1
    found = {
        "weekday": weekday,
        "day": (days - month).astype(np.int64) + 1,
        "month": month.astype(np.int64) % 12 + 1,
        "year": year.astype(np.int64) + 1970,
        "day of year": (days - year).astype(np.int64) + 1,
        "week": week,
        "time": (days - days[:1]).astype(np.int64),
    }
    return {name: values.astype(np.float64) for name, values in found.items()}


def event_drivers(
    days: Days, events: Mapping[str, Sequence[date]]
) -> dict[str, FloatMatrix]:
    """Days until the next and since the last date of each event: float64 (P,) each.

    At most 60, which also stands where there is none; 0 on the day itself. Raises
    PanelError for an event without a date.
    """
    days = days.astype("datetime64[D]")
    found = {}
    for name, dates in events.items():
        if not dates:
            raise PanelError(f"event {name!r} has no date")
        away = np.array(dates, "datetime64[D]")[:, None] - days
        away = away.astype(np.int64)
        until = np.where(away >= 0, away, FAR).min(axis=0)
        since = np.where(away <= 0, -away, FAR).min(axis=0)
        found[f"days until {name}"] = np.minimum(until, FAR).astype(np.float64)
        found[f"days since {name}"] = np.minimum(since, FAR).astype(np.float64)
    return found

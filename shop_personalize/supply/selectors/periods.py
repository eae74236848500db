"""Days, weeks from Monday, months: where a period begins and which one a day is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from shop_personalize.supply.models import Grain

SEASONS = {Grain.DAY: 7, Grain.WEEK: 52, Grain.MONTH: 12}
LENGTHS = {Grain.DAY: 1.0, Grain.WEEK: 7.0, Grain.MONTH: 365.25 / 12}
"""Days of a period, on average."""
EPOCH = date(1970, 1, 1)
MONDAY = 3
"""Days before the epoch, a Thursday, to the Monday of its week."""


def number(grain: str, day: date) -> int:
    """The running number of the period a day is in."""
    if grain == Grain.MONTH:
        return day.year * 12 + day.month - 1
    days = (day - EPOCH).days
    return days if grain == Grain.DAY else (days + MONDAY) // 7


def start(grain: str, at: int) -> date:
    """The first day of a period by its number."""
    if grain == Grain.MONTH:
        return date(at // 12, at % 12 + 1, 1)
    return EPOCH + timedelta(days=at if grain == Grain.DAY else at * 7 - MONDAY)


@dataclass(frozen=True)
class Span:
    """``count`` whole periods of a grain, from number ``first`` on."""

    grain: str
    first: int
    count: int

    @property
    def starts(self) -> list[date]:
        return [start(self.grain, self.first + k) for k in range(self.count)]

    @property
    def begin(self) -> date:
        return start(self.grain, self.first)

    @property
    def end(self) -> date:
        """The day after the last period."""
        return start(self.grain, self.first + self.count)

    @property
    def after(self) -> int:
        return self.first + self.count

    def place(self, day: date) -> int:
        """Which period of the span a day is in; may lie outside."""
        return number(self.grain, day) - self.first

    def longer(self, more: int) -> Span:
        return Span(self.grain, self.first, self.count + more)

    def lengths(self) -> NDArray[np.float64]:
        """Days of each period."""
        days = [(day - EPOCH).days for day in [*self.starts, self.end]]
        return np.diff(np.array(days, np.float64))


def complete(grain: str, first: date, today: date, most: int) -> Span:
    """The whole periods from ``first`` until yesterday, at most ``most``, the latest.

    The period in which ``first`` lies counts only if it begins there: half a period of
    sales would look like a bad one.
    """
    after = number(grain, today)
    begin = number(grain, first)
    begin += start(grain, begin) < first
    begin = max(begin, after - most)
    return Span(grain, begin, max(after - begin, 0))

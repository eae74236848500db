from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

LENGTHS = (7, 28, 90, 365)
"""Days a report may look back over."""
FEW = 10
"""Groups of fewer people are not told apart."""


@dataclass(frozen=True)
class Period:
    """The last ``days`` days, ``until`` included."""

    days: int
    until: date

    @property
    def first(self) -> date:
        return self.until - timedelta(days=self.days - 1)

    @property
    def before(self) -> Period:
        """As many days right before."""
        return Period(self.days, self.first - timedelta(days=1))

    def lookups(self) -> dict[str, date]:
        return {"day__gte": self.first, "day__lte": self.until}

    def parts(self, count: int) -> list[Period]:
        """The period in ``count`` parts of whole days, the oldest first."""
        ends = [
            self.first + timedelta(days=round(self.days * k / count) - 1)
            for k in range(count + 1)
        ]
        return [Period((end - start).days, end) for start, end in pairwise(ends)]

    def all_days(self) -> Iterator[date]:
        return (self.first + timedelta(days=k) for k in range(self.days))

"""Which days of a trial are to be counted, and from which days on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shop_personalize.attribution.sums import Span, Sums
from shop_personalize.models import TrialDay

BEFORE_DAYS = 28
"""How long a trial looks back at what its visitors did before its start."""


@dataclass(frozen=True)
class Plan:
    """A trial that began on ``start``; ``reach`` days back where it has no end."""

    slug: str
    arms: tuple[str, ...]
    start: date
    days: tuple[date, ...]
    """Those to be counted, ascending, none before the start."""
    reach: int | None = None

    def first(self, day: date) -> date:
        """From when on visitors count for the sums of a day."""
        if self.reach is None:
            return self.start
        return max(self.start, day - timedelta(days=self.reach - 1))

    def now(self, day: date) -> Span:
        return Span(self.first(day).toordinal(), day.toordinal())

    @property
    def earliest(self) -> date:
        return self.start - timedelta(days=BEFORE_DAYS)

    @property
    def before(self) -> Span:
        """Never later than the start: what comes after it is the trial's doing."""
        return Span(self.earliest.toordinal(), self.start.toordinal() - 1)

    def sums(self) -> dict[date, Sums]:
        return {day: Sums(len(self.arms)) for day in self.days}

    def rows(self, sums: dict[date, Sums]) -> Iterator[TrialDay]:
        for day, each in sums.items():
            yield from each.rows(self.slug, self.arms, day)

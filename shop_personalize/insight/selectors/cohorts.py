"""Do customers come back? By the month in which they first bought."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from shop_personalize.insight.selectors.customers import (
    Bought,
    customers,
    main_currency,
)
from shop_personalize.insight.selectors.period import FEW, Period

MONTHS = 12


@dataclass(frozen=True)
class Cohort:
    """Customers who first bought in a month; ``again[k]`` bought k + 1 months later.

    ``revenue`` is what they have spent since, on average; None of few people.
    """

    month: date
    people: int
    again: tuple[int, ...]
    revenue: float | None


@dataclass(frozen=True)
class Returned:
    """Of ``people`` who first bought long enough ago, so many bought again in time."""

    people: int
    again: int

    @property
    def share(self) -> float | None:
        return self.again / self.people if self.people else None


@dataclass(frozen=True)
class Cohorts:
    """``now`` first bought in the period before the period: all had time to return."""

    now: Returned
    before: Returned
    cohorts: tuple[Cohort, ...]
    currency: str
    is_known: bool


@dataclass
class _Month:
    people: int = 0
    again: Counter[int] = field(default_factory=Counter)
    revenue: float = 0.0


def measure(period: Period) -> Cohorts:
    first_month = _months_back(period.until, MONTHS)
    currency, _others = main_currency(first_month, period.until)
    months: dict[date, _Month] = defaultdict(_Month)
    windows = (period.before, period.before.before)
    counts = [[0, 0], [0, 0]]
    is_known = False
    for days in customers(period.until, currency):
        is_known = True
        for window, count in zip(windows, counts, strict=True):
            if window.first <= days[0].day <= window.until:
                count[0] += 1
                count[1] += _returned(days, period.days)
        if days[0].day >= first_month:
            _add(months[days[0].day.replace(day=1)], days)
    return Cohorts(
        now=Returned(*counts[0]),
        before=Returned(*counts[1]),
        cohorts=tuple(
            _cohort(month, months[month], period.until) for month in sorted(months)
        ),
        currency=currency,
        is_known=is_known,
    )


def _returned(days: tuple[Bought, ...], within: int) -> bool:
    return len(days) > 1 and (days[1].day - days[0].day).days <= within


def _add(month: _Month, days: tuple[Bought, ...]) -> None:
    month.people += 1
    month.again.update({months_between(days[0].day, each.day) for each in days} - {0})
    month.revenue += sum(each.revenue for each in days)


def _cohort(month: date, found: _Month, until: date) -> Cohort:
    if found.people < FEW:
        return Cohort(month, found.people, (), None)
    lived = months_between(month, until)
    again = (found.again[k] for k in range(1, lived + 1))
    return Cohort(month, found.people, tuple(again), found.revenue / found.people)


def months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _months_back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)

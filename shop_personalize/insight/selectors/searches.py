"""What is searched for, and what is not found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from shop_personalize.insight.models import SearchDay
from shop_personalize.insight.selectors.period import FEW, Period

TOP = 100
SPAN = 28
"""Days within which ``SearchDay.people`` counts nobody twice."""


@dataclass(frozen=True)
class Term:
    """``empty`` of ``told`` searches found nothing; ``people`` is at least so many."""

    term: str
    searches: int
    people: int
    told: int
    empty: int
    opened: int
    bought: int


@dataclass(frozen=True)
class Searches:
    """Terms of fewer than ten people are only counted, in ``rare`` and its searches."""

    searches: int
    before: int
    told: int
    empty: int
    empty_before: float | None
    opened: int
    bought: int
    top: tuple[Term, ...]
    nothing: tuple[Term, ...]
    """Terms most of whose searches find nothing, or lead to no product."""
    rare: int
    rare_searches: int

    @property
    def empty_share(self) -> float | None:
        return self.empty / self.told if self.told else None


@dataclass
class _Tally:
    counts: list[int] = field(default_factory=lambda: [0] * 5)
    people: dict[int, int] = field(default_factory=lambda: defaultdict(int))


COUNTS = ("searches", "told", "empty", "opened", "bought")


def measure(period: Period) -> Searches:
    tallies = _tallies(period)
    total = [sum(tally.counts[k] for tally in tallies.values()) for k in range(5)]
    terms = [_term(name, tally) for name, tally in tallies.items() if name]
    often = sorted(
        (one for one in terms if one.people >= FEW),
        key=lambda one: (-one.searches, one.term),
    )
    earlier = _tallies(period.before).values()
    told, empty = (sum(t.counts[k] for t in earlier) for k in (1, 2))
    searches, known, found_nothing, opened, bought = total
    return Searches(
        searches=searches,
        before=sum(t.counts[0] for t in earlier),
        told=known,
        empty=found_nothing,
        empty_before=empty / told if told else None,
        opened=opened,
        bought=bought,
        top=tuple(often[:TOP]),
        nothing=tuple(_nothing(often)[:TOP]),
        rare=len(terms) - len(often),
        rare_searches=searches - sum(one.searches for one in often),
    )


def _tallies(period: Period) -> dict[str, _Tally]:
    found: dict[str, _Tally] = defaultdict(_Tally)
    rows = SearchDay.objects.filter(**period.lookups())
    told = rows.values_list("term", "day", "people", *COUNTS)
    for term, day, people, *counts in told.iterator():
        tally = found[term]
        tally.counts = [
            one + more for one, more in zip(tally.counts, counts, strict=True)
        ]
        tally.people[(period.until - day).days // SPAN] += people
    return found


def _term(name: str, tally: _Tally) -> Term:
    searches, told, empty, opened, bought = tally.counts
    people = max(tally.people.values())
    return Term(name, searches, people, told, empty, opened, bought)


def _nothing(terms: list[Term]) -> list[Term]:
    failed = [one for one in terms if _failed(one)]
    return sorted(failed, key=lambda one: (-max(one.empty, _lost(one)), one.term))


def _failed(one: Term) -> bool:
    """Found nothing, mostly; where that is not told, led to no product."""
    return 2 * one.empty > one.told if one.told else _lost(one) * 5 > one.searches * 4


def _lost(one: Term) -> int:
    return 0 if one.told else one.searches - max(one.opened, one.bought)

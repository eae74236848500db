"""Trials whose arms all show the block: who met it counts, in the arm met first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from shop_personalize.attribution.chunks import Chunk, Floats, Ints
from shop_personalize.attribution.meetings import Meetings, meetings
from shop_personalize.attribution.plans import Plan
from shop_personalize.attribution.sums import Span, Units
from shop_personalize.models import TrialDay

CLICK_RATE, PREFERENCE = ("click_rate", ""), ("preference", "")


class Met:
    """Counts what visitors did from the day on which they first met the block."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sums = plan.sums()
        self.met = meetings(plan.slug, plan.arms, plan.start, plan.days[-1])

    def add(self, chunk: Chunk) -> None:
        who, at = _common(chunk.people, self.met.people)
        since = np.full(len(chunk.people), np.iinfo(np.int64).max)
        since[who] = self.met.since[at]
        arm = self.met.arm[at]
        for day, sums in self.sums.items():
            last = day.toordinal()
            here = since[who] <= last
            units = Units(who[here], arm[here])
            sums.add(chunk, units, Span(since, last), self.plan.before)
            self._add_clicks(chunk, units, day)

    def _add_clicks(self, chunk: Chunk, units: Units, day: date) -> None:
        """Of this block alone, so rows of their own."""
        met, people = self.met, chunk.people
        start, stop = np.searchsorted(met.visitor, [people[0], people[-1] + 1])
        rows = np.arange(start, stop)[met.day[start:stop] <= day.toordinal()]
        of = np.searchsorted(people, met.visitor[rows])
        known = people[np.minimum(of, len(people) - 1)] == met.visitor[rows]
        clicked, seen = (
            np.bincount(of[known], each[rows][known], len(people)).astype(np.float64)
            for each in (met.clicked, met.seen)
        )
        nothing = np.zeros(len(people))
        self.sums[day].add_values(CLICK_RATE, units, clicked, seen, nothing)

    def rows(self) -> Iterator[TrialDay]:
        return self.plan.rows(self.sums)


class Interleaved:
    """Both arms in one list: whose products a visitor clicked more often has won it.

    1 for the winner, a half each for a draw; who clicked nothing has not judged.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sums = plan.sums()
        met = meetings(plan.slug, plan.arms, plan.start, plan.days[-1])
        for day, sums in self.sums.items():
            won = _won(met, day.toordinal())
            judged = np.arange(len(won))
            nothing = np.zeros(len(won))
            for arm in range(len(plan.arms)):
                units = Units(judged, np.full(len(won), arm))
                sums.count(units)
                sums.add_values(PREFERENCE, units, won[:, arm], nothing, nothing)

    def add(self, chunk: Chunk) -> None:
        """What else a visitor did says nothing of the two."""

    def rows(self) -> Iterator[TrialDay]:
        return self.plan.rows(self.sums)


def _won(met: Meetings, last: int) -> Floats:
    """Shares (judges, arms) of each visitor who clicked."""
    rows = met.day <= last
    people, of = np.unique(met.visitor[rows], return_inverse=True)
    clicks = np.zeros((len(people), met.by_arm.shape[1]))
    np.add.at(clicks, of, met.by_arm[rows])
    clicks = clicks[clicks.sum(axis=1) > 0]
    best = clicks == clicks.max(axis=1, keepdims=True, initial=0)
    return np.asarray(best / np.maximum(best.sum(axis=1, keepdims=True), 1))


def _common(people: Ints, met: Ints) -> tuple[Ints, Ints]:
    _both, who, at = np.intersect1d(
        people, met, assume_unique=True, return_indices=True
    )
    return who, at

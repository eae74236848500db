"""From visitor to buyer: how many come to each step, and where most are lost."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Case, Count, Exists, Max, OuterRef, Q, QuerySet, When

from shop_personalize.insight.selectors.period import Period
from shop_personalize.models import VisitorDay

STEPS = ("visited", "viewed", "carted", "checkout", "bought")
"""A visitor who came to a step has come to all before it."""
CHECKOUT = 3
CLEARLY = 0.1
"""A step that keeps a tenth less than before has worsened."""


@dataclass(frozen=True)
class Reached:
    """Visitors who came to each of ``STEPS`` at least."""

    counts: tuple[int, ...]

    @property
    def visitors(self) -> int:
        return self.counts[0]

    @property
    def bought(self) -> int:
        return self.counts[-1]

    def less(self, other: Reached) -> Reached:
        pairs = zip(self.counts, other.counts, strict=True)
        return Reached(tuple(one - part for one, part in pairs))


@dataclass(frozen=True)
class Funnel:
    """``new`` came for the first time in the period, ``known`` had been there before.

    ``elsewhere`` are buyers nobody saw in the shop: orders by telephone, or from a
    browser that could not be told.
    """

    now: Reached
    before: Reached
    new: Reached
    known: Reached
    elsewhere: int
    has_checkout: bool

    def steps(self) -> tuple[int, ...]:
        """The steps that are told: without a recorded checkout that one is not."""
        every = range(len(STEPS))
        return tuple(k for k in every if self.has_checkout or k != CHECKOUT)

    def kept(self, reached: Reached, step: int) -> float | None:
        """Of those who came to the step told before."""
        earlier = [k for k in self.steps() if k < step]
        before = reached.counts[earlier[-1]] if earlier else 0
        return reached.counts[step] / before if before else None

    def lost(self) -> int:
        """The step at which most are lost; 0 where nobody came."""
        counts = self.now.counts
        drop = {k: counts[j] - counts[k] for j, k in pairwise(self.steps())}
        return max(drop, key=lambda k: (drop[k], -k)) if counts[0] else 0

    def worsened(self) -> int:
        """The step that keeps clearly less than before; 0 if none does."""
        falls = {k: self._fall(k) for k in self.steps()[1:]}
        worst = max(falls, key=lambda k: falls[k])
        return worst if falls[worst] > CLEARLY else 0

    def _fall(self, step: int) -> float:
        now, before = self.kept(self.now, step), self.kept(self.before, step)
        return 1 - now / before if before and now is not None else 0.0


def measure(period: Period) -> Funnel:
    now = reached(period)
    rows = VisitorDay.objects.filter(**period.lookups())
    came = VisitorDay.objects.filter(visitor=OuterRef("visitor"))
    earlier = came.filter(is_present=True, day__lt=period.first)
    known = _reached(rows.filter(Exists(earlier)))
    present = came.filter(is_present=True, **period.lookups())
    elsewhere = rows.filter(~Exists(present), orders__gt=0)
    return Funnel(
        now=now,
        before=reached(period.before),
        new=now.less(known),
        known=known,
        elsewhere=elsewhere.aggregate(n=Count("visitor", distinct=True))["n"],
        has_checkout=rows.filter(checkouts__gt=0).exists(),
    )


def reached(period: Period) -> Reached:
    return _reached(VisitorDay.objects.filter(**period.lookups()))


def _reached(rows: QuerySet[VisitorDay]) -> Reached:
    steps = Case(
        When(orders__gt=0, then=4),
        When(checkouts__gt=0, then=3),
        When(carts__gt=0, then=2),
        When(views__gt=0, then=1),
        default=0,
    )
    visitors = (
        rows.order_by()
        .values("visitor")
        .annotate(step=Max(steps), present=Count("pk", filter=Q(is_present=True)))
        .filter(present__gt=0)
    )
    counts = visitors.aggregate(
        **{
            name: Count("visitor", filter=Q(step__gte=step))
            for step, name in enumerate(STEPS)
        }
    )
    return Reached(tuple(counts[name] for name in STEPS))

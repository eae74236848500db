"""What the recommendations brought that would not have been sold otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shop_personalize.attribution.arms import HOLDOUT_DAYS
from shop_personalize.attribution.assignment import HELD, SERVED
from shop_personalize.attribution.plans import Plan
from shop_personalize.ml.trials import COLUMNS, Gain, Moments, gain, sample_ratio
from shop_personalize.models import Checkpoint, TrialDay
from shop_personalize.models.trial import HOLDOUT

FEWEST_BUYERS = 20
"""Held-out visitors who bought; with fewer the interval says nothing yet."""
FEWEST_DAYS = 7
"""Visitors of the weekend buy otherwise than those of a Tuesday."""


class State(StrEnum):
    NOTHING_MEASURED = "nothing_measured"
    """Nobody is held out, or nothing was counted yet."""
    TOO_EARLY = "too_early"
    READY = "ready"


@dataclass(frozen=True)
class Uplift:
    """Incremental revenue of the days from ``first`` to ``last``, in one currency.

    Of the currency in which most was sold; ``others`` names the rest.
    """

    state: State
    share: float = 0.0
    """Of visitors who are held out."""
    first: date | None = None
    last: date | None = None
    currency: str = ""
    total: float = 0.0
    low: float = 0.0
    high: float = 0.0
    per_visitor: float = 0.0
    served: int = 0
    """Visitors, as browsers and accounts."""
    held: int = 0
    held_buyers: int = 0
    balance_p: float = 1.0
    """How likely so uneven a count of visitors is by chance. Also small where
    recommendations lead people on who would have left: a hint, not a verdict."""
    others: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves nothing at all out."""
        return self.low > 0 or self.high < 0


def uplift(today: date, days: int = HOLDOUT_DAYS) -> Uplift:
    """The last ``days`` days up to ``today``; two short queries.

    The sums are kept of ``HOLDOUT_DAYS`` days; asking for others is an error.
    """
    if days != HOLDOUT_DAYS:
        raise ValueError(f"days: {days}; the sums are of {HOLDOUT_DAYS} days")
    state = Checkpoint.objects.filter(name=HOLDOUT).values_list("state", flat=True)
    known = state.first() or {}
    share = float(known.get("share", 0.0))
    if not share:
        return Uplift(State.NOTHING_MEASURED)
    since = date.fromisoformat(known["since"])
    first = max(since, today - timedelta(days=days - 1))
    counted = _counted(first, today)
    if not counted:
        return Uplift(State.NOTHING_MEASURED, share)
    return _told(share, since, counted)


Counted = dict[tuple[str, str, str], Moments]


def _counted(first: date, today: date) -> tuple[date, Counted] | None:
    """The newest sums, by metric, currency and arm."""
    rows = TrialDay.objects.filter(trial=HOLDOUT, day__gte=first, day__lte=today)
    rows = rows.filter(metric__in=("revenue", "converted"))
    names = ("day", "metric", "currency", "arm", *COLUMNS)
    found: Counted = {}
    newest = None
    for day, metric, currency, arm, *sums in rows.order_by("-day").values_list(*names):
        newest = newest or day
        if day != newest:
            break
        found[metric, currency, arm] = Moments(*map(float, sums))
    return (newest, found) if newest else None


def _told(share: float, since: date, counted: tuple[date, Counted]) -> Uplift:
    last, sums = counted
    plan = Plan(HOLDOUT, (HELD, SERVED), since, (last,), reach=HOLDOUT_DAYS)
    currency, *others = _currencies(sums)
    held, served = (_of(sums, "revenue", currency, arm) for arm in (HELD, SERVED))
    buyers = int(_of(sums, "converted", "", HELD).value)
    first = plan.first(last)
    is_early = (last - first).days + 1 < FEWEST_DAYS or buyers < FEWEST_BUYERS
    found: Gain = gain(served, held, share)
    return Uplift(
        State.TOO_EARLY if is_early else State.READY,
        share=share,
        first=first,
        last=last,
        currency=currency,
        total=found.total,
        low=found.low,
        high=found.high,
        per_visitor=found.total / served.units if served.units else 0.0,
        served=int(served.units),
        held=int(held.units),
        held_buyers=buyers,
        balance_p=sample_ratio((held.units, served.units), (share, 1 - share)),
        others=tuple(others),
    )


def _of(sums: Counted, metric: str, currency: str, arm: str) -> Moments:
    return sums.get((metric, currency, arm), Moments())


def _currencies(sums: Counted) -> list[str]:
    """The one with most revenue first."""
    total: dict[str, float] = {}
    for (metric, currency, _arm), moments in sums.items():
        if metric == "revenue":
            total[currency] = total.get(currency, 0.0) + moments.value
    return sorted(total, key=lambda each: (-total[each], each)) or [""]

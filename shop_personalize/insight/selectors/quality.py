"""Can the figures be trusted? What arrived, what was refused, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from shop_personalize.attribution import days
from shop_personalize.insight.models import Basket, EventDay
from shop_personalize.insight.selectors.period import Period
from shop_personalize.models import Interaction, QuarantinedEvent

BOT = Interaction.Flag.BOT.value
VISITS = ("view", "list_view", "search", "view_cart", "add_to_cart", "click")


@dataclass(frozen=True)
class Kind:
    kind: str
    events: int
    before: int
    bots: int
    late: int
    twice: int


@dataclass(frozen=True)
class Quality:
    """Events are counted without those only kept for attribution."""

    events: int
    before: int
    bots: int
    late: int
    twice: int
    refused: int
    reasons: tuple[tuple[str, int], ...]
    kinds: tuple[Kind, ...]
    days: tuple[tuple[date, int], ...]
    """Events of each day, bots left out."""
    gaps: tuple[date, ...]
    """Days on which nobody was seen in the shop, between days on which people were."""
    orders: int
    unlinked: int
    """Orders of which the visit is unknown."""
    is_visited: bool

    @property
    def refused_share(self) -> float:
        return self.refused / (self.events + self.refused) if self.refused else 0.0


def measure(period: Period) -> Quality:
    now, before = _kinds(period), _kinds(period.before)
    kinds = tuple(
        Kind(kind, n, before.get(kind, (0,))[0], bots, late, twice)
        for kind, (n, bots, late, twice) in sorted(now.items(), key=_most)
    )
    visits = _by_day(period, VISITS)
    everything = _by_day(period, ())
    reasons = _reasons(period)
    baskets = Basket.objects.filter(**period.lookups()).aggregate(
        n=Count("pk"), unlinked=Count("pk", filter=Q(is_linked=False))
    )
    return Quality(
        events=sum(one.events for one in kinds),
        before=sum(each[0] for each in before.values()),
        bots=sum(one.bots for one in kinds),
        late=sum(one.late for one in kinds),
        twice=sum(one.twice for one in kinds),
        refused=reasons.total(),
        reasons=tuple(reasons.most_common()),
        kinds=kinds,
        days=tuple((day, everything[day]) for day in period.all_days()),
        gaps=tuple(_gaps(visits)),
        orders=baskets["n"],
        unlinked=baskets["unlinked"],
        is_visited=bool(visits),
    )


def _kinds(period: Period) -> Mapping[str, tuple[int, int, int, int]]:
    """Events, bots, late, told twice of each kind."""
    rows = EventDay.objects.filter(**period.lookups())
    rows = rows.exclude(flag=Interaction.Flag.SHADOW).order_by()
    sums = rows.values_list("kind").annotate(
        n=Sum("events"),
        bots=Sum("events", filter=Q(flag=BOT), default=0),
        # Orders are taken over from the shop; that they come later is no delay.
        slow=Sum("late", filter=~Q(source="orders"), default=0),
        double=Sum("twice"),
    )
    return {kind: (n, bots, slow, double) for kind, n, bots, slow, double in sums}


def _most(pair: tuple[str, tuple[int, int, int, int]]) -> tuple[int, str]:
    return -pair[1][0], pair[0]


def _by_day(period: Period, kinds: tuple[str, ...]) -> Counter[date]:
    rows = EventDay.objects.filter(**period.lookups(), flag="").order_by()
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return Counter(dict(rows.values_list("day").annotate(n=Sum("events"))))


def _gaps(visits: Counter[date]) -> list[date]:
    if not visits:
        return []
    first, last = min(visits), max(visits)
    span = (first + timedelta(days=k) for k in range((last - first).days))
    return [day for day in span if not visits[day]]


def _reasons(period: Period) -> Counter[str]:
    rows = QuarantinedEvent.objects.filter(
        received_at__gte=days.start_of(period.first),
        received_at__lt=days.start_of(period.until + days.ONE_DAY),
    )
    return Counter(dict(rows.order_by().values_list("reason").annotate(n=Count("pk"))))

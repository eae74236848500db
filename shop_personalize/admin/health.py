"""Is the shop being listened to, and is what we hear any good?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncHour, TruncMinute
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import percent
from shop_personalize.attribution.health import TokenHealth, token_health
from shop_personalize.models import Interaction, QuarantinedEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

HOURS = 48
DAYS, SPAN = 7, 3
TIMES = [f"{hour}–{hour + SPAN}" for hour in range(0, 24, SPAN)]
DAY = timedelta(hours=24)
QUIET = timedelta(hours=24)
MANY_BOTS = 0.4
MANY_REFUSED = 0.05
MANY_TWICE = 0.02

NEWEST = 200_000
"""Interactions looked at, the newest first."""

Counts = list[tuple[str, int]]
Week = list[tuple[str, list[float]]]


@dataclass(frozen=True)
class Health:
    """What arrived in the last 24 hours."""

    last: datetime | None
    kinds: Counts
    sources: Counts
    reasons: Counts
    total: int
    bots: int
    refused: int
    twice: int
    tokens: TokenHealth = field(default_factory=TokenHealth)

    @property
    def is_cut(self) -> bool:
        """Whether more may have arrived than was looked at."""
        return self.total > 0.9 * NEWEST

    @property
    def bot_share(self) -> float:
        return self.bots / self.total if self.total else 0.0

    @property
    def refused_share(self) -> float:
        return self.refused / (self.total + self.refused) if self.refused else 0.0

    @property
    def twice_share(self) -> float:
        return self.twice / self.total if self.total else 0.0


@dataclass(frozen=True)
class Traffic:
    """The last 48 hours one by one; the last seven days, the newest first."""

    hours: Counts
    week: Week


def measure(now: datetime | None = None) -> Health:
    now = now or timezone.now()
    fresh = _arrived(now - DAY)
    groups = fresh.order_by().values_list("kind", "source", "flag")
    kinds, sources, flags = Counter[str](), Counter[str](), Counter[str]()
    for kind, source, flag, count in groups.annotate(n=Count("pk")):
        kinds[kind] += count
        sources[source] += count
        flags[flag] += count
    refused = QuarantinedEvent.objects.filter(received_at__gte=now - DAY)
    reasons = Counter(
        dict(refused.order_by().values_list("reason").annotate(n=Count("pk")))
    )
    return Health(
        last=_last(),
        kinds=_ordered(kinds),
        sources=_ordered(sources),
        reasons=_ordered(reasons),
        total=kinds.total(),
        bots=flags[Interaction.Flag.BOT],
        refused=reasons.total(),
        twice=_twice(fresh),
        tokens=token_health(),
    )


def _arrived(since: datetime) -> QuerySet[Interaction]:
    """What happened *and* came in since: a backfill of old orders is not traffic.

    Looked for among the newest rows only, so that a large shop, or one that has just
    taken over its orders, does not wait for this page.
    """
    newest = Interaction.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Interaction.objects.filter(
        pk__gt=(newest or 0) - NEWEST, received_at__gte=since, occurred_at__gte=since
    )


def _last() -> datetime | None:
    newest = Interaction.objects.order_by("-received_at")
    return newest.values_list("received_at", flat=True).first()


def _ordered(counts: Counter[str]) -> Counts:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def traffic(now: datetime) -> Traffic:
    """Events by hour, and by day and time of day."""
    midnight = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight - timedelta(days=back) for back in range(DAYS)]
    counted = (
        _arrived(days[-1])
        .order_by()
        .annotate(hour=TruncHour("occurred_at"))
        .values_list("hour")
        .annotate(n=Count("pk"))
    )
    known = {localtime(hour): count for hour, count in counted}
    return Traffic(_hours(now, known), _week(days, known))


def _hours(now: datetime, known: dict[datetime, int]) -> Counts:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    hours = [localtime(first + timedelta(hours=k)) for k in range(HOURS)]
    return [(date_format(hour, "D H:i"), known.get(hour, 0)) for hour in hours]


def _week(days: list[datetime], known: dict[datetime, int]) -> Week:
    found = {day.date(): [0.0] * len(TIMES) for day in days}
    for hour, count in known.items():
        if hour.date() in found:
            found[hour.date()][hour.hour // SPAN] += count
    return [(date_format(day, "D j"), counts) for day, counts in found.items()]


def _twice(fresh: QuerySet[Interaction]) -> int:
    """Events that two sources told of: same visitor, product, kind and minute."""
    groups = (
        fresh.exclude(item_id="")
        .filter(flag="")
        .order_by()
        .annotate(minute=TruncMinute("occurred_at"))
        .values("visitor", "item_id", "kind", "minute")
        .annotate(n=Count("source", distinct=True))
        .filter(n__gt=1)
    )
    return sum(groups.annotate(extra=F("n") - 1).values_list("extra", flat=True))


def findings(health: Health, now: datetime | None = None) -> list[str]:
    """What is wrong and how to mend it, the worst first; empty when all is well."""
    now = now or timezone.now()
    if health.last is None:
        return [_("No event has ever arrived. Run: manage.py personalize doctor")]
    return list(_findings(health, now))


def _findings(health: Health, now: datetime) -> Iterable[str]:
    if health.last and now - health.last > QUIET:
        yield _(
            "Nothing has arrived for more than a day. Is the middleware installed, and "
            "is {% personalize_js %} in the page? Run: manage.py personalize doctor"
        )
    if health.bot_share > MANY_BOTS:
        yield _(
            "%(share)s of the events come from bots; nothing is learned from them."
        ) % {"share": percent(health.bot_share)}
    if health.refused_share > MANY_REFUSED:
        yield _("%(share)s of the events are refused; the reasons are below.") % {
            "share": percent(health.refused_share)
        }
    if health.twice_share > MANY_TWICE:
        yield _(
            "%(share)s of the events are told by two sources; capture each kind in one "
            "place only, in ROUTES or in the script."
        ) % {"share": percent(health.twice_share)}
    yield from _of_tokens(health.tokens)


def _of_tokens(tokens: TokenHealth) -> Iterable[str]:
    if why := tokens.why:
        yield _(
            "%(share)s of the clicks on recommendations are not counted, mostly this "
            "way: %(why)s."
        ) % {"share": percent(tokens.refused_share), "why": why}
    for block in tokens.unseen:
        yield _(
            "“%(block)s” is clicked but never seen. Is {%% personalize_js %%} in the "
            "page that shows it?"
        ) % {"block": block}

"""Do tokens come back as they should? Counted with the days, told to whoever looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Sum
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from shop_personalize.attribution.guards import BY_HAND, REFUSED, Reason
from shop_personalize.models import BlockDay, Checkpoint, Interaction

NAME = "rollup:tokens"
DAYS = 7
FEW = 20
MANY_REFUSED = 0.1
WHY: dict[str, Promise] = {
    Reason.FORGED: gettext_lazy(
        "the token is not ours; was SECRET_KEY changed without SECRET_KEY_FALLBACKS?"
    ),
    Reason.OTHER_VISITOR: gettext_lazy(
        "the page was made for somebody else; a page cache may give one visitor's page "
        'to all: write {% recommendations "…" lazy %}'
    ),
    Reason.OTHER_ITEM: gettext_lazy(
        "the product is not the one that was shown; does your card carry data-sp-item?"
    ),
    Reason.EXPIRED: gettext_lazy("the page was more than 30 days old"),
    Reason.TOO_FAST: gettext_lazy("it came sooner than a hand can click: robots"),
}


@dataclass(frozen=True)
class TokenHealth:
    """Of the last seven days; ``unseen`` are blocks that are clicked but never seen."""

    followed: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()

    @property
    def refused_share(self) -> float:
        gone = sum(self.refused.values())
        return gone / (self.followed + gone) if gone else 0.0

    @property
    def why(self) -> Promise | None:
        """The commonest reason, where it is common enough to be worth a word."""
        known = {reason: n for reason, n in self.refused.items() if reason in WHY}
        if sum(known.values()) < FEW or self.refused_share <= MANY_REFUSED:
            return None
        return WHY[max(known, key=lambda reason: (known[reason], reason))]


def measure() -> None:
    """Count what came back in the last days; a page then reads one row."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = Interaction.objects.filter(received_at__gte=since, kind__in=[*BY_HAND])
    rows = rows.exclude(flag=Interaction.Flag.BOT).order_by()
    reasons = (
        rows.filter(rid="", context__has_key=REFUSED)
        .annotate(reason=KeyTextTransform(REFUSED, "context"))
        .values_list("reason")
        .annotate(n=Count("pk"))
    )
    state = {"followed": rows.exclude(rid="").count(), "refused": dict(reasons)}
    Checkpoint.objects.update_or_create(name=NAME, defaults={"state": state})


def token_health() -> TokenHealth:
    found = Checkpoint.objects.filter(name=NAME).values_list("state", flat=True).first()
    since = timezone.localdate() - timedelta(days=DAYS - 1)
    clicked = (
        BlockDay.objects.filter(day__gte=since)
        .values_list("block")
        .annotate(seen=Sum("seen"), clicked=Sum("clicked"))
        .filter(seen=0, clicked__gt=0)
        .order_by("block")
    )
    return TokenHealth(**(found or {}), unseen=tuple(block for block, *_ in clicked))

"""What a page of suggestions says before its table, and after a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import money, number
from shop_personalize.pricing.admin.base import APP
from shop_personalize.pricing.models import PricedItem, PriceSuggestion
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from django.db.models import QuerySet

State = PriceSuggestion.State
MOST_SUMS = 3
"""Sums in a title: by currency and aim, the largest first."""


def title() -> str:
    """The answer in one sentence."""
    rows = PriceSuggestion.objects.filter(
        state=State.OPEN, origin=PriceSuggestion.Origin.LEARNED
    )
    sums = list(
        rows.order_by()
        .values("currency", "aim")
        .annotate(gain=Sum("gain"))
        .order_by("-gain")
    )
    count = rows.count()
    if not count:
        return _("No price is to be decided")
    told = ngettext(
        "%(n)s price to decide: about %(gains)s a week more, if estimates are right",
        "%(n)s prices to decide: about %(gains)s a week more, if estimates are right",
        count,
    )
    gains = [_gain(each) for each in sums[:MOST_SUMS]]
    return told % {"n": number(count), "gains": ", ".join(gains)}


def _gain(each: Any) -> str:
    """“£42 of profit”."""
    words = {"sum": money(each["gain"], each["currency"])}
    if each["aim"] == "profit":
        return _("%(sum)s of profit") % words
    return _("%(sum)s of revenue") % words


def sure() -> int:
    """How many of those to decide are better in 9 of 10 cases."""
    rows = PriceSuggestion.objects.filter(state=State.OPEN)
    return surely(rows).count()


def surely(rows: QuerySet) -> QuerySet:
    return rows.filter(
        Q(aim="profit", profit_low__gt=0) | Q(aim="revenue", revenue_low__gt=0)
    )


def problems() -> list[tuple[str, int, str]]:
    """Why other products have no suggestion: label, how many, where they are listed."""
    rows = PricedItem.objects.exclude(problem="").order_by().values_list("problem")
    counted = dict(rows.annotate(n=Count("pk")))
    url = reverse(f"admin:{APP}_priceditem_changelist")
    labels = dict(PricedItem.Problem.choices)
    found = [
        (str(labels[code]), n, f"{url}?problem__exact={code}")
        for code, n in counted.items()
        if code in labels
    ]
    return sorted(found, key=lambda each: -each[1])


def told_now(row: PriceSuggestion) -> str:
    words = {
        "name": row,
        "new": price(row.suggested, row.currency),
        "old": price(row.price_now, row.currency),
    }
    told = {
        State.APPLIED: _("“%(name)s” costs %(new)s in the shop now."),
        State.APPROVED: _(
            "%(new)s for “%(name)s” is approved and recorded. The shop's price is "
            "still yours to change."
        ),
        State.DISMISSED: _("“%(name)s” stays at %(old)s."),
        State.REVERTED: _("“%(name)s” is to cost %(old)s again."),
    }
    return told[State(row.state)] % words

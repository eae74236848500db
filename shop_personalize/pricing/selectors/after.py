"""What happened after a price was changed, beside what was expected: no proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from shop_personalize.pricing.models import PriceChange, PriceWeek
from shop_personalize.pricing.selectors.series import WEEK, last_week, same

WEEKS = 8
"""Weeks looked at on either side, at most."""
LEAST = 2
"""Whole weeks after a change before anything is said."""


@dataclass(frozen=True)
class After:
    """Units a week before and after; ``weeks`` are those after."""

    weeks: int
    before: float
    after: float
    expected: float | None


def afterwards(change: PriceChange) -> After | None:
    """None until enough whole weeks have gone by."""
    return all_afterwards([change]).get(change.pk)


def all_afterwards(changes: Sequence[PriceChange]) -> dict[int, After]:
    """The same for many by key, in one query."""
    weeks = {row.pk: _weeks_after(row) for row in changes}
    old = [row for row in changes if weeks[row.pk] >= LEAST]
    if not old:
        return {}
    first = min(_week_of(row) for row in old) - WEEKS * WEEK
    rows = PriceWeek.objects.filter(
        item_id__in={row.item_id for row in old}, week__gte=first
    )
    same_item = PriceWeek.objects.filter(item_id=OuterRef("item_id")).order_by("week")
    rows = rows.annotate(since=Subquery(same_item.values("week")[:1]))
    sold: dict[str, list[tuple[date, str, float]]] = defaultdict(list)
    since: dict[str, date] = {}
    columns = ("item_id", "since", "week", "currency", "units", "returned")
    for item, began, week, code, units, returned in rows.values_list(*columns):
        since[item] = began
        sold[item].append((week, code, float(units - returned)))
    return {
        row.pk: _after(row, sold[row.item_id], weeks[row.pk], since.get(row.item_id))
        for row in old
    }


def _week_of(change: PriceChange) -> date:
    day = timezone.localtime(change.at).date()
    return day - timedelta(days=day.weekday())


def _weeks_after(change: PriceChange) -> int:
    """Whole weeks since, that of the change left out."""
    return min((last_week() - _week_of(change)).days // 7, WEEKS)


def _after(
    change: PriceChange,
    sold: list[tuple[date, str, float]],
    weeks: int,
    since: date | None,
) -> After:
    """Before it was first sold, in week ``since``, a product sold nothing."""
    middle = _week_of(change)
    known = WEEKS if since is None else (middle - since).days // 7
    own = [(w, n) for w, code, n in sold if same(code, change.currency)]
    before = sum(n for w, n in own if middle - WEEKS * WEEK <= w < middle)
    after = sum(n for w, n in own if middle < w <= middle + weeks * WEEK)
    return After(
        weeks,
        max(before, 0.0) / min(max(known, 1), WEEKS),
        max(after, 0.0) / weeks,
        change.units_expected,
    )

"""What has been counted of trials, read in one query."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from shop_personalize.ml.trials import COLUMNS, Moments
from shop_personalize.models import TrialDay

if TYPE_CHECKING:
    from collections.abc import Iterable

Days = dict[date, Moments]


@dataclass
class Sums:
    """Sums of one trial by metric, currency and arm, from the start to each day."""

    by: dict[tuple[str, str, str], Days] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def of(self, metric: str, arm: str, currency: str = "") -> Days:
        """Day by day; what is no money was counted without a currency."""
        found = self.by.get((metric, currency, arm))
        return found or self.by.get((metric, "", arm), {})

    def currencies(self) -> list[str]:
        """Those something was sold in, the one with most first."""
        sold: dict[str, float] = defaultdict(float)
        for (metric, currency, _arm), days in self.by.items():
            if metric == "revenue" and currency and days:
                sold[currency] += days[max(days)].value
        return sorted(sold, key=lambda each: (-sold[each], each))


def sums(slugs: Iterable[str], metrics: Iterable[str] = ()) -> dict[str, Sums]:
    """Of every trial named, of all metrics or of some."""
    wanted = list(slugs)
    found: dict[str, Sums] = {slug: Sums() for slug in wanted}
    if not wanted:
        return found
    rows = TrialDay.objects.filter(trial__in=wanted).order_by("day")
    if metrics:
        rows = rows.filter(metric__in=list(metrics))
    names = ("trial", "metric", "currency", "arm", "day", *COLUMNS)
    for slug, metric, currency, arm, day, *columns in rows.values_list(*names):
        found[slug].by[metric, currency, arm][day] = Moments(*map(float, columns))
    return found

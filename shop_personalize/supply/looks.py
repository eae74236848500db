"""What ails supply, for ``manage.py personalize doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from shop_personalize.registry.looks import Finding
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import DemandDay, ForecastRun, ItemState
from shop_personalize.supply.selectors import accuracy
from shop_personalize.supply.selectors.runs import newest

OLD = timedelta(days=2)
FORECAST = "python manage.py personalize forecast"
REPLENISH = "python manage.py personalize replenish"


def look() -> Iterator[Finding]:
    if not DemandDay.objects.exists():
        says = "Supply has counted no demand yet."
        yield Finding("warning", says, f"{FORECAST} (it counts the orders first)")
        return
    grain = supply_settings().plan_by
    last = ForecastRun.objects.filter(grain=grain).order_by("-pk").first()
    if last is not None and last.state == ForecastRun.State.FAILED:
        yield Finding("error", f"The last forecast failed: {last.error}", FORECAST)
    if newest(grain) is None:
        yield Finding("warning", "Nothing has been forecast yet.", FORECAST)
        return
    yield from _drifts(grain)
    yield from _suggestions()


def _drifts(grain: str) -> Iterator[Finding]:
    for drift in accuracy.drifts(grain):
        yield Finding(
            "warning",
            f"The forecast ({drift.level}) is off by {drift.now:.0%} of what was sold; "
            f"its test said {drift.then:.0%}.",
            "Add what it cannot know of as an event, or make a new forecast.",
        )


def _suggestions() -> Iterator[Finding]:
    states = ItemState.objects.all()
    last = states.order_by("-measured_at").first()
    if last is None:
        yield Finding("warning", "What to order was never worked out.", REPLENISH)
        return
    if timezone.now() - last.measured_at > OLD:
        days = (timezone.now() - last.measured_at).days
        says = f"What to order was worked out {days} days ago."
        yield Finding("warning", says, f"Does the schedule run? {REPLENISH}")
    told = states.filter(stock__isnull=False).count()
    if told:
        yield Finding("good", f"Supply knows the stock of {told:,} products.")
    else:
        mend = 'Name the field that holds it: "CATALOG": {"stock": …}.'
        yield Finding("warning", "The shop tells the stock of no product.", mend)

"""Which forecast counts."""

from __future__ import annotations

from shop_personalize.supply.models import ForecastRun


def newest(grain: str) -> ForecastRun | None:
    done = ForecastRun.objects.filter(grain=grain, state=ForecastRun.State.DONE)
    return done.order_by("-pk").first()

"""What the schedule does, each in a process of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone


def visitors() -> dict[str, Any]:
    from shop_personalize.attribution.rollup import rebuild

    return {"days": rebuild().days}


def sums() -> dict[str, Any]:
    from shop_personalize.insight.services import rollup

    return {"days": rollup.rebuild()}


def recent() -> dict[str, Any]:
    from shop_personalize.attribution.rollup import rollup as core
    from shop_personalize.insight.services import rollup

    core(timezone.now() - timedelta(days=2))
    return {"days": rollup.roll_up()}


def answers() -> dict[str, Any]:
    from shop_personalize.insight.services import answers as service

    return {"answers": service.refresh(everything=True)}


def renewed() -> dict[str, Any]:
    """What an hour later has become old: the answers over 7 and 28 days."""
    from shop_personalize.insight.models import KeptAnswer
    from shop_personalize.insight.services import answers as service

    hour = timezone.now() - timedelta(hours=2)
    KeptAnswer.objects.filter(days__lte=28).update(made_at=hour)
    return {"answers": service.refresh()}


STEPS = {
    "days of visitors and blocks, all": visitors,
    "days of the reports, all": sums,
    "both, the last three days": recent,
    "all 40 answers": answers,
    "the answers of an hour later": renewed,
}

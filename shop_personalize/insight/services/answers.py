"""Answers are made in the background and kept, so that a page only reads."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from shop_personalize.insight.models import KeptAnswer
from shop_personalize.insight.selectors import shape
from shop_personalize.insight.selectors.catalog import read_once
from shop_personalize.insight.selectors.period import LENGTHS, Period
from shop_personalize.insight.selectors.questions import QUESTIONS
from shop_personalize.insight.services.rollup import Progress

logger = logging.getLogger("shop_personalize")

PATIENCE = {
    7: timedelta(hours=1),
    28: timedelta(hours=1),
    90: timedelta(hours=6),
    365: timedelta(hours=24),
}
"""How old an answer about so many days may become: a year changes little in a day."""


def find(name: str, days: int) -> tuple[Any, Period, datetime] | None:
    """The kept answer, of what period and from when; None where there is none yet."""
    row = KeptAnswer.objects.filter(report=name, days=days).first()
    read = _read(row) if row else None
    return None if row is None or read is None else (*read, row.made_at)


def kept(days: int) -> dict[str, tuple[Any, Period]]:
    """All kept answers about so many days, by report."""
    rows = KeptAnswer.objects.filter(days=days, report__in=QUESTIONS)
    read = {row.report: _read(row) for row in rows}
    return {name: found for name, found in read.items() if found}


def _read(row: KeptAnswer) -> tuple[Any, Period] | None:
    """None of an answer that another release gave in another shape."""
    try:
        answer = shape.build(QUESTIONS[row.report].answer, row.data)
    except (KeyError, TypeError, ValueError):
        return None
    return answer, Period(row.days, row.until)


def keep(name: str, period: Period) -> KeptAnswer:
    """Answer a question now and keep the answer."""
    answer = QUESTIONS[name].measure(period)
    row, _made = KeptAnswer.objects.update_or_create(
        report=name,
        days=period.days,
        defaults={
            "until": period.until,
            "data": shape.plain(answer),
            "made_at": timezone.now(),
        },
    )
    return row


def refresh(*, everything: bool = False, progress: Progress | None = None) -> int:
    """Make the answers that are missing or too old; return how many were made."""
    due = [(name, days) for days in LENGTHS for name in QUESTIONS]
    if not everything:
        fresh = set(_fresh())
        due = [each for each in due if each not in fresh]
    if not due:
        return 0
    today, made = timezone.localdate(), 0
    with read_once():
        for at, (name, days) in enumerate(due):
            if progress:
                progress(at / len(due), f"{name} {days}")
            made += _kept_safely(name, Period(days, today))
    return made


def _kept_safely(name: str, period: Period) -> bool:
    """One answer that cannot be made must not keep the others from being made."""
    try:
        keep(name, period)
    except Exception:
        logger.exception("report %s over %s days failed", name, period.days)
        return False
    return True


def _fresh() -> list[tuple[str, int]]:
    now = timezone.now()
    young = Q()
    for days, patience in PATIENCE.items():
        young |= Q(days=days, made_at__gt=now - patience)
    rows = KeptAnswer.objects.filter(young, report__in=QUESTIONS)
    return [(row.report, row.days) for row in rows if _read(row)]

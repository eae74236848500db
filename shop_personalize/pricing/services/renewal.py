"""Weeks counted, elasticities learned, prices thought over: by schedule or command."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PriceSuggestion
from shop_personalize.pricing.services import (
    learning,
    marking_down,
    suggesting,
    weeks,
)

if TYPE_CHECKING:
    from shop_personalize.pricing.services.weeks import Progress

State = PriceSuggestion.State


@dataclass
class Renewed:
    weeks: int = 0
    products: int = 0
    expired: int = 0
    suggestions: list[PriceSuggestion] = field(default_factory=list)


def renew(
    progress: Progress | None = None, *, rebuild: bool = False, dry_run: bool = False
) -> Renewed:
    """All of it; with ``dry_run`` nothing is written, and known weeks are used."""
    done = Renewed()
    if not dry_run:
        done.weeks = (weeks.rebuild if rebuild else weeks.roll_up)(progress)
    learned = learning.learn(progress, keep=not dry_run)
    done.products = len(learned.products)
    done.suggestions = suggesting.suggest(learned, keep=not dry_run)
    if not dry_run:
        done.expired = expire()
        marking_down.finish()
    return done


def expire() -> int:
    """What nobody decided in time is no longer offered; of a step, after its day."""
    now = timezone.now()
    patience = timedelta(days=pricing_settings().expire_days)
    today = timezone.localdate()
    old = Q(due=None, made_at__lt=now - patience) | Q(due__lt=today - patience)
    rows = PriceSuggestion.objects.filter(old, state=State.OPEN)
    return rows.update(state=State.EXPIRED)

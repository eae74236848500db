"""Products while their prices are thought over, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Max

from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import (
    Markdown,
    PriceChange,
    PricedItem,
    PriceSuggestion,
)
from shop_personalize.pricing.selectors.competitors import compared
from shop_personalize.pricing.selectors.rules import Limits, RuleBook
from shop_personalize.pricing.selectors.series import carried
from shop_personalize.pricing.words import WITHOUT_PENNIES

if TYPE_CHECKING:
    from shop_personalize.pricing.selectors.catalog import Product
    from shop_personalize.pricing.selectors.series import Floats
    from shop_personalize.pricing.services.learning import Learned

Problem = PricedItem.Problem


@dataclass(eq=False)
class Case:
    """A product while it is thought about."""

    at: int
    product: Product
    limits: Limits
    now: float
    units: float
    theirs: float
    problem: Problem = Problem.NONE
    detail: dict[str, Any] = field(default_factory=dict)
    suggestion: PriceSuggestion | None = None

    @property
    def group(self) -> tuple[str, str, float]:
        """What is solved together: the aim, the ending, the smallest coin."""
        coin = 1.0 if self.product.currency in WITHOUT_PENNIES else 0.01
        return self.limits.aim, self.limits.ending, coin


def cases(learned: Learned) -> Iterator[Case]:
    book, theirs_of = RuleBook(), compared()
    lately, own = learned.lately, pricing_settings()
    weekly = learned.weekly
    sold = np.bincount(weekly.item[weekly.sold], minlength=len(learned.priced))
    adjusted = _units_now(learned)
    for at, product in enumerate(learned.priced):
        theirs = theirs_of(product.id, product.currency)
        case = Case(
            at=at,
            product=product,
            limits=book.limits(
                item_id=product.id, category=product.category, brand=product.brand
            ),
            now=float(product.amount),
            units=float(adjusted[at]),
            theirs=float("nan") if theirs is None else float(theirs),
        )
        if product.id in weekly.foreign:
            case.problem = Problem.OTHER_CURRENCY
        elif np.isnan(lately.units[at]):
            case.problem = Problem.NO_SALES
        elif sold[at] < own.least_weeks:
            case.problem = Problem.FEW_WEEKS
        elif not lately.units[at] > 0:
            case.problem = Problem.NO_DEMAND
        yield case


def _units_now(learned: Learned) -> Floats:
    """Units a week at today's price: (n,); those of late, unless today's price lies
    outside what was paid then: from the nearest price paid demand goes as it is known
    to answer.
    """
    lately = learned.lately
    now = np.array([float(p.amount) for p in learned.priced])
    reference = np.clip(now, lately.least, lately.most)
    factor = carried(now, reference, learned.answers.value)
    factor = np.where(np.isnan(reference), 1.0, factor)
    found: Floats = np.nan_to_num(lately.units, nan=0.0) * factor
    return found


def leave_in_peace(thought: list[Case], now: datetime) -> None:
    """No new price where somebody has just said what becomes of the last one, nor
    beside a markdown under way.
    """
    quiet = now - timedelta(days=pricing_settings().quiet_days)
    decided = PriceSuggestion.objects.filter(decided_at__gt=quiet)
    recent = set(decided.values_list("item_id", flat=True))
    under_way = Markdown.objects.filter(state=Markdown.State.APPROVED)
    recent |= set(under_way.values_list("item_id", flat=True))
    rows = PriceChange.objects.order_by().values_list("item_id")
    changed = dict(rows.annotate(last=Max("at")))
    for case in thought:
        if case.suggestion is None:
            continue
        item, least = case.product.id, case.limits.days or 0
        last = changed.get(item)
        soon = last is not None and last > now - timedelta(days=least)
        if item in recent or soon:
            case.suggestion, case.problem = None, Problem.RECENT

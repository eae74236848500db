"""Clearing a stock by a date: a path of prices, approved whole, taken step by step."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.deeds import log
from shop_personalize.ml.optimize.prices import PriceError, PriceRules
from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import Markdown, PriceSuggestion
from shop_personalize.pricing.selectors import workbench
from shop_personalize.pricing.selectors.judging import ENDINGS
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.stories import PROBLEMS
from shop_personalize.pricing.words import WITHOUT_PENNIES

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices import Path
    from shop_personalize.pricing.selectors.workbench import Bench

State = Markdown.State
WEEK = 7
MOST_WEEKS = 52
SMOOTHEST, ROUGHEST = 0.001, 5.0
"""Dispersion of demand: less is pure chance, more is not believed."""


def plan(
    *,
    item_id: str,
    clear_by: date,
    salvage: Decimal = Decimal(0),
    stock: int | None = None,
    user: Any = None,
    keep: bool = True,
) -> Markdown:
    """A path of prices that brings the most from the stock; nothing is changed yet.

    ``stock`` is the catalog's unless it is given. Raises RefusedError with what is
    missing.
    """
    today = timezone.localdate()
    weeks = (clear_by - today).days // WEEK
    if not 1 <= weeks <= MOST_WEEKS:
        told = _("The day must be a week to a year ahead; %(day)s is not.")
        raise RefusedError(told % {"day": _day(clear_by)})
    try:
        found = workbench.bench(item_id)
    except workbench.NotKnownError as problem:
        raise RefusedError(str(PROBLEMS.get(problem.code, problem))) from problem
    units = stock if stock is not None else found.item.stock
    if units is None or units < 1:
        told = _("“%(name)s”: there is no stock to clear, or nobody counts it.")
        raise RefusedError(told % {"name": found.item})
    path = _path(found, units, weeks, salvage)
    row = _row(found, path, units, clear_by, salvage, today)
    row.made_by = user
    if keep:
        row.save()
    return row


@transaction.atomic
def approve(row: Markdown, *, user: Any) -> Markdown:
    """Each fall of the price becomes a suggestion, to be approved on its day."""
    # Plans of a product wait for each other, so that only one gets under way.
    plans = Markdown.objects.filter(item_id=row.item_id).order_by("pk")
    list(plans.select_for_update().values_list("pk"))
    held = _held(row, State.PLANNED)
    if held.clear_by <= timezone.localdate():
        words = {"name": held, "day": _day(held.clear_by)}
        told = _("“%(name)s”: the day, %(day)s, has come; plan anew.")
        raise RefusedError(told % words)
    others = Markdown.objects.filter(item_id=held.item_id, state=State.APPROVED)
    if others.exists():
        told = _("Another markdown of “%(name)s” is under way; cancel it first.")
        raise RefusedError(told % {"name": held})
    steps = _steps(held)
    if not steps:
        told = _("“%(name)s”: today's price is to stay; there is no step to approve.")
        raise RefusedError(told % {"name": held})
    _decide(held, State.APPROVED, user)
    made, learned = PriceSuggestion.State, PriceSuggestion.Origin.LEARNED
    rows = PriceSuggestion.objects.filter(item_id=held.item_id, origin=learned)
    rows.filter(state=made.OPEN).update(state=made.EXPIRED)
    PriceSuggestion.objects.bulk_create(steps)
    log(held, _("Markdown approved"), user=user)
    return held


@transaction.atomic
def cancel(row: Markdown, *, user: Any) -> Markdown:
    """No further step is offered; prices stay as they are."""
    held = _held(row, State.PLANNED, State.APPROVED)
    _decide(held, State.CANCELLED, user)
    _lapse(held)
    log(held, _("Markdown cancelled"), user=user)
    return held


def finish() -> int:
    """Markdowns whose day has come are over."""
    over = Markdown.objects.filter(
        state=State.APPROVED, clear_by__lte=timezone.localdate()
    )
    return sum(_finish(row) for row in over)


@transaction.atomic
def _finish(row: Markdown) -> bool:
    """Unless it was cancelled since it was read."""
    rows = Markdown.objects.filter(pk=row.pk, state=State.APPROVED)
    is_over = bool(rows.update(state=State.DONE))
    if is_over:
        _lapse(row)
    return is_over


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _lapse(row: Markdown) -> None:
    rows = row.suggestions.filter(state=PriceSuggestion.State.OPEN)
    rows.update(state=PriceSuggestion.State.EXPIRED)


def _held(row: Markdown, *states: State) -> Markdown:
    held = Markdown.objects.select_for_update().get(pk=row.pk)
    if held.state not in states:
        words = {"name": held, "state": held.get_state_display()}
        told = _("“%(name)s”: this markdown is “%(state)s” by now.")
        raise RefusedError(told % words)
    return held


def _decide(row: Markdown, state: State, user: Any) -> None:
    row.state, row.decided_at, row.decided_by = state, timezone.now(), user
    row.save(update_fields=["state", "decided_at", "decided_by"])


def _path(found: Bench, units: int, weeks: int, salvage: Decimal) -> Path:
    dispersion = _dispersion(found)
    cost = found.standing.cost
    # SciPy's distributions come with it: pages that plan nothing do without.
    from shop_personalize.ml.optimize.prices import markdown

    try:
        return markdown(
            found.demand,
            stock=float(units),
            periods=weeks,
            salvage=float(salvage),
            rules=_rules(found),
            cost=float("nan") if cost is None else cost,
            chance="negative-binomial" if dispersion else "poisson",
            dispersion=dispersion or 1.0,
        )
    except PriceError as problem:
        words = {"name": found.item, "why": problem}
        told = _("“%(name)s”: the rules leave no path (%(why)s).")
        raise RefusedError(told % words) from problem


def _dispersion(found: Bench) -> float:
    """By how much weeks differ beyond what pure chance would; 0 where they do not."""
    mean, noise = found.item.units, found.item.noise
    beyond = (noise**2 - mean) / mean**2 if mean else 0.0
    return min(beyond, ROUGHEST) if beyond > SMOOTHEST else 0.0


def _rules(found: Bench) -> PriceRules:
    """Those of the product; how far a step may go is asked of markdowns apart."""
    limits, theirs = found.limits, found.standing.theirs
    if limits.margin is not None and found.standing.cost is None:
        told = _("“%(name)s”: a margin is asked for, and the cost is not known.")
        raise RefusedError(told % {"name": found.item})
    has_rule = "step" in limits.rules
    return PriceRules(
        least=limits.least,
        most=limits.most,
        margin=limits.margin,
        step=limits.step if has_rule else pricing_settings().markdown_step,
        competitor=float("nan") if theirs is None else theirs,
        below=limits.below,
        above=limits.above,
        cent=1.0 if found.item.currency in WITHOUT_PENNIES else 0.01,
        endings=(ENDINGS[limits.ending],) if limits.ending else (),
    )


def _row(
    found: Bench,
    path: Path,
    units: int,
    clear_by: date,
    salvage: Decimal,
    today: date,
) -> Markdown:
    steps = zip(path.price, path.units, path.left, strict=True)
    return Markdown(
        item_id=found.item.item_id,
        title=found.item.title,
        currency=found.item.currency,
        stock=units,
        clear_by=clear_by,
        salvage=salvage,
        price_now=Decimal(repr(round(found.now, 4))),
        path=[
            {
                "week": (today + timedelta(days=WEEK * at)).isoformat(),
                "price": round(float(asked), 4),
                "units": round(float(sold), 2),
                "left": round(float(left), 2),
            }
            for at, (asked, sold, left) in enumerate(steps)
        ],
        revenue=path.total,
        revenue_as_is=path.kept_revenue,
        left=float(path.left[-1]),
        sold_out=float(np.clip(path.sold_out, 0, 1)),
        made_at=timezone.now(),
    )


def _steps(row: Markdown) -> list[PriceSuggestion]:
    """From where the path is today: of falls that are due already the last counts."""
    now, today = timezone.now(), timezone.localdate().isoformat()
    due = sum(step["week"] <= today for step in row.path)
    before, made = row.price_now, []
    for step in row.path[max(due - 1, 0) :]:
        asked = Decimal(repr(step["price"]))
        if asked < before:
            made.append(
                PriceSuggestion(
                    item_id=row.item_id,
                    title=row.title,
                    currency=row.currency,
                    price_now=before,
                    suggested=asked,
                    aim="revenue",
                    units=step["units"],
                    origin=PriceSuggestion.Origin.MARKDOWN,
                    markdown=row,
                    due=date.fromisoformat(step["week"]),
                    made_at=now,
                )
            )
            before = asked
    return made

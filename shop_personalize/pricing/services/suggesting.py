"""Which price of each product would be better, as far as the rules allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.ml.optimize.prices import Demand, PriceRules, best_prices
from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PriceChange, PricedItem, PriceSuggestion
from shop_personalize.pricing.selectors.competitors import cheapest
from shop_personalize.pricing.selectors.judging import ENDINGS
from shop_personalize.pricing.selectors.rules import Limits, RuleBook
from shop_personalize.pricing.words import WITHOUT_PENNIES

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices import Problem as Obstacle
    from shop_personalize.ml.optimize.prices import Suggested
    from shop_personalize.pricing.selectors.catalog import Product
    from shop_personalize.pricing.selectors.series import Floats
    from shop_personalize.pricing.services.learning import Learned

Problem = PricedItem.Problem
State = PriceSuggestion.State
Origin = PriceSuggestion.Origin
NAME = "pricing:suggested"
BATCH = 2000
KEPT = timedelta(days=90)
"""After so long what expired is forgotten."""
OBSTACLES = {
    "no_cost": Problem.NO_COST,
    "zero_cost": Problem.NO_COST,
    "conflict": Problem.RULES,
    "ending": Problem.RULES,
    "no_floor": Problem.NO_ANSWER,
    "no_ceiling": Problem.NO_ANSWER,
}


@dataclass(eq=False)
class _Case:
    """A product while it is thought about."""

    at: int
    product: Product
    limits: Limits
    now: float
    units: float
    theirs: float
    problem: Problem = Problem.NONE
    detail: dict[str, Any] | None = None
    suggestion: PriceSuggestion | None = None

    @property
    def group(self) -> tuple[str, str, float]:
        """What is solved together: the aim, the ending, the smallest coin."""
        coin = 1.0 if self.product.currency in WITHOUT_PENNIES else 0.01
        return self.limits.aim, self.limits.ending, coin


def suggest(learned: Learned, *, keep: bool = True) -> list[PriceSuggestion]:
    """Think all prices over; with ``keep``, replace what is open."""
    now = timezone.now()
    cases = list(_cases(learned))
    groups: dict[tuple[str, str, float], list[_Case]] = defaultdict(list)
    for case in cases:
        if not case.problem:
            groups[case.group].append(case)
    for (aim, ending, coin), together in groups.items():
        _solve(together, learned, aim=aim, ending=ending, coin=coin, now=now)
    _leave_in_peace(cases, now)
    found = [each.suggestion for each in cases if each.suggestion]
    if keep:
        _keep_items(learned, cases, now)
        _keep(found, now)
    return found


def _cases(learned: Learned) -> Iterator[_Case]:
    book, theirs = RuleBook(), cheapest()
    lately, own = learned.lately, pricing_settings()
    weekly = learned.weekly
    sold = np.bincount(weekly.item[weekly.sold], minlength=len(learned.priced))
    adjusted = _units_now(learned)
    for at, product in enumerate(learned.priced):
        key = (product.id, product.currency)
        case = _Case(
            at=at,
            product=product,
            limits=book.limits(
                item_id=product.id, category=product.category, brand=product.brand
            ),
            now=float(product.amount),
            units=float(adjusted[at]),
            theirs=float(theirs.get(key, Decimal("NaN"))),
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
    with np.errstate(invalid="ignore"):
        factor = np.where(
            np.isnan(reference), 1.0, (now / reference) ** learned.answers.value
        )
    found: Floats = np.nan_to_num(lately.units, nan=0.0) * factor
    return found


def _solve(
    cases: list[_Case],
    learned: Learned,
    *,
    aim: str,
    ending: str,
    coin: float,
    now: datetime,
) -> None:
    rows = np.array([case.at for case in cases])
    answers = learned.answers
    cost = np.array([_number(case.product.cost) for case in cases])
    found = best_prices(
        Demand(
            price=np.array([case.now for case in cases]),
            units=np.array([case.units for case in cases]),
            elasticity=answers.value[rows],
            low=answers.low[rows],
            high=answers.high[rows],
        ),
        cost=cost,
        rules=_rules(cases, ending, coin),
        objective=aim,
    )
    for row, case in enumerate(cases):
        obstacle = found.problems[row]
        if obstacle is not None:
            case.problem = OBSTACLES[obstacle.code]
            case.detail = _detail(obstacle)
        elif not _is_better(found, row, aim):
            case.problem = Problem.BEST
        else:
            case.suggestion = _suggestion(case, found, row, learned, now)


def _number(value: Decimal | float | None) -> float:
    return float("nan") if value is None else float(value)


def _rules(cases: list[_Case], ending: str, coin: float) -> PriceRules:
    def column(name: str) -> Floats:
        return np.array([_number(getattr(case.limits, name)) for case in cases])

    return PriceRules(
        least=column("least"),
        most=column("most"),
        margin=column("margin"),
        step=column("step"),
        competitor=np.array([case.theirs for case in cases]),
        below=column("below"),
        above=column("above"),
        cent=coin,
        endings=(ENDINGS[ending],) if ending else (),
    )


def _detail(obstacle: Obstacle) -> dict[str, Any]:
    values = {"by": obstacle.by, "low": obstacle.low, "high": obstacle.high}
    known = {name: value for name, value in values.items() if np.isfinite(value)}
    return {"code": obstacle.code, "rules": list(obstacle.rules), **known}


def _is_better(found: Suggested, row: int, aim: str) -> bool:
    """By more than the setting asks, of what is aimed at today."""
    change = found.profit if aim == "profit" else found.revenue
    gain, today = change.difference[row], abs(change.now[row])
    least = pricing_settings().least_gain * today
    return bool(found.changed[row] and gain > 0 and gain >= least)


def _suggestion(
    case: _Case, found: Suggested, row: int, learned: Learned, now: datetime
) -> PriceSuggestion:
    product, answers = case.product, learned.answers
    aimed = found.profit if case.limits.aim == "profit" else found.revenue
    return PriceSuggestion(
        item_id=product.id,
        title=product.title,
        category=product.category,
        brand=product.brand,
        currency=product.currency,
        price_now=product.amount,
        suggested=_exact(found.price[row]),
        best_low=_price(found.price_low[row]),
        best_high=_price(found.price_high[row]),
        cost=product.cost,
        aim=case.limits.aim,
        units=case.units,
        **_changes(found, row, product.cost is not None),
        gain=float(aimed.difference[row]),
        elasticity=float(answers.value[case.at]),
        elasticity_low=float(answers.low[case.at]),
        elasticity_high=float(answers.high[case.at]),
        source=answers.source[case.at],
        bounds=_bounds(case, found.bound[row], found.price[row]),
        made_at=now,
    )


def _exact(value: float) -> Decimal:
    return Decimal(repr(round(float(value), 4)))


def _price(value: float) -> Decimal | None:
    return None if np.isnan(value) else _exact(value)


def _changes(found: Suggested, row: int, is_cost_known: bool) -> dict[str, Any]:
    """No figure of profit where nobody knows the cost."""
    made: dict[str, Any] = {}
    for name in ("units", "revenue", "profit"):
        change = getattr(found, name)
        if name == "profit" and not is_cost_known:
            continue
        made[f"{name}_change"] = float(change.difference[row])
        made[f"{name}_low"] = float(change.low[row] - change.now[row])
        made[f"{name}_high"] = float(change.high[row] - change.now[row])
    return made


def _bounds(case: _Case, held_by: str, price: float) -> list[dict[str, Any]]:
    """The limit the price stands at, and the ending it has."""
    names = [held_by] if held_by else []
    if held_by == "competitor":
        names = ["below" if price <= case.theirs else "above"]
    if case.limits.ending:
        names.append("ending")
    rules = case.limits.rules
    return [
        {
            "limit": name,
            "rule": rules[name].name if name in rules else "",
            "value": getattr(case.limits, name, None),
        }
        for name in names
        if name != "cent"
    ]


def _leave_in_peace(cases: list[_Case], now: datetime) -> None:
    """No new price where somebody has just said what becomes of the last one."""
    quiet = now - timedelta(days=pricing_settings().quiet_days)
    decided = PriceSuggestion.objects.filter(decided_at__gt=quiet)
    recent = set(decided.values_list("item_id", flat=True))
    rows = PriceChange.objects.order_by("at").values_list("item_id", "at")
    changed = dict(rows)
    for case in cases:
        if case.suggestion is None:
            continue
        item, least = case.product.id, case.limits.days or 0
        last = changed.get(item)
        soon = last is not None and last > now - timedelta(days=least)
        if item in recent or soon:
            case.suggestion, case.problem = None, Problem.RECENT


def _keep_items(learned: Learned, cases: list[_Case], now: datetime) -> None:
    by_id = {case.product.id: case for case in cases}
    rows = [_item(p, by_id.get(p.id), learned, now) for p in learned.products]
    with days.alone(NAME) as using:
        kept = PricedItem.objects.using(using)
        kept.all().delete()
        kept.bulk_create(rows, batch_size=BATCH)


def _item(
    product: Product, case: _Case | None, learned: Learned, now: datetime
) -> PricedItem:
    found = PricedItem(
        item_id=product.id,
        title=product.title,
        category=product.category,
        brand=product.brand,
        price=product.amount or None,
        currency=product.currency,
        cost=product.cost,
        stock=product.stock,
        problem=case.problem if case else Problem.NO_PRICE,
        detail=(case.detail if case else None) or {},
        renewed_at=now,
    )
    if case is not None:
        lately = learned.lately
        found.units = float(np.nan_to_num(lately.units[case.at]))
        found.noise = float(np.nan_to_num(lately.noise[case.at]))
        paid = lately.paid[case.at]
        found.paid = None if np.isnan(paid) else float(paid)
        found.units_now = case.units
    return found


def _keep(found: list[PriceSuggestion], now: datetime) -> None:
    """What is open is brought up to date; what no longer holds expires."""
    with days.alone(NAME) as using:
        rows = PriceSuggestion.objects.using(using)
        open_rows = rows.filter(state=State.OPEN, origin=Origin.LEARNED)
        known = {row.item_id: row for row in open_rows.select_for_update()}
        new = [each for each in found if each.item_id not in known]
        kept = [each for each in found if each.item_id in known]
        for each in kept:
            each.pk = known.pop(each.item_id).pk
        names = [
            f.name for f in PriceSuggestion._meta.concrete_fields if not f.primary_key
        ]
        rows.bulk_update(kept, names, batch_size=100)
        gone = [row.pk for row in known.values()]
        for start in range(0, len(gone), BATCH):
            rows.filter(pk__in=gone[start : start + BATCH]).update(state=State.EXPIRED)
        rows.bulk_create(new, batch_size=500)
        old = rows.filter(state=State.EXPIRED, made_at__lt=now - KEPT)
        old.filter(changes=None).delete()

"""Which price of each product would be better, as far as the rules allow."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from shop_personalize.ml.optimize.prices import Demand, PriceRules, best_prices
from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PricedItem, PriceSuggestion
from shop_personalize.pricing.selectors.judging import ENDINGS
from shop_personalize.pricing.services import storing
from shop_personalize.pricing.services.cases import Case, cases, leave_in_peace

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices import Problem as Obstacle
    from shop_personalize.ml.optimize.prices import Suggested
    from shop_personalize.pricing.selectors.series import Floats
    from shop_personalize.pricing.services.learning import Learned

Problem = PricedItem.Problem
MOST = 1e15
"""No figure of a shop is larger: where a rule lets a price fall to next to nothing an
interval has no end, and one such row must not keep a page from being written."""
OBSTACLES = {
    "no_cost": Problem.NO_COST,
    "zero_cost": Problem.NO_COST,
    "conflict": Problem.RULES,
    "ending": Problem.RULES,
    "no_floor": Problem.NO_ANSWER,
    "no_ceiling": Problem.NO_ANSWER,
}


def suggest(learned: Learned, *, keep: bool = True) -> list[PriceSuggestion]:
    """Think all prices over; with ``keep``, replace what is open."""
    now = timezone.now()
    thought = list(cases(learned))
    groups: dict[tuple[str, str, float], list[Case]] = defaultdict(list)
    for case in thought:
        if not case.problem:
            groups[case.group].append(case)
    for (aim, ending, coin), together in groups.items():
        _solve(together, learned, aim=aim, ending=ending, coin=coin, now=now)
    leave_in_peace(thought, now)
    found = [each.suggestion for each in thought if each.suggestion]
    if keep:
        storing.keep_items(learned, thought, now)
        storing.keep(found, now)
    return found


def _solve(
    together: list[Case],
    learned: Learned,
    *,
    aim: str,
    ending: str,
    coin: float,
    now: datetime,
) -> None:
    rows = np.array([case.at for case in together])
    answers = learned.answers
    cost = np.array([_number(case.product.cost) for case in together])
    found = best_prices(
        Demand(
            price=np.array([case.now for case in together]),
            units=np.array([case.units for case in together]),
            elasticity=answers.value[rows],
            low=answers.low[rows],
            high=answers.high[rows],
        ),
        cost=cost,
        rules=rules_of(together, ending, coin),
        objective=aim,
    )
    for row, case in enumerate(together):
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


def rules_of(together: list[Case], ending: str, coin: float) -> PriceRules:
    def column(name: str) -> Floats:
        return np.array([_number(getattr(case.limits, name)) for case in together])

    return PriceRules(
        least=column("least"),
        most=column("most"),
        margin=column("margin"),
        step=column("step"),
        competitor=np.array([case.theirs for case in together]),
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
    case: Case, found: Suggested, row: int, learned: Learned, now: datetime
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
        units=_told(case.units),
        **_changes(found, row, product.cost is not None),
        gain=_told(aimed.difference[row]),
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
        made[f"{name}_change"] = _told(change.difference[row])
        made[f"{name}_low"] = _told(change.low[row] - change.now[row])
        made[f"{name}_high"] = _told(change.high[row] - change.now[row])
    return made


def _told(value: float) -> float:
    return min(max(float(value), -MOST), MOST)


def _bounds(case: Case, held_by: str, price: float) -> list[dict[str, Any]]:
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

"""What every number of stock must be, by the name it has in the whole package."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class StockError(ValueError):
    """A number makes no sense; the text names it, where it is and what is right."""


@dataclass(frozen=True)
class Rule:
    """Which values hold, and how to say so."""

    holds: Callable[[FloatArray], BoolArray]
    text: str


ABOVE_0 = Rule(lambda value: value > 0, "above 0")
NOT_BELOW_0 = Rule(lambda value: value >= 0, "0 or above")
BETWEEN = Rule(lambda value: (value > 0) & (value < 1), "between 0 and 1")
DISCOUNT = Rule(lambda value: (value > 0) & (value <= 1), "above 0 and at most 1")
FINITE = Rule(lambda value: np.ones(value.shape, np.bool_), "a finite number")

_RULES = {
    "fixed_cost": ABOVE_0,
    "shared_fixed_cost": NOT_BELOW_0,
    "individual_fixed_costs": NOT_BELOW_0,
    "holding_cost": ABOVE_0,
    "holding_costs": ABOVE_0,
    "holding_cost_rate": ABOVE_0,
    "stockout_cost": ABOVE_0,
    "terminal_holding_cost": NOT_BELOW_0,
    "terminal_stockout_cost": NOT_BELOW_0,
    "purchase_cost": NOT_BELOW_0,
    "next_purchase_cost": NOT_BELOW_0,
    "unit_costs": ABOVE_0,
    "breakpoints": NOT_BELOW_0,
    "price": ABOVE_0,
    "demand": NOT_BELOW_0,
    "demand_rate": NOT_BELOW_0,
    "demand_rates": ABOVE_0,
    "demand_mean": NOT_BELOW_0,
    "demand_sd": NOT_BELOW_0,
    "production_rate": ABOVE_0,
    "lead_time": NOT_BELOW_0,
    "lead_time_sd": NOT_BELOW_0,
    "review": NOT_BELOW_0,
    "periods": ABOVE_0,
    "order_quantity": ABOVE_0,
    "disruption_rate": ABOVE_0,
    "recovery_rate": ABOVE_0,
    "disruption_chance": BETWEEN,
    "recovery_chance": BETWEEN,
    "yield_sd": NOT_BELOW_0,
    "service": BETWEEN,
    "discount": DISCOUNT,
    "sigma": ABOVE_0,
    "chances": NOT_BELOW_0,
    "revenue": NOT_BELOW_0,
}


def checked(
    *, zero_allowed: Collection[str] = (), **values: ArrayLike | None
) -> tuple[FloatArray, ...]:
    """The values as float64 arrays, in the order given.

    The name says the rule; one without a rule must be finite. ``zero_allowed`` names
    those that may be 0 here. Raises StockError for the first value that is missing,
    not a number, out of its range, or of another number of products than the rest.
    """
    found = {}
    for name, value in values.items():
        rule = _RULES.get(name, FINITE)
        if name in zero_allowed:
            rule = NOT_BELOW_0
        found[name] = one(name, value, rule)
    same_products(found)
    return tuple(found.values())


def one(name: str, value: ArrayLike | None, rule: Rule) -> FloatArray:
    """One value as float64; raises StockError where it breaks the rule."""
    if value is None:
        raise StockError(f"{name} is missing; it must be {rule.text}")
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError) as error:
        raise StockError(f"{name} must be {rule.text}, not {value!r}") from error
    if not array.size:
        raise StockError(f"{name} is empty; it must hold at least one number")
    refuse(name, array, ~(np.isfinite(array) & rule.holds(array)), rule.text)
    return array


def refuse(name: str, array: FloatArray, wrong: BoolArray, right: str) -> None:
    """Raise StockError for the first wrong value, if there is one."""
    if not np.any(wrong):
        return
    place = np.unravel_index(int(np.argmax(wrong)), np.shape(wrong))
    value = float(np.broadcast_to(array, np.shape(wrong))[place])
    at = f"[{', '.join(map(str, place))}]" if place else ""
    raise StockError(f"{name}{at} must be {right}, not {value:g}")


def neighbors(name: str, array: FloatArray, wrong: BoolArray, right: str) -> None:
    """As ``refuse``, where ``wrong`` says so of each but the first in the last axis."""
    first = np.zeros((*wrong.shape[:-1], 1), np.bool_)
    refuse(name, array, np.concatenate([first, wrong], axis=-1), right)


def over(above: FloatArray, below: FloatArray) -> FloatArray:
    """Quotient, 0 where it would be divided by 0."""
    shape = np.broadcast_shapes(np.shape(above), np.shape(below))
    found = np.zeros(shape)
    np.divide(above, below, out=found, where=np.asarray(below) != 0)
    return found


def same_products(found: Mapping[str, FloatArray]) -> None:
    """Raise StockError where values by name are of other numbers of products."""
    try:
        np.broadcast_shapes(*(value.shape for value in found.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in found.items())
        raise StockError(f"the numbers of products differ: {shapes}") from error

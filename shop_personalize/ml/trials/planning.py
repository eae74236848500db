"""How many visitors a trial needs, and what it can tell with those it gets.

``level`` is that of the interval (.95) or, which says the same, of the test (.05).
"""

from __future__ import annotations

import math

import numpy as np

from shop_personalize.ml.trials.later import optimize, special
from shop_personalize.ml.trials.limits import always_reach


def sample_size(
    base: float,
    lifted: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    sequential: bool = False,
    both: bool = False,
) -> int:
    """Visitors an arm to tell the rate ``lifted`` from ``base``, two-sided.

    The closed form for two proportions, with the variance of ``base`` in both arms
    under the null hypothesis as E. Miller's calculator has it, rounded: 20 % to 25 %
    with 80 % power and an interval of 95 %: 1,030. ``both`` takes each arm's own
    variance throughout, as ``compare`` does (1,091).
    ``sequential`` asks for that power with an interval that allows looking at any time.
    Raises ``ValueError`` for rates outside 0..1 or equal ones.
    """
    _within(base=base, lifted=lifted, power=power)
    one, other = base * (1 - base), lifted * (1 - lifted)
    null = one + other if both else 2 * one
    reached = _reach(level, sequential) * math.sqrt(null)
    wanted = reached + _normal(power) * math.sqrt(one + other)
    return _units(wanted, abs(lifted - base))


def sample_size_mean(
    deviation: float,
    difference: float,
    *,
    power: float = 0.8,
    level: float = 0.95,
    sequential: bool = False,
) -> int:
    """Visitors an arm to tell a ``difference`` of means, two-sided.

    ``deviation`` is the metric's standard deviation between visitors, in the unit of
    ``difference``. With an adjusted comparison multiply it by sqrt(1 - ``cut``).
    Raises ``ValueError`` for a deviation not above 0 or a difference of 0.
    """
    _within(power=power)
    _positive(deviation=deviation)
    wanted = (_reach(level, sequential) + _normal(power)) * math.sqrt(2) * deviation
    return _units(wanted, abs(difference))


def power_of(
    deviation: float,
    difference: float,
    control: float,
    treatment: float | None = None,
    *,
    level: float = 0.95,
    sequential: bool = False,
) -> float:
    """Chance that ``compare`` finds a true ``difference`` of means; in 0..1.

    ``control`` and ``treatment`` (default: as many) count visitors. ``sequential``: at
    the planned end, for a plan of just so many; looking before only adds to it.
    """
    _positive(deviation=deviation, control=control)
    error = deviation * math.sqrt(1 / control + 1 / (treatment or control))
    return _power(abs(difference) / error, level, sequential)


def power_of_rates(
    base: float,
    lifted: float,
    control: float,
    treatment: float | None = None,
    *,
    level: float = 0.95,
    sequential: bool = False,
) -> float:
    """Chance that ``compare`` tells the rate ``lifted`` from ``base``; in 0..1."""
    _within(base=base, lifted=lifted)
    _positive(control=control)
    error = math.sqrt(
        base * (1 - base) / control + lifted * (1 - lifted) / (treatment or control)
    )
    return _power(abs(lifted - base) / error, level, sequential)


def detectable(
    deviation: float,
    control: float,
    treatment: float | None = None,
    *,
    power: float = 0.8,
    level: float = 0.95,
    sequential: bool = False,
) -> float:
    """Smallest difference of means found with ``power``, in the deviation's unit."""
    _within(power=power)
    _positive(deviation=deviation, control=control)
    error = deviation * math.sqrt(1 / control + 1 / (treatment or control))
    return error * (_reach(level, sequential) + _normal(power))


def detectable_rate(
    base: float,
    control: float,
    treatment: float | None = None,
    *,
    power: float = 0.8,
    level: float = 0.95,
    sequential: bool = False,
) -> float | None:
    """Smallest rate above ``base`` found with ``power``; None where no rate is."""
    _within(base=base, power=power)

    def short(lifted: float) -> float:
        how = {"level": level, "sequential": sequential}
        return power_of_rates(base, lifted, control, treatment, **how) - power  # type: ignore[arg-type]

    top = 1 - 1e-9
    if short(top) < 0:
        return None
    return float(optimize.brentq(short, base + 1e-12, top, xtol=1e-12))


def days_needed(units: float, visitors_a_day: float, *, share: float = 1.0) -> int:
    """Days until ``units`` visitors of all arms have come, at least one.

    ``visitors_a_day`` counts new visitors, ``share`` of whom take part.
    """
    _positive(units=units, visitors_a_day=visitors_a_day, share=share)
    return max(1, math.ceil(units / (visitors_a_day * share)))


def _power(distance: float, level: float, sequential: bool) -> float:
    reach = _reach(level, sequential)
    return float(special.ndtr(distance - reach) + special.ndtr(-distance - reach))


def _reach(level: float, sequential: bool) -> float:
    _within(level=level)
    risk = min(level, 1 - level)
    if sequential:
        return float(always_reach(1 - risk, 1.0))
    return _normal(1 - risk / 2)


def _normal(share: float) -> float:
    return float(special.ndtri(share))


def _units(wanted: float, difference: float) -> int:
    if not difference > 0:
        raise ValueError("difference: nothing to tell apart, the two are equal")
    return max(2, int(np.rint((wanted / difference) ** 2)))


def _within(**shares: float) -> None:
    for name, value in shares.items():
        if not 0 < value < 1:
            raise ValueError(f"{name}: between 0 and 1, not {value}")


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name}: a number above 0, not {value}")

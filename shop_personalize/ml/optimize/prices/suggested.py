"""What is suggested, what it should bring, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Bools, Floats


@dataclass(frozen=True)
class Problem:
    """Why no price is suggested; ``str()`` says it in words.

    ``code``: ``no_cost``, ``zero_cost``, ``conflict`` (of two ``rules``, ``by`` so much
    money), ``ending`` (nothing between ``low`` and ``high`` ends as it must),
    ``no_floor`` or ``no_ceiling`` (nothing holds the price). ``low`` is what the first
    rule asks at least, ``high`` what the second allows at most.
    """

    code: str
    rules: tuple[str, ...] = ()
    by: float = 0.0
    low: float = np.nan
    high: float = np.nan

    def __str__(self) -> str:
        return _WORDS[self.code].format(
            first=self.rules[0] if self.rules else "",
            second=self.rules[-1] if self.rules else "",
            by=self.by,
            low=self.low,
            high=self.high,
        )


_WORDS = {
    "no_cost": "the cost is not known: profit and margin cannot be reckoned",
    "zero_cost": "the cost is 0: enter what a unit costs, or aim at revenue",
    "conflict": (
        "the rules {first} and {second} conflict: at least {low:.2f} and at most "
        "{high:.2f} are {by:.2f} apart"
    ),
    "ending": (
        "no price between {low:.2f} ({first}) and {high:.2f} ({second}) ends as prices "
        "must; the nearest is {by:.2f} outside"
    ),
    "no_floor": (
        "the lower the price the better: a rule least, margin, step or competitor must "
        "say where to stop"
    ),
    "no_ceiling": (
        "demand hardly answers the price, so the higher the better: a rule most, step "
        "or competitor must say where to stop"
    ),
}


@dataclass(frozen=True, eq=False)
class Change:
    """A figure a period at today's price and at the suggested one: float64 (n,) each.

    ``low`` and ``high`` are those of ``then`` at the ends of the elasticity's interval.
    """

    now: Floats
    then: Floats
    low: Floats
    high: Floats

    @property
    def difference(self) -> Floats:
        """What changes: float64 (n,)."""
        return self.then - self.now


@dataclass(frozen=True, eq=False)
class Suggested:
    """The best price of each of n products, and what it should bring a period.

    ``price`` float64 (n,): today's, where ``problems`` has one. ``now``: today's.
    ``free``: the best without rules, NaN where profit has no peak. ``price_low`` and
    ``price_high``: the best prices under the rules at the ends of the elasticity's
    interval, NaN where one has none. ``least`` and ``most``: the range the rules leave
    (0 and infinite where none). ``bound``: the rule that holds the price, or "". The
    rest: units, revenue and profit (NaN without a cost).
    """

    price: Floats
    now: Floats
    free: Floats
    price_low: Floats
    price_high: Floats
    least: Floats
    most: Floats
    bound: tuple[str, ...]
    problems: tuple[Problem | None, ...]
    units: Change
    revenue: Change
    profit: Change

    def __len__(self) -> int:
        return len(self.price)

    @property
    def changed(self) -> Bools:
        """Where another price than today's is suggested: bool (n,)."""
        return ~np.isclose(self.price, self.now, rtol=1e-9, atol=0)

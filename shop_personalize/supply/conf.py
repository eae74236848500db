"""The slice's part of the settings: ``SHOP_PERSONALIZE["SUPPLY"]``, typed, read lazily.

Nothing is kept, so a changed setting counts at the next question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from shop_personalize.conf import app_settings

SERVICE = MappingProxyType({"A": 0.97, "B": 0.95, "C": 0.9})
HORIZONS = MappingProxyType({"day": 28, "week": 13, "month": 6})
GRAINS = tuple(HORIZONS)
SERVICE_BY = ("class", "worth")
MOST_AHEAD = 366
"""Periods beyond which nothing is forecast."""
MOST_BACK = 3660
"""Periods beyond which nobody looks back: ten years by the day."""
MOST_DAYS = 3650.0
"""Days that a delivery or the time between two orders may take, at most."""


@dataclass(frozen=True, kw_only=True)
class SupplySettings:
    """Every key with its default."""

    grains: tuple[str, ...] = ("week",)
    """What the schedule forecasts, each when a new period is complete."""
    horizons: Mapping[str, int] = field(default_factory=dict)
    """Periods ahead, by grain."""
    plan_by: str = "week"
    """The grain whose forecast orders are planned with."""
    history: int = 156
    """Periods of the past that are looked at, at most."""
    service: Mapping[str, float] = field(default_factory=dict)
    """The share of times in which nothing runs out before the next delivery, by class:
    A earns 80 % of the revenue, B the next 15 %, C the rest."""
    service_by: str = "class"
    """"class": each product of a class has its promise; "worth": on average, more of
    it where that ties up little money."""
    lead_time_days: float = 7.0
    """Days from order to delivery where nobody says."""
    review_days: float = 7.0
    """Days between two looks at what to order where nobody says."""
    overstock_days: float = 120.0
    """Stock beyond what sells in so many days lies too long."""
    holding_rate: float = 0.25
    """What stock costs a year, of its value: money, room, what spoils."""
    budget: float | None = None
    """What all suggestions together may cost, in the currency of the suppliers."""
    holidays: Mapping[str, Any] = field(default_factory=dict)
    """Days by name: ``"12-25"`` every year, ``["2026-04-03", …]`` or both."""
    keep_runs: int = 6
    """Forecasts of a grain kept, so that it can be told how right they were."""
    drift: float = 1.5
    """The alarm goes off where the error is so many times the one of the backtest."""


KEYS = frozenset(each.name for each in fields(SupplySettings))
WHOLE = {"service": SERVICE, "horizons": HORIZONS}


def supply_settings() -> SupplySettings:
    """What the shop says over the defaults; unknown keys are the checks' matter."""
    given = {key: value for key, value in app_settings.SUPPLY.items() if key in KEYS}
    for key, defaults in WHOLE.items():
        given[key] = {**defaults, **given.get(key, {})}
    given["grains"] = tuple(given.get("grains", ("week",)))
    return SupplySettings(**given)

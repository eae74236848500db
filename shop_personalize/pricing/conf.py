"""The slice's part of the settings: ``SHOP_PERSONALIZE["PRICING"]``, typed and lazy."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Literal

from django.core.signals import setting_changed

from shop_personalize.conf import NAME, app_settings

KEY = "PRICING"


@dataclass(frozen=True, kw_only=True)
class PricingSettings:
    """Every key with its default; weeks are of Monday to Sunday."""

    apply: str | None = None
    """How an approved price gets into the shop: ``None`` (only recorded), ``"field"``
    (the plain model field the catalog reads prices from), or the dotted path of a
    function ``(item_id, Money) -> None``."""
    aim: Literal["profit", "revenue"] = "profit"
    """What prices are to raise where no rule says; profit needs the cost."""
    history_weeks: int = 104
    """Weeks of sales that are learned from."""
    recent_weeks: int = 13
    """Weeks by which it is told how much a product sells now."""
    least_weeks: int = 8
    """Weeks with sales below which nothing is suggested for a product."""
    step: float = 0.1
    """The most a price may move at one time, as a share, where no rule says."""
    markdown_step: float = 0.3
    """The most a price may fall from one week of a markdown to the next."""
    least_gain: float = 0.01
    """By what share of what is aimed at a suggestion must be better than today's
    price."""
    quiet_days: int = 28
    """Days for which a product whose suggestion was decided is left in peace."""
    expire_days: int = 14
    """Days after which what nobody decided is no longer offered."""
    competitor_days: int = 30
    """Days for which a competitor's price counts."""
    renew_hours: int = 24
    """How often prices are thought over."""


FIELDS = {each.name: each for each in fields(PricingSettings)}


@lru_cache(maxsize=1)
def _load() -> PricingSettings:
    given: Any = app_settings.PRICING
    pairs = given.items() if isinstance(given, dict) else ()
    known = {key: value for key, value in pairs if key in FIELDS}
    return PricingSettings(**known)


def pricing_settings() -> PricingSettings:
    """The settings as they are now."""
    return _load()


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == NAME:
        _load.cache_clear()


setting_changed.connect(_forget, dispatch_uid="shop_personalize.pricing.conf")

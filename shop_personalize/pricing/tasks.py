from __future__ import annotations

from datetime import timedelta

from shop_personalize.pricing.conf import PricingSettings, pricing_settings


def every() -> timedelta:
    """What is no number is said by a check, which must come to be run."""
    hours: object = pricing_settings().renew_hours
    if not isinstance(hours, int) or hours < 1:
        hours = PricingSettings.renew_hours
    return timedelta(hours=hours)


def renew() -> None:
    """Weeks, elasticities, suggestions: after each other, by the schedule."""
    from shop_personalize.pricing.services import renewal

    renewal.renew()

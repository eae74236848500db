from __future__ import annotations

from datetime import timedelta

from shop_personalize.pricing.conf import pricing_settings


def every() -> timedelta:
    return timedelta(hours=pricing_settings().renew_hours)


def renew() -> None:
    """Weeks, elasticities, suggestions: after each other, by the schedule."""
    from shop_personalize.pricing.services import renewal

    renewal.renew()

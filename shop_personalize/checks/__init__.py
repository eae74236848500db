"""System checks: a wrong set-up is named with its key before it can hurt.

They read the settings, the models and the URLs, and no database. Each has an id and a
hint; silence one with ``SILENCED_SYSTEM_CHECKS``.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register

from shop_personalize.checks.adapters import check_adapters
from shop_personalize.checks.blocks import check_blocks
from shop_personalize.checks.keys import check_keys
from shop_personalize.checks.paths import check_paths
from shop_personalize.checks.routes import check_routes
from shop_personalize.checks.values import check_values
from shop_personalize.checks.wiring import check_wiring
from shop_personalize.conf import NAME

__all__ = ["check_settings"]


@register("shop_personalize")
def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Everything that can be said about ``SHOP_PERSONALIZE`` without a database."""
    given = getattr(settings, NAME, {})
    wrong = check_keys(given)
    if wrong:
        # What has the wrong shape cannot be looked into further.
        return wrong
    return [
        *check_values(given),
        *check_blocks(given),
        *check_paths(given),
        *check_adapters(given),
        *check_routes(given),
        *check_wiring(given),
    ]

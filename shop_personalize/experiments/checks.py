"""What must be set up for experiments to mean anything; no database is read."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004

MIDDLEWARE = "shop_personalize.middleware.PersonalizeMiddleware"


@register("shop_personalize")
def check_experiments(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not apps.is_installed("shop_personalize"):
        return [
            Error(
                "Experiments need the app they experiment with.",
                hint='INSTALLED_APPS += ["shop_personalize"]',
                id="shop_personalize_experiments.E001",
            )
        ]
    if MIDDLEWARE not in settings.MIDDLEWARE:
        return [
            Warning(
                "No visitor is known, so nobody takes part in an experiment.",
                hint=f'MIDDLEWARE += ["{MIDDLEWARE}"]',
                id="shop_personalize_experiments.W001",
            )
        ]
    return []

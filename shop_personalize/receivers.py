"""Signals of Django and of the shop, connected once by ``AppConfig.ready``."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate


def connect() -> None:
    post_migrate.connect(
        create_defaults, dispatch_uid="shop_personalize.create_defaults", weak=False
    )


def create_defaults(*, app_config: Any, using: str, **kwargs: Any) -> None:
    if app_config.name != "shop_personalize" or using != "default":
        return
    from shop_personalize.registry.defaults import ensure_defaults

    ensure_defaults()

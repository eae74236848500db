"""Signals of Django and of the shop, connected once by ``AppConfig.ready``.

Strong references and a ``dispatch_uid`` each: a weak local receiver works under
``DEBUG`` and is silently dead without it.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signals import setting_changed
from django.db.models.signals import post_migrate

from shop_personalize.conf import NAME

logger = logging.getLogger("shop_personalize")
UID = "shop_personalize."


def connect() -> None:
    post_migrate.connect(
        create_defaults, dispatch_uid=UID + "create_defaults", weak=False
    )
    user_logged_in.connect(merge_guest, dispatch_uid=UID + "login", weak=False)
    user_logged_out.connect(renew_guest, dispatch_uid=UID + "logout", weak=False)
    setting_changed.connect(reconnect, dispatch_uid=UID + "reconnect", weak=False)
    connect_shop()


def connect_shop() -> None:
    """Listen to the shop's own signals; a wrong set-up is for the checks to explain."""
    from shop_personalize.capture.order_links import order_changed
    from shop_personalize.capture.service import track
    from shop_personalize.catalog import get_events, get_orders

    try:
        orders, events = get_orders(), get_events()
        if orders is not None:
            orders.connect(order_changed)
        if events is not None:
            events.connect(track)
    except Exception as error:  # noqa: BLE001  the shop must start all the same
        logger.warning("the shop's signals are not connected: %s", error)


def create_defaults(*, app_config: Any, using: str, **kwargs: Any) -> None:
    if app_config.name != "shop_personalize" or using != "default":
        return
    from shop_personalize.registry.defaults import ensure_defaults

    ensure_defaults()


def merge_guest(*, request: Any = None, user: Any = None, **kwargs: Any) -> None:
    from shop_personalize.capture.merging import on_login
    from shop_personalize.capture.safety import harmless

    with harmless("login"):
        on_login(request, user)


def renew_guest(*, request: Any = None, **kwargs: Any) -> None:
    from shop_personalize.capture.merging import on_logout
    from shop_personalize.capture.safety import harmless

    with harmless("logout"):
        on_logout(request)


def reconnect(*, setting: str, **kwargs: Any) -> None:
    if setting == NAME:
        connect_shop()

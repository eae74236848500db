"""What a visitor allows: ``none``, ``essential`` (this visit only) or ``full``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from django.http import HttpRequest

NONE, ESSENTIAL, FULL = "none", "essential", "full"
LEVELS = (NONE, ESSENTIAL, FULL)
COOKIE = "sp_consent"


def default(request: HttpRequest) -> str:
    """The visitor's own choice, else what the browser asks for, else ``full``."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in LEVELS:
        return chosen
    objects = (request.META.get(name) == "1" for name in ("HTTP_SEC_GPC", "HTTP_DNT"))
    return ESSENTIAL if any(objects) else FULL


def consent_of(request: HttpRequest) -> str:
    """Ask the shop's function; an answer it should not give counts as ``none``."""
    level = import_string(app_settings.CONSENT)(request)
    return level if level in LEVELS else NONE

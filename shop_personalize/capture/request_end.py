"""What is left to do when the shop has made its page: once, quickly, harmlessly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.cache import patch_vary_headers

from shop_personalize.capture import order_links, routes, service
from shop_personalize.capture.safety import harmless
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from shop_personalize.capture.identity import Personalize


def finish(state: Personalize, response: HttpResponseBase) -> None:
    if not app_settings.ENABLED:
        return
    with harmless("capture by URL"):
        routes.capture(state, response)
    with harmless("visitor cookie"):
        _cookie(state, response)
    with harmless("recording a request's events"):
        service.flush(state)
    with harmless("orders of a request"):
        order_links.finish(state)


def _cookie(state: Personalize, response: HttpResponseBase) -> None:
    if state.accessed:
        patch_vary_headers(response, ("Cookie",))
    if state.renewed or state.accessed or state.recorded or state.queue:
        state.set_cookie(response)

"""``request.personalize``, capture by URL name, and the end of a request's events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async

from shop_personalize.capture.identity import current, personalize_of
from shop_personalize.capture.request_end import finish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponseBase


class PersonalizeMiddleware:
    """Put it last, at least behind the session and the authentication middleware."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.__acall__(request)
        state = personalize_of(request)
        token = current.set(state)
        try:
            response: HttpResponseBase = self.get_response(request)
            finish(state, response)
        finally:
            current.reset(token)
        return response

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        state = personalize_of(request)
        token = current.set(state)
        try:
            response: HttpResponseBase = await self.get_response(request)
            await sync_to_async(finish)(state, response)
        finally:
            current.reset(token)
        return response

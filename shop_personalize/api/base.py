"""What every endpoint has: JSON alone, a throttle, answers that no cache may share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from shop_personalize.api.parsers import GuardedJSONParser
from shop_personalize.api.throttles import (
    AmbiguousAddressError,
    EventsThrottle,
    client_address,
    counter,
    parse_rate,
)
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response
    from rest_framework.serializers import Serializer

READS_PER_EVENT = 10


class ReadThrottle(EventsThrottle):
    """Ten times ``RATE_LIMIT``, counted apart: a page reads more than it reports."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit, seconds = parse_rate(app_settings.RATE_LIMIT)
        if not limit:
            return True
        try:
            key = f"read:{client_address(request)}:{int(time.time() // seconds)}"
        except AmbiguousAddressError:
            return False
        self._wait = float(seconds)
        return counter.count(key, seconds) <= limit * READS_PER_EVENT


class ShopView(APIView):
    """For shoppers: open to all, about the asker alone."""

    renderer_classes = [JSONRenderer]
    parser_classes = [GuardedJSONParser]
    permission_classes: list[type[BasePermission]] = [AllowAny]
    throttle_classes = [ReadThrottle]

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ("Cookie",))
        return response

    def read(self, serializer: type[Serializer], data: Any) -> dict[str, Any]:
        """The input, checked; anything else is a 400 that names the field."""
        checked = serializer(data=data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)


class IsStaffWith(BasePermission):
    """Staff who hold the view's ``permission``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(
            user
            and user.is_active
            and getattr(user, "is_staff", False)
            and user.has_perm(view.permission)
        )


class StaffView(ShopView):
    """For staff; ``permission`` names the right that is needed."""

    permission = "shop_personalize.view_block"
    permission_classes = [IsStaffWith]


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def paged(view: APIView, rows: Any, serializer: type[Serializer]) -> Response:
    pages = Pages()
    page: Any = pages.paginate_queryset(rows, view.request, view=view)
    return pages.get_paginated_response(serializer(page, many=True).data)

"""The OpenAPI schema of this app alone, wherever the shop has mounted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path, reverse
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from shop_personalize.api.base import ReadThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.response import Response

APP = "shop_personalize"
LAST = "schema/"


class SchemaView(SpectacularAPIView):
    permission_classes = [AllowAny]
    throttle_classes = [ReadThrottle]
    api_version = "1"
    endpoints: list[Any] = []
    """Filled in by ``urls``, which stands above."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        mounted = reverse(f"{APP}:schema").removesuffix(LAST).lstrip("/")
        self.patterns = [path(mounted, include((self.endpoints, APP), namespace=APP))]
        return self._get_schema_response(request)  # type: ignore[no-untyped-call]

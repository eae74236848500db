"""``POST me/consent/``: the visitor's own choice, kept in a cookie of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from shop_personalize.api.parsers import GuardedJSONParser, GuardedTextParser
from shop_personalize.api.throttles import EventsThrottle, SameShop
from shop_personalize.capture.consent import COOKIE, FULL, LEVELS
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request


class ConsentSerializer(serializers.Serializer):
    consent = serializers.ChoiceField(choices=[(level, level) for level in LEVELS])


class ConsentView(APIView):
    """Set what the visitor allows: nothing, this visit only, or everything."""

    authentication_classes = ()
    permission_classes = (SameShop,)
    throttle_classes = (EventsThrottle,)
    parser_classes = (GuardedJSONParser, GuardedTextParser)
    renderer_classes = (JSONRenderer,)
    pagination_class = None

    def perform_authentication(self, request: Request) -> None:
        """Leave the shop's user alone: consent is the browser's."""

    @extend_schema(
        operation_id="me_consent_create",
        request=ConsentSerializer,
        responses={200: ConsentSerializer},
    )
    def post(self, request: Request) -> Response:
        chosen = ConsentSerializer(data=request.data)
        chosen.is_valid(raise_exception=True)
        level = chosen.validated_data["consent"]
        response = Response({"consent": level})
        keep(response, level, secure=request.is_secure())
        return response


def keep(response: HttpResponseBase, level: str, *, secure: bool) -> None:
    """Let the browser remember the choice."""
    identity = app_settings.identity
    response.set_cookie(
        COOKIE,
        level,
        max_age=int(identity["max_age_days"] * 86400),
        domain=identity["domain"],
        secure=secure,
        samesite="Lax",
    )
    if level != FULL:
        # What identified the visitor across visits goes with the permission.
        response.delete_cookie(identity["cookie"], domain=identity["domain"])

"""``POST events/`` and ``POST events/ga4/``: 202 means the events are kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from shop_personalize.api.parsers import (
    MAX_BODY,
    MAX_EVENT,
    GuardedJSONParser,
    GuardedTextParser,
    events_of,
    is_oversized,
)
from shop_personalize.api.throttles import EventsThrottle, SameShop
from shop_personalize.capture import service
from shop_personalize.capture.dialects import Read, read_any, reader
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.identity import personalize_of

if TYPE_CHECKING:
    from rest_framework.request import Request

RECEIPT = inline_serializer(
    "Receipt",
    {
        "accepted": serializers.IntegerField(),
        "duplicates": serializers.IntegerField(),
        "quarantined": serializers.IntegerField(),
        "reasons": serializers.DictField(
            child=serializers.IntegerField(), required=False
        ),
    },
)
BODY = {
    "application/json": {
        "oneOf": [
            {"type": "object"},
            {"type": "array", "items": {"type": "object"}, "maxItems": 100},
        ]
    }
}


GA4_MARKS = frozenset({"ecommerce", "params", "0"})


logger = logging.getLogger("shop_personalize")


class UnavailableError(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("Events cannot be stored now; send them again.")
    default_code = "unavailable"


class EventsView(APIView):
    """Take one event, a list, or ``{"events": [...]}`` of at most 100."""

    authentication_classes = ()
    permission_classes = (SameShop,)
    throttle_classes = (EventsThrottle,)
    parser_classes = (GuardedJSONParser, GuardedTextParser)
    renderer_classes = (JSONRenderer,)
    pagination_class = None
    source: ClassVar[str] = "native"

    def perform_authentication(self, request: Request) -> None:
        """Leave the shop's user alone: the visitor is told by cookie and session."""

    def read(self) -> Read:
        return read_any

    @extend_schema(
        operation_id="events_create",
        request=BODY,
        responses={202: RECEIPT},
        examples=[
            OpenApiExample(
                "A view", value={"event": "view", "product": "7"}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        read, small = self.read(), _is_small(request)

        def guarded(payload: Any, scope: str) -> list[Event]:
            if not small and is_oversized(payload, _limit(payload)):
                raise RefusalError("too_large")
            return read(payload, scope)

        payloads = events_of(request.data)
        try:
            receipt = service.receive(
                payloads,
                read=guarded,
                state=personalize_of(request),
                source=self.source,
            )
        except DatabaseError as error:
            logger.warning("events were not stored: %s", error)
            raise UnavailableError from error
        answer = {
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "quarantined": receipt.quarantined,
        }
        if receipt.reasons:
            answer["reasons"] = dict(receipt.reasons)  # type: ignore[assignment]
        return Response(answer, status=status.HTTP_202_ACCEPTED)


class GA4View(EventsView):
    """Take Google Analytics 4 e-commerce events, in any of their forms, verbatim."""

    source: ClassVar[str] = "ga4"

    def read(self) -> Read:
        return reader("ga4")

    @extend_schema(
        operation_id="events_ga4_create", request=BODY, responses={202: RECEIPT}
    )
    def post(self, request: Request) -> Response:
        return super().post(request)


def _is_small(request: Request) -> bool:
    """Whether the whole body is within the limit of one event."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    return length.isdigit() and int(length) <= MAX_EVENT


def _limit(payload: Any) -> int:
    """Eight kilobytes, but for the up to 200 items of an event of GA4."""
    is_ga4 = isinstance(payload, list) or (
        isinstance(payload, dict) and not payload.keys().isdisjoint(GA4_MARKS)
    )
    return MAX_BODY if is_ga4 else MAX_EVENT

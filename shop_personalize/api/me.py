"""What is known of the asker, and only of the asker: see it, take it along, end it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from shop_personalize.api.base import ShopView
from shop_personalize.api.erasure import erase, show_again, start_anew
from shop_personalize.api.serializers import ID_LENGTH, MeSerializer
from shop_personalize.api.throttles import SameShop
from shop_personalize.capture import intake
from shop_personalize.capture.consent import NONE
from shop_personalize.capture.event import Event
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.identity import personalize_of
from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings
from shop_personalize.models import Connection, Interaction
from shop_personalize.recommend.scope import scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest
    from rest_framework.request import Request

LATEST = 20
EXPORTED = (
    "kind",
    "item_id",
    "quantity",
    "value",
    "currency",
    "order_id",
    "source",
    "context",
    "occurred_at",
)
TIES = ("kind", "weight", "origin", "confirmed", "created_at")


def own_key(request: Request) -> str | None:
    """From the cookie or the session; never from the query."""
    return scope_of(request).visitor_key


class MeView(ShopView):
    permission_classes = [SameShop]

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        key = own_key(request)
        history = scope_of(request).history(key)
        known = getattr(request._request, "personalize", None)
        data = {
            "known": bool(history),
            "consent": getattr(known, "consent", ""),
            "interactions": _own_rows(key).count() if key else 0,
            "basket": list(history.basket),
            "recently_viewed": list(history.viewed[:LATEST]),
            "hidden": sorted(history.hidden),
        }
        return Response(MeSerializer(data).data)

    @extend_schema(responses={204: OpenApiResponse(description="forgotten")})
    def delete(self, request: Request) -> Response:
        """Forget the asker: gone from serving at once, from models at the next."""
        key = own_key(request)
        if key:
            erase(key)
        return Response(status=204)


class ExportView(ShopView):
    """Everything stored of the asker, as one JSON document."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> StreamingHttpResponse:
        response = StreamingHttpResponse(
            _document(own_key(request)), content_type="application/json"
        )
        response["Content-Disposition"] = 'attachment; filename="interactions.json"'
        return response


class HideView(ShopView):
    """“Not for me”: the product is recommended to the asker no more."""

    permission_classes = [SameShop]

    @extend_schema(request=None, responses={204: OpenApiResponse(description="hidden")})
    def post(self, request: Request, item_id: str) -> Response:
        if len(item_id) > ID_LENGTH or "\x00" in item_id:
            raise ValidationError({"product": "not the id of a product"})
        hide(request._request, item_id)
        return Response(status=204)

    @extend_schema(responses={204: OpenApiResponse(description="shown again")})
    def delete(self, request: Request, item_id: str) -> Response:
        """Take it back."""
        key = own_key(request)
        if key and "\x00" not in item_id:
            show_again(key, get_catalog().item_id(item_id))
        return Response(status=204)


class ResetView(ShopView):
    """Start anew: what was looked at is forgotten, what was bought is not."""

    permission_classes = [SameShop]

    @extend_schema(request=None, responses={204: OpenApiResponse(description="reset")})
    def post(self, request: Request) -> Response:
        key = own_key(request)
        if key:
            start_anew(key)
        return Response(status=204)


def hide(request: HttpRequest, item_id: str) -> None:
    """Written at once, past every buffer: the very next page must know."""
    state = personalize_of(request)
    if not app_settings.ENABLED or state.consent == NONE or state.is_bot:
        return
    now = timezone.now()
    event = Event(
        kind="hide",
        event_id=uuid7(now),
        item_id=get_catalog().item_id(item_id),
        visitor_key=state.key or "",
        visitor_kind=state.kind,
        site=state.site,
        occurred_at=now,
    )
    intake.write([event], source="native", received=now)


def _own_rows(key: str | None) -> Any:
    return Interaction.objects.filter(visitor__key=key or "", visitor__is_erased=False)


def _document(key: str | None) -> Iterator[str]:
    yield '{"interactions": ['
    rows = _own_rows(key).order_by("occurred_at").values(*EXPORTED) if key else None
    for at, row in enumerate(rows.iterator() if rows is not None else ()):
        yield ("," if at else "") + json.dumps(row, default=str, ensure_ascii=False)
    yield '], "connections": ['
    ties = Connection.objects.filter(source__key=key) if key else None
    found = ties.order_by("pk").values(*TIES).iterator() if ties is not None else ()
    for at, row in enumerate(found):
        yield ("," if at else "") + json.dumps(row, default=str)
    yield "]}"

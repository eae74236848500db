"""The asker's ties to other accounts: see them, ask for one, end one.

A tie asked for here speaks only once the other side has asked for the same: nobody
learns what another likes by naming them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import router, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from shop_personalize.api.base import Pages, ReadThrottle, ShopView, StaffView, paged
from shop_personalize.api.serializers import ID_LENGTH
from shop_personalize.api.throttles import EventsThrottle, SameShop
from shop_personalize.capture import visitors
from shop_personalize.capture.consent import FULL
from shop_personalize.models import Connection, Visitor
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

MOST_OWN = 500
"""Ties one account may ask for."""
VISITOR = Connection.Origin.VISITOR


class ConnectionQuerySerializer(serializers.Serializer):
    """``user``: only ties with that account; ``incoming``: those others asked for."""

    user = serializers.CharField(max_length=ID_LENGTH, required=False)
    incoming = serializers.BooleanField(default=False)


class ConnectionWishSerializer(serializers.Serializer):
    user = serializers.CharField(max_length=ID_LENGTH)
    kind = serializers.ChoiceField(
        choices=Connection.Kind.choices, default=Connection.Kind.FOLLOW
    )


class ConnectionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Connection
        fields = ["id", "kind", "weight", "origin", "confirmed", "created_at"]
        read_only_fields = fields


class StaffConnectionSerializer(ConnectionSerializer):
    from_key = serializers.CharField(source="source.key", read_only=True)
    to_key = serializers.CharField(source="target.key", read_only=True)

    class Meta(ConnectionSerializer.Meta):
        fields = ["from_key", "to_key", *ConnectionSerializer.Meta.fields]
        read_only_fields = fields


class ConnectionsView(ShopView):
    permission_classes = [IsAuthenticated, SameShop]
    pagination_class = Pages

    def get_throttles(self) -> list[Any]:
        """Asking for ties is counted like reporting events, reading like reading."""
        reading = self.request.method in {"GET", "HEAD", "OPTIONS"}
        return [ReadThrottle() if reading else EventsThrottle()]

    @extend_schema(
        parameters=[ConnectionQuerySerializer],
        responses=ConnectionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The asker's ties, page by page."""
        given = self.read(ConnectionQuerySerializer, request.query_params)
        mine, other = (
            ("target", "source") if given["incoming"] else ("source", "target")
        )
        rows = Connection.objects.filter(**{f"{mine}__key": _own_key(request)})
        if "user" in given:
            rows = rows.filter(**{f"{other}__key": visitor_key("user", given["user"])})
        return paged(self, rows.order_by("-pk"), ConnectionSerializer)

    @extend_schema(
        request=ConnectionWishSerializer, responses={201: ConnectionSerializer}
    )
    def post(self, request: Request) -> Response:
        """Ask for a tie, or agree to one that the other side asked for."""
        given = self.read(ConnectionWishSerializer, request.data)
        known = getattr(request._request, "personalize", None)
        if known is not None and known.consent != FULL:
            raise PermissionDenied(_("You have not agreed to be remembered."))
        asked = _asked(_own_key(request), given["user"], given["kind"])
        return Response(ConnectionSerializer(asked).data, status=201)


class ConnectionView(ShopView):
    permission_classes = [IsAuthenticated, SameShop]
    throttle_classes = [EventsThrottle]

    @extend_schema(responses={204: OpenApiResponse(description="ended")})
    def delete(self, request: Request, pk: int) -> Response:
        """End a tie, whichever side asked for it."""
        key = _own_key(request)
        own = Q(source__key=key) | Q(target__key=key)
        using = router.db_for_write(Connection)
        with transaction.atomic(using=using):
            rows = Connection.objects.using(using).filter(own, origin=VISITOR)
            row = rows.filter(pk=pk).first()
            if row is None:
                raise NotFound(_("No such connection of yours."))
            _back(row).update(confirmed=False)
            row.delete()
        return Response(status=204)


class AllConnectionsView(StaffView):
    """For staff: every tie, with the pseudonyms of both sides."""

    permission = "shop_personalize.view_connection"
    pagination_class = Pages

    @extend_schema(responses=StaffConnectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = Connection.objects.select_related("source", "target").order_by("-pk")
        return paged(self, rows, StaffConnectionSerializer)


def _own_key(request: Request) -> str:
    return visitor_key("user", request.user.pk)


def _asked(own: str, user: str, kind: str) -> Connection:
    other = visitor_key("user", user)
    if other == own:
        raise ValidationError({"user": _("This is you.")})
    ids = visitors.visitor_ids(dict.fromkeys((own, other), Visitor.Kind.USER))
    if own not in ids or other not in ids:
        raise ValidationError({"user": _("This account takes no connections.")})
    using = router.db_for_write(Connection)
    with transaction.atomic(using=using):
        stored = Connection.objects.using(using)
        mine = stored.filter(source=ids[own])
        if mine.count() >= MOST_OWN:
            raise ValidationError({"user": _("These are too many connections.")})
        row, _made = stored.get_or_create(
            source_id=ids[own],
            target_id=ids[other],
            kind=kind,
            defaults={
                "origin": VISITOR,
                "confirmed": False,
                "created_at": timezone.now(),
            },
        )
        if row.origin == VISITOR and _back(row).update(confirmed=True):
            row.confirmed = True
            row.save(using=using, update_fields=["confirmed"])
    return row


def _back(row: Connection) -> QuerySet[Connection]:
    """The same tie from the other side, if a visitor asked for it."""
    return Connection.objects.using(row._state.db).filter(
        source=row.target_id, target=row.source_id, kind=row.kind, origin=VISITOR
    )

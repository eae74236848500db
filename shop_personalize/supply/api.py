"""For staff: what is expected of a product, what to order, and deciding it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from shop_personalize.api.base import StaffView, paged
from shop_personalize.supply import words
from shop_personalize.supply.conf import GRAINS, supply_settings
from shop_personalize.supply.keys import key_of
from shop_personalize.supply.models import ItemState, Level, Reorder, Supplier
from shop_personalize.supply.selectors import purchase, series
from shop_personalize.supply.services import deciding
from shop_personalize.supply.services.refused import RefusedError

if TYPE_CHECKING:
    from rest_framework.request import Request

APP = "shop_personalize_supply"
NOBODY = "none"
MOST = 2_000_000_000
LAST = 2**63 - 1
"""The last key that a row can have."""


class GrainSerializer(serializers.Serializer):
    by = serializers.ChoiceField(
        choices=GRAINS, required=False, help_text="Days, weeks or months."
    )


class PeriodSerializer(serializers.Serializer):
    start = serializers.DateField()
    expected = serializers.FloatField()
    low80 = serializers.FloatField()
    high80 = serializers.FloatField()
    low95 = serializers.FloatField()
    high95 = serializers.FloatField()


class SoldSerializer(serializers.Serializer):
    start = serializers.DateField()
    units = serializers.FloatField()


class ForecastSerializer(serializers.Serializer):
    """An error that cannot be told yet is null."""

    item_id = serializers.CharField()
    by = serializers.CharField()
    method = serializers.CharField()
    error = serializers.FloatField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())
    sold = SoldSerializer(many=True)
    expected = PeriodSerializer(many=True)


class StateSerializer(serializers.ModelSerializer):
    notes = serializers.SerializerMethodField()

    class Meta:
        model = ItemState
        fields = [
            "item_id",
            "title",
            "category",
            "stock",
            "on_order",
            "expected",
            "cover_days",
            "risk",
            "surplus",
            "tied",
            "currency",
            "pressure",
            "abc",
            "xyz",
            "notes",
            "measured_at",
        ]
        read_only_fields = fields

    def get_notes(self, state: ItemState) -> list[str]:
        return words.notes(state.notes)


class ReorderSerializer(serializers.ModelSerializer):
    headline = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    supplier = serializers.CharField(source="supplier.name", default="")

    class Meta:
        model = Reorder
        fields = [
            "id",
            "item_id",
            "state",
            "supplier",
            "suggested",
            "quantity",
            "unit_cost",
            "currency",
            "order_by",
            "due_on",
            "risk",
            "facts",
            "headline",
            "why",
            "reason",
            "decided_at",
            "ordered_at",
            "received_at",
        ]
        read_only_fields = fields

    def get_headline(self, reorder: Reorder) -> str:
        return words.headline(reorder)

    def get_why(self, reorder: Reorder) -> list[str]:
        return words.reason(reorder)


class WhichSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=Reorder.State.values, required=False)
    supplier = serializers.IntegerField(required=False, min_value=1, max_value=LAST)


class ChangeSerializer(serializers.Serializer):
    quantity = serializers.IntegerField(min_value=1, max_value=MOST)


class DismissSerializer(serializers.Serializer):
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=200, default=""
    )


class NothingSerializer(serializers.Serializer):
    """No input is needed."""


class ForecastView(StaffView):
    """What was sold of a product and what is expected of it."""

    permission = f"{APP}.view_forecastrun"

    @extend_schema(parameters=[GrainSerializer], responses=ForecastSerializer)
    def get(self, request: Request, item_id: str) -> Response:
        given = self.read(GrainSerializer, request.query_params)
        grain = given.get("by", supply_settings().plan_by)
        told = series.told(grain, Level.PRODUCT, item_id)
        if told is None:
            raise Http404
        return Response(_forecast(item_id, told))


def _forecast(item_id: str, told: series.Told) -> dict[str, Any]:
    days = series.starts(told)
    row, known = told.series, len(told.history)
    shown = series.SHOWN[told.run.grain]
    names = ("expected", "low80", "high80", "low95", "high95")
    bands = zip(row.mean, row.low80, row.high80, row.low95, row.high95, strict=True)
    return {
        "item_id": item_id,
        "by": told.run.grain,
        "method": row.method,
        "error": row.error,
        "notes": words.notes(row.notes),
        "sold": [
            {"start": day, "units": units}
            for day, units in list(zip(days, told.history, strict=False))[-shown:]
        ],
        "expected": [
            {"start": day, **dict(zip(names, values, strict=True))}
            for day, values in zip(days[known:], bands, strict=True)
        ],
    }


class StatesView(StaffView):
    """Where every product stands, what may run out first."""

    permission = f"{APP}.view_itemstate"

    @extend_schema(responses=StateSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = ItemState.objects.order_by("-risk", "item_id")
        return paged(self, rows, StateSerializer)


class ReordersView(StaffView):
    """Suggestions and what became of them."""

    permission = f"{APP}.view_reorder"

    @extend_schema(parameters=[WhichSerializer], responses=ReorderSerializer(many=True))
    def get(self, request: Request) -> Response:
        given = self.read(WhichSerializer, request.query_params)
        rows = Reorder.objects.filter(**given).select_related("supplier")
        return paged(self, rows, ReorderSerializer)


class DecideView(StaffView):
    """One step of a suggestion; 409 where it cannot be done now, with the reason."""

    permission = f"{APP}.decide_reorder"
    serializer: type[serializers.Serializer] = NothingSerializer
    verb: Any = None

    def post(self, request: Request, pk: int) -> Response:
        given = self.read(self.serializer, request.data)
        row = get_object_or_404(Reorder, pk=pk)
        try:
            done = type(self).verb(row, user=request.user, **given)
        except RefusedError as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        return Response(ReorderSerializer(done).data)


@extend_schema(request=None, responses=ReorderSerializer)
class ApproveView(DecideView):
    """Say yes to the quantity suggested; nothing is sent to anybody."""

    verb = staticmethod(deciding.approve)


@extend_schema(request=ChangeSerializer, responses=ReorderSerializer)
class ChangeView(DecideView):
    """Say yes to another quantity."""

    serializer = ChangeSerializer
    verb = staticmethod(deciding.change)


@extend_schema(request=DismissSerializer, responses=ReorderSerializer)
class DismissView(DecideView):
    """Say no."""

    serializer = DismissSerializer
    verb = staticmethod(deciding.dismiss)


@extend_schema(request=None, responses=ReorderSerializer)
class OrderView(DecideView):
    """Note that it was ordered."""

    verb = staticmethod(deciding.order)


@extend_schema(request=None, responses=ReorderSerializer)
class ReceiveView(DecideView):
    """Note that it came."""

    verb = staticmethod(deciding.receive)


class PurchaseView(StaffView):
    """The approved lines of a supplier as CSV; ``none`` for those without one."""

    permission = f"{APP}.decide_reorder"

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, supplier: str) -> HttpResponse:
        row = None
        if supplier != NOBODY:
            row = get_object_or_404(Supplier, pk=key_of(supplier))
        return HttpResponse(
            purchase.as_csv(row), content_type="text/csv; charset=utf-8"
        )

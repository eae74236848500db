"""For staff: suggestions and what becomes of them, elasticities, simulated prices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from shop_personalize.api.base import StaffView, paged
from shop_personalize.catalog.generic.values import storable
from shop_personalize.pricing import stories
from shop_personalize.pricing.models import Elasticity, PriceSuggestion
from shop_personalize.pricing.selectors import workbench
from shop_personalize.pricing.services import deciding
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.words import limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

    from shop_personalize.pricing.selectors.workbench import Bench, Figure, Outcome

APP = "shop_personalize_pricing"
State = PriceSuggestion.State


class SuggestionSerializer(serializers.ModelSerializer):
    """Money as text, figures of a week; what is not known is null."""

    headline = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    decided_by: serializers.StringRelatedField = serializers.StringRelatedField()

    class Meta:
        model = PriceSuggestion
        fields = [
            "id",
            "item_id",
            "title",
            "category",
            "brand",
            "currency",
            "price_now",
            "suggested",
            "best_low",
            "best_high",
            "cost",
            "aim",
            "units",
            "units_change",
            "units_low",
            "units_high",
            "revenue_change",
            "revenue_low",
            "revenue_high",
            "profit_change",
            "profit_low",
            "profit_high",
            "gain",
            "elasticity",
            "elasticity_low",
            "elasticity_high",
            "source",
            "bounds",
            "origin",
            "due",
            "state",
            "reason",
            "made_at",
            "decided_at",
            "decided_by",
            "headline",
            "why",
        ]
        read_only_fields = fields

    def get_headline(self, row: PriceSuggestion) -> str:
        return stories.headline(row)

    def get_why(self, row: PriceSuggestion) -> str:
        return stories.reason(row)


class ElasticitySerializer(serializers.ModelSerializer):
    answer = serializers.SerializerMethodField()

    class Meta:
        model = Elasticity
        fields = [
            "kind",
            "key",
            "value",
            "error",
            "low",
            "high",
            "source",
            "weeks",
            "prices",
            "note",
            "own",
            "cross",
            "renewed_at",
            "answer",
        ]
        read_only_fields = fields

    def get_answer(self, row: Elasticity) -> str:
        return stories.answer(row)


class WhySerializer(serializers.Serializer):
    why = serializers.CharField(max_length=300, required=False, default="")


class ApprovalSerializer(WhySerializer):
    price = serializers.DecimalField(
        max_digits=14,
        decimal_places=4,
        required=False,
        help_text="The suggested price that is meant; another one by now is a 409.",
    )


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(State.choices, required=False, default=State.OPEN)


class PriceSerializer(serializers.Serializer):
    price = serializers.FloatField(min_value=0.0001, max_value=1e9)


class FigureSerializer(serializers.Serializer):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class OutcomeSerializer(serializers.Serializer):
    price = serializers.FloatField()
    units = FigureSerializer()
    revenue = FigureSerializer()
    profit = FigureSerializer(allow_null=True)
    forbidden_by = serializers.ListField(child=serializers.CharField())


class SimulationSerializer(serializers.Serializer):
    item_id = serializers.CharField()
    currency = serializers.CharField()
    today = OutcomeSerializer()
    then = OutcomeSerializer()
    elasticity = ElasticitySerializer()


class SuggestionsView(StaffView):
    """Suggestions of a state, those to decide first; the largest gain first."""

    permission = f"{APP}.view_pricesuggestion"

    @extend_schema(
        parameters=[StateSerializer], responses=SuggestionSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        given = self.read(StateSerializer, request.query_params)
        rows = PriceSuggestion.objects.filter(state=given["state"])
        rows = rows.select_related("decided_by").order_by("-gain", "pk")
        return paged(self, rows, SuggestionSerializer)


class _Deciding(StaffView):
    """What a person says of one suggestion; 409 says why it cannot be done."""

    permission = f"{APP}.approve_price"
    asked: type[serializers.Serializer] = WhySerializer
    verb: Callable[..., PriceSuggestion]

    @extend_schema(
        request=WhySerializer,
        responses={200: SuggestionSerializer, 409: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        given = self.read(self.asked, request.data)
        row = get_object_or_404(PriceSuggestion, pk=pk)
        try:
            done = type(self).verb(row, user=request.user, **given)
        except RefusedError as problem:
            return Response({"detail": str(problem)}, status=409)
        return Response(SuggestionSerializer(done).data)


class ApproveView(_Deciding):
    asked = ApprovalSerializer

    @extend_schema(
        request=ApprovalSerializer,
        responses={200: SuggestionSerializer, 409: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, pk: int) -> Response:
        return super().post(request, pk)

    @staticmethod
    def verb(
        row: PriceSuggestion, *, price: Decimal | None = None, **given: Any
    ) -> PriceSuggestion:
        return deciding.approve(row, seen=price, **given)


class DismissView(_Deciding):
    verb = staticmethod(deciding.dismiss)


class RevertView(_Deciding):
    verb = staticmethod(deciding.put_back)


class ElasticityView(StaffView):
    """How demand of a product answers its price."""

    permission = f"{APP}.view_elasticity"

    @extend_schema(responses=ElasticitySerializer)
    def get(self, request: Request, item_id: str) -> Response:
        _storable(item_id)
        row = get_object_or_404(Elasticity, kind=Elasticity.Kind.ITEM, key=item_id)
        return Response(ElasticitySerializer(row).data)


class SimulateView(StaffView):
    """What a price would bring a week, beside today's; nothing is changed."""

    permission = f"{APP}.view_priceditem"

    @extend_schema(
        parameters=[OpenApiParameter("price", float, required=True)],
        responses=SimulationSerializer,
    )
    def get(self, request: Request, item_id: str) -> Response:
        _storable(item_id)
        wanted = self.read(PriceSerializer, request.query_params)["price"]
        try:
            found = workbench.bench(item_id)
        except workbench.NotKnownError as problem:
            told = str(stories.PROBLEMS[problem.code])
            if problem.code == "unknown":
                raise NotFound(told) from None
            raise ValidationError({"item_id": told}) from None
        if not found.tells(wanted):
            raise ValidationError({"price": stories.too_far(found)})
        return Response(
            {
                "item_id": item_id,
                "currency": found.item.currency,
                "today": _outcome(found, found.at(found.now)),
                "then": _outcome(found, found.at(wanted)),
                "elasticity": ElasticitySerializer(found.elasticity).data,
            }
        )


def _storable(item_id: str) -> None:
    if not storable(item_id):
        raise NotFound


def _outcome(found: Bench, then: Outcome) -> dict[str, Any]:
    return {
        "price": then.price,
        "units": _figure(then.units),
        "revenue": _figure(then.revenue),
        "profit": _figure(then.profit) if then.profit else None,
        "forbidden_by": [
            limit(each, found.item.currency) for each in then.forbidden_by
        ],
    }


def _figure(found: Figure) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}

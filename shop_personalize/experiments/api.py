"""For staff: experiments and what they have found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from shop_personalize.api.base import StaffView, paged
from shop_personalize.experiments import selectors
from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.words import advice, headline

if TYPE_CHECKING:
    from rest_framework.request import Request


class ArmSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    weight = serializers.FloatField(help_text="Of 100 visitors.")
    changes = serializers.JSONField()


class ExperimentSerializer(serializers.ModelSerializer):
    arms = ArmSerializer(many=True)

    class Meta:
        model = Experiment
        fields = [
            "slug",
            "name",
            "hypothesis",
            "state",
            "kind",
            "block",
            "audience",
            "primary_metric",
            "secondary_metrics",
            "planned_visitors",
            "winner",
            "is_archived",
            "started_at",
            "ended_at",
            "arms",
        ]
        read_only_fields = fields


class ComparisonSerializer(serializers.Serializer):
    """A limit that cannot be told is null."""

    variant = serializers.CharField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    relative = serializers.FloatField(allow_null=True)
    p_value = serializers.FloatField()
    corrected_p = serializers.FloatField(allow_null=True)
    adjusted = serializers.BooleanField()


class MeasuredSerializer(serializers.Serializer):
    metric = serializers.CharField()
    currency = serializers.CharField()
    units = serializers.ListField(child=serializers.FloatField())
    means = serializers.ListField(child=serializers.FloatField(allow_null=True))
    compared = ComparisonSerializer(many=True)


class GuardSerializer(MeasuredSerializer):
    worst = serializers.FloatField(help_text="0.05: no more than 5 % less.")
    crossed = serializers.ListField(child=serializers.CharField())


class PointSerializer(serializers.Serializer):
    day = serializers.DateField()
    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class VerdictSerializer(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    advice = serializers.CharField()
    variant = serializers.CharField()
    days_left = serializers.IntegerField(allow_null=True)


class ResultSerializer(serializers.Serializer):
    day = serializers.DateField(allow_null=True)
    verdict = VerdictSerializer()
    primary = MeasuredSerializer()
    secondary = MeasuredSerializer(many=True)
    guardrails = GuardSerializer(many=True)
    sample_ratio_p = serializers.FloatField(allow_null=True)
    chances = serializers.DictField(child=serializers.FloatField())
    curves = serializers.DictField(child=PointSerializer(many=True))


class ExperimentResultSerializer(ExperimentSerializer):
    result = ResultSerializer()

    class Meta(ExperimentSerializer.Meta):
        fields = [*ExperimentSerializer.Meta.fields, "result"]
        read_only_fields = fields


class ExperimentsView(StaffView):
    """Experiments, the newest first."""

    permission = "shop_personalize_experiments.view_experiment"

    @extend_schema(responses=ExperimentSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = Experiment.objects.prefetch_related("arms").order_by("-pk")
        return paged(self, rows, ExperimentSerializer)


class ExperimentView(StaffView):
    """One experiment and what it has found so far."""

    permission = "shop_personalize_experiments.view_experiment"

    @extend_schema(responses=ExperimentResultSerializer)
    def get(self, request: Request, slug: str) -> Response:
        rows = Experiment.objects.prefetch_related("arms", "guardrails")
        experiment = get_object_or_404(rows, slug=slug)
        found = _result(selectors.result(experiment))
        return Response({**ExperimentSerializer(experiment).data, "result": found})


def _result(found: selectors.Result) -> dict[str, Any]:
    verdict = found.verdict
    return {
        "day": found.day,
        "verdict": {
            "code": verdict.code,
            "text": headline(found),
            "advice": advice(found),
            "variant": verdict.variant.key if verdict.variant else "",
            "days_left": verdict.days_left,
        },
        "primary": _measured(found.primary),
        "secondary": [_measured(each) for each in found.secondary],
        "guardrails": [
            {
                **_measured(each.measured),
                "worst": each.bound.worst,
                "crossed": [crossed.variant.key for crossed in each.crossed],
            }
            for each in found.guards
        ],
        "sample_ratio_p": found.ratio_p,
        "chances": found.chances,
        "curves": {
            key: [vars(point) for point in points]
            for key, points in found.curves.items()
        },
    }


def _measured(each: selectors.Measured) -> dict[str, Any]:
    return {
        "metric": each.metric,
        "currency": each.currency,
        "units": each.units,
        "means": each.means,
        "compared": [_compared(one) for one in each.compared],
    }


def _compared(each: selectors.Compared) -> dict[str, Any]:
    effect = each.effect
    return {
        "variant": each.variant.key,
        "difference": _finite(effect.difference),
        "low": _finite(effect.low),
        "high": _finite(effect.high),
        "relative": _finite(effect.relative),
        "p_value": effect.p_value,
        "corrected_p": each.corrected_p,
        "adjusted": each.is_adjusted,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None

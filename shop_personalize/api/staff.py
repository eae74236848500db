"""For staff: why a product was shown, model versions, jobs, training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from shop_personalize.api.base import StaffView, paged
from shop_personalize.api.serializers import (
    ExplainQuerySerializer,
    JobSerializer,
    VersionSerializer,
)
from shop_personalize.attribution import unsign
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.recommend.service import UnknownBlockError, explain

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from rest_framework.request import Request


class ExplainView(StaffView):
    """Candidates → filters → rank behind a recommendation token, as of now."""

    permission = "shop_personalize.view_block"

    @extend_schema(parameters=[ExplainQuerySerializer], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, rid: str, item_id: str) -> Response:
        given = self.read(ExplainQuerySerializer, request.query_params)
        token = unsign(rid)
        if token is None:
            raise NotFound("this token is not ours, was changed, or is too old")
        wish: dict[str, Any] = {"block": token.block, "product": given.get("on")}
        try:
            found = explain(item=item_id, visitor_key=given.get("visitor", ""), **wish)
        except UnknownBlockError as error:
            raise NotFound(str(error)) from None
        return Response({"token": _readable(token), **found})


def _readable(token: Any) -> dict[str, Any]:
    names = ("block", "recommender", "version", "position", "item", "at")
    return {name: getattr(token, name) for name in names}


class ModelsView(StaffView):
    permission = "shop_personalize.view_modelversion"

    @extend_schema(responses=VersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = ModelVersion.objects.select_related("recommender")
        return paged(self, rows.order_by("-created_at", "-pk"), VersionSerializer)


class JobsView(StaffView):
    permission = "shop_personalize.view_trainingjob"

    @extend_schema(responses=JobSerializer(many=True))
    def get(self, request: Request) -> Response:
        rows = TrainingJob.objects.select_related("recommender")
        return paged(self, rows.order_by("-created_at", "-pk"), JobSerializer)


class TrainView(StaffView):
    """Queue the training of a recommender; the answer is the job."""

    permission = "shop_personalize.train_recommender"

    @extend_schema(request=None, responses={202: JobSerializer})
    def post(self, request: Request, slug: str) -> Response:
        from shop_personalize.training.jobs import enqueue

        recommender = get_object_or_404(Recommender, slug=slug)
        job = enqueue(
            recommender=recommender, trigger="api", user=cast("User", request.user)
        )
        return Response(JobSerializer(job).data, status=202)

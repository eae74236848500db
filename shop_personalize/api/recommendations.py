"""Recommendations over HTTP: for a block, a product, a page, a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from shop_personalize.api.answers import answer
from shop_personalize.api.base import ShopView
from shop_personalize.api.serializers import (
    ID_LENGTH,
    AnswerSerializer,
    BatchAnswerSerializer,
    BatchSerializer,
    ListWishSerializer,
    RankedSerializer,
    RankSerializer,
    WishSerializer,
)
from shop_personalize.recommend.guard import guarded
from shop_personalize.recommend.ranking import rank
from shop_personalize.recommend.results import Recommendations
from shop_personalize.recommend.service import UnknownBlockError, compose, wish_of

if TYPE_CHECKING:
    from rest_framework.request import Request


def recommended(request: Request, given: dict[str, Any]) -> Recommendations:
    """The answer to a checked wish; 404 for a name nobody gave to anything."""
    wish = wish_of(**_words(given), minimum=1)

    def work() -> Recommendations | None:
        try:
            return compose(request._request, wish)
        except UnknownBlockError:
            return None

    nothing: Recommendations | None = Recommendations()
    found = guarded(work, nothing, what="recommendations over HTTP")
    if found is None:
        raise NotFound(_("No block and no recommender has this name."))
    return found


def _words(given: dict[str, Any]) -> dict[str, Any]:
    named = {key: value for key, value in given.items() if key != "n"}
    return named | ({"limit": given["n"]} if "n" in given else {})


@extend_schema(parameters=[WishSerializer], responses=AnswerSerializer)
class RecommendationsView(ShopView):
    """A block's recommendations; without ``block``, the usual ones of the page."""

    def get(self, request: Request) -> Response:
        given = self.read(WishSerializer, request.query_params)
        return Response(answer(recommended(request, given)))


@extend_schema(request=BatchSerializer, responses=BatchAnswerSerializer)
class BatchView(ShopView):
    """All blocks of a page in one call, no product twice."""

    def post(self, request: Request) -> Response:
        wishes = self.read(BatchSerializer, request.data)["requests"]
        found = [answer(recommended(request, wish)) for wish in wishes]
        return Response({"answers": found})


@extend_schema(parameters=[ListWishSerializer], responses=AnswerSerializer)
class ProductListView(ShopView):
    """Recommendations on a product's page."""

    recommender = ""

    def get(self, request: Request, item_id: str) -> Response:
        given = self.read(WishSerializer, _with_product(request, item_id))
        given["block"] = self.recommender
        return Response(answer(recommended(request, given)))


def _with_product(request: Request, item_id: str) -> Any:
    own = request.query_params
    kept = {key: own[key] for key in ("n", "category") if key in own}
    return {**kept, "product": item_id[: ID_LENGTH + 1]}


@extend_schema(parameters=[ListWishSerializer], responses=AnswerSerializer)
class RankingView(ShopView):
    """A list that is the same for everyone."""

    recommender = ""

    def get(self, request: Request) -> Response:
        given = self.read(ListWishSerializer, request.query_params)
        same = {"same_category": True} if "category" in given else {}
        wish = {**given, **same, "block": self.recommender, "personal": False}
        return Response(answer(recommended(request, wish)))


@extend_schema(request=RankSerializer, responses=RankedSerializer)
class RankView(ShopView):
    """The given product ids in the order that suits the visitor."""

    def post(self, request: Request) -> Response:
        given = self.read(RankSerializer, request.data)["items"]
        return Response({"items": rank(request._request, given)})

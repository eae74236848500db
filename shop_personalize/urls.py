"""URLs of the app: ``path("personalize/", include("shop_personalize.urls"))``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from shop_personalize.api import fragments, health, own_page
from shop_personalize.api.connections import (
    AllConnectionsView,
    ConnectionsView,
    ConnectionView,
)
from shop_personalize.api.consent import ConsentView
from shop_personalize.api.events import EventsView, GA4View
from shop_personalize.api.me import ExportView, HideView, MeView, ResetView
from shop_personalize.api.metrics import MetricsView
from shop_personalize.api.recommendations import (
    BatchView,
    ProductListView,
    RankingView,
    RankView,
    RecommendationsView,
)
from shop_personalize.api.schema import SchemaView
from shop_personalize.api.staff import ExplainView, JobsView, ModelsView, TrainView

app_name = "shop_personalize"

endpoints: list[URLPattern | URLResolver] = [
    path("recommendations/", RecommendationsView.as_view(), name="recommendations"),
    path("recommendations/batch/", BatchView.as_view(), name="batch"),
    *(
        path(
            f"products/<str:item_id>/{name}/",
            ProductListView.as_view(recommender=name),
            name=name,
        )
        for name in ("similar", "also_bought", "also_viewed")
    ),
    path("rank/", RankView.as_view(), name="rank"),
    *(
        path(f"{name}/", RankingView.as_view(recommender=name), name=name)
        for name in ("trending", "popular")
    ),
    path("events/", EventsView.as_view(), name="events"),
    path("events/ga4/", GA4View.as_view(), name="events_ga4"),
    path("me/", MeView.as_view(), name="me"),
    path("me/export/", ExportView.as_view(), name="me_export"),
    path("me/hide/<str:item_id>/", HideView.as_view(), name="me_hide"),
    path("me/reset/", ResetView.as_view(), name="me_reset"),
    path("me/consent/", ConsentView.as_view(), name="me_consent"),
    path("connections/", ConnectionsView.as_view(), name="connections"),
    path("connections/all/", AllConnectionsView.as_view(), name="connections_all"),
    path("connections/<int:pk>/", ConnectionView.as_view(), name="connection"),
    path("explain/<str:rid>/<str:item_id>/", ExplainView.as_view(), name="explain"),
    path("models/", ModelsView.as_view(), name="models"),
    path("jobs/", JobsView.as_view(), name="jobs"),
    path("recommenders/<slug:slug>/train/", TrainView.as_view(), name="train"),
    path("metrics", MetricsView.as_view(), name="metrics"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *endpoints,
    path("me/page/", own_page.OwnPage.as_view(), name="own_page"),
    path("blocks/<str:name>/", fragments.block, name="block"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("schema/", SchemaView.as_view(endpoints=endpoints), name="schema"),
]

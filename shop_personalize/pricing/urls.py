"""URLs of the slice, to be included beside those of the core::

path("personalize/pricing/", include("shop_personalize.pricing.urls")),
"""

from __future__ import annotations

from django.urls import path

from shop_personalize.pricing.api import (
    ApproveView,
    DismissView,
    ElasticityView,
    RevertView,
    SimulateView,
    SuggestionsView,
)

app_name = "shop_personalize_pricing"

urlpatterns = [
    path("suggestions/", SuggestionsView.as_view(), name="suggestions"),
    path("suggestions/<int:pk>/approve/", ApproveView.as_view(), name="approve"),
    path("suggestions/<int:pk>/dismiss/", DismissView.as_view(), name="dismiss"),
    path("suggestions/<int:pk>/revert/", RevertView.as_view(), name="revert"),
    path(
        "products/<str:item_id>/elasticity/",
        ElasticityView.as_view(),
        name="elasticity",
    ),
    path("products/<str:item_id>/simulate/", SimulateView.as_view(), name="simulate"),
]

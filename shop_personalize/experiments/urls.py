"""URLs of the slice, to be included beside those of the core::

path("personalize/experiments/", include("shop_personalize.experiments.urls")),
"""

from __future__ import annotations

from django.urls import path

from shop_personalize.experiments.api import ExperimentsView, ExperimentView

app_name = "shop_personalize_experiments"

urlpatterns = [
    path("", ExperimentsView.as_view(), name="experiments"),
    path("<slug:slug>/", ExperimentView.as_view(), name="experiment"),
]

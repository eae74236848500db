from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("example_project.shop.urls")),
    path("favicon.ico", RedirectView.as_view(url="/picture/bird/green.svg")),
    path("language/", include("django.conf.urls.i18n")),
    path("personalize/", include("shop_personalize.urls")),
    path("personalize/experiments/", include("shop_personalize.experiments.urls")),
    path("personalize/pricing/", include("shop_personalize.pricing.urls")),
    path("personalize/supply/", include("shop_personalize.supply.urls")),
    path("admin/", admin.site.urls),
]

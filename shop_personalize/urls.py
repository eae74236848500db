"""URLs of the app; include them as ``path("personalize/", include("shop_personalize.urls"))``."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "shop_personalize"
urlpatterns: list[URLPattern | URLResolver] = []

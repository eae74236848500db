"""The gifts shop with its products in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import path

from tests.projects.gifts.models import Product
from tests.projects.gifts.urls import urlpatterns as shop


def urls_with(part: type) -> list[Any]:
    """Its addresses, where the page of a product has ``part`` among its bases."""
    fields = {"readonly_fields": ["description"]}
    site = admin.AdminSite(name="admin")
    for model, registered in admin.site._registry.items():
        site.register(model, type(registered))
    site.register(Product, type("ProductAdmin", (part, admin.ModelAdmin), fields))
    return [
        path("admin/", site.urls),
        *(each for each in shop if getattr(each, "namespace", "") != "admin"),
    ]

"""The gifts shop with its products in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from shop_personalize.supply.admin.product import SuppliedHere
from tests.projects.gifts.models import Product
from tests.projects.gifts.urls import urlpatterns as shop


class ProductAdmin(SuppliedHere, admin.ModelAdmin):
    readonly_fields = ["description"]


site = admin.AdminSite(name="admin")
for model, registered in admin.site._registry.items():
    site.register(model, type(registered))
site.register(Product, ProductAdmin)

urlpatterns = [
    path("admin/", site.urls),
    *(each for each in shop if getattr(each, "namespace", "") != "admin"),
]

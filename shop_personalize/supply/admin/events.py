from __future__ import annotations

from django.contrib import admin

from shop_personalize.admin.access import PersonalizeAdmin
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.models import Event


@admin.register(Event)
class EventAdmin(SupplyMedia, PersonalizeAdmin):
    folder = APP
    list_display = ["name", "kind", "first", "last", "yearly", "category", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "category"]

from __future__ import annotations

from django.contrib import admin

from shop_personalize.pricing.admin.base import PricingFactAdmin
from shop_personalize.pricing.models import Markdown


@admin.register(Markdown)
class MarkdownAdmin(PricingFactAdmin):
    list_display = ["title", "clear_by", "state"]

from __future__ import annotations

from django.contrib import admin

from example_project.shop.models import Category, Order, OrderLine, Product
from shop_personalize.supply.admin.product import SuppliedHere


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "position"]


@admin.register(Product)
class ProductAdmin(SuppliedHere, admin.ModelAdmin):
    list_display = ["title", "sku", "category", "price", "stock", "available"]
    list_editable = ["stock", "available"]
    list_filter = ["available", "category"]
    list_select_related = ["category"]
    search_fields = ["title", "sku"]
    prepopulated_fields = {"slug": ["title"]}
    show_full_result_count = False


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0
    raw_id_fields = ["product"]


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "user", "placed_at", "total", "status"]
    list_filter = ["status"]
    list_select_related = ["user"]
    search_fields = ["=number", "user__username"]
    raw_id_fields = ["user"]
    inlines = [OrderLineInline]
    show_full_result_count = False

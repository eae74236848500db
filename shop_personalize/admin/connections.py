from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import FactAdmin
from shop_personalize.models import Connection


@admin.register(Connection)
class ConnectionAdmin(FactAdmin):
    list_display = [
        "from_whom",
        "kind",
        "to_whom",
        "weight",
        "origin",
        "confirmed",
        "created_at",
    ]
    list_filter = ["kind", "origin", "confirmed"]
    list_select_related = ["source", "target"]
    search_fields = ["^source__key", "^target__key"]
    search_help_text = gettext_lazy("The start of a visitor's key.")
    ordering = ["-id"]
    fields = [
        ("source", "target"),
        ("kind", "weight"),
        ("origin", "confirmed"),
        "created_at",
    ]

    @admin.display(description=gettext_lazy("from"), ordering="source__key")
    def from_whom(self, connection: Connection) -> str:
        return str(connection.source)

    @admin.display(description=gettext_lazy("to"), ordering="target__key")
    def to_whom(self, connection: Connection) -> str:
        return str(connection.target)

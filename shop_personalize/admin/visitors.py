from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import FactAdmin
from shop_personalize.admin.charts import Bar, bars
from shop_personalize.admin.interactions import named, product_cell
from shop_personalize.admin.words import kind_name
from shop_personalize.models import Block, Interaction, Visitor
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LAST = 50


def keys_of_user(name: str) -> list[str]:
    """The pseudonyms of the account with this user name or e-mail address."""
    users = get_user_model()._default_manager
    field = get_user_model().USERNAME_FIELD
    keys = [
        visitor_key("user", pk)
        for pk in users.filter(**{field: name}).values_list("pk", flat=True)
    ]
    return [*keys, visitor_key("email", name)] if "@" in name else keys


@admin.register(Visitor)
class VisitorAdmin(FactAdmin):
    list_display = ["short", "kind", "first_seen", "is_person", "merged_into"]
    list_filter = ["kind", "is_bot", "is_erased"]
    list_select_related = ["merged_into"]
    search_fields = ["^key"]
    search_help_text = gettext_lazy("The start of a key, or a customer's user name.")
    ordering = ["-id"]
    change_list_template = "admin/shop_personalize/visitor_list.html"
    change_form_template = "admin/shop_personalize/visitor_form.html"
    fields = [("kind", "first_seen"), ("is_bot", "is_erased"), "merged_into", "key"]

    @admin.display(description=gettext_lazy("visitor"), ordering="key")
    def short(self, visitor: Visitor) -> str:
        return visitor.key[:8]

    @admin.display(description=gettext_lazy("counted"), boolean=True)
    def is_person(self, visitor: Visitor) -> bool:
        return not visitor.is_bot

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Visitor], search_term: str
    ) -> tuple[QuerySet[Visitor], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = Q(key__startswith=term) | Q(key__in=keys_of_user(term))
        return queryset.filter(wanted), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        visitor = self.get_object(request, object_id)
        context = _history(visitor) if visitor else {}
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )


def _history(visitor: Visitor) -> dict[str, Any]:
    mine = Interaction.objects.filter(visitor=visitor).order_by("-occurred_at")
    last = list(mine[:LAST])
    named(last)
    counts = Counter(one.kind for one in last).most_common()
    return {
        "sp_rows": [
            (one.occurred_at, kind_name(one.kind), product_cell(one)) for one in last
        ],
        "sp_kinds": bars(
            _("How often"),
            [Bar(kind_name(kind), count) for kind, count in counts],
        )
        if counts
        else "",
        "sp_key": visitor.key,
        "sp_previews": list(Block.objects.filter(is_active=True)),
    }

"""By what suggestions are filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.pricing.admin.summary import surely
from shop_personalize.pricing.models import PriceSuggestion

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

State = PriceSuggestion.State


class StateFilter(admin.SimpleListFilter):
    """What is to be decided, unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        known = [pair for pair in State.choices if pair[0] != State.OPEN]
        return [*known, ("all", _("all of them"))]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": State.OPEN.label}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = self.value()
        if wanted == "all":
            return queryset
        return queryset.filter(state=wanted if wanted in State.values else State.OPEN)


class WayFilter(admin.SimpleListFilter):
    title = gettext_lazy("which way")
    parameter_name = "way"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [("up", _("dearer")), ("down", _("cheaper"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "up":
            return queryset.filter(suggested__gt=F("price_now"))
        if self.value() == "down":
            return queryset.filter(suggested__lt=F("price_now"))
        return queryset


class SurenessFilter(admin.SimpleListFilter):
    title = gettext_lazy("how sure")
    parameter_name = "sure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [
            ("gain", _("better in 9 of 10 cases")),
            ("own", _("known from its own sales")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "gain":
            return surely(queryset)
        return queryset.filter(source="own") if self.value() == "own" else queryset

"""Suppliers and the supply of products, by hand or from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from shop_personalize.admin.access import PersonalizeAdmin, user_of
from shop_personalize.admin.numbers import NOTHING, number
from shop_personalize.supply import words
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.models import ItemSupply, Supplier
from shop_personalize.supply.selectors import rhythm
from shop_personalize.supply.selectors.overview import titles_of
from shop_personalize.supply.services import importing
from shop_personalize.supply.services.refused import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

MOST_BYTES = 20 * 1024 * 1024


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV file"))

    def clean_file(self) -> str:
        """The text of the file; UTF-8, or what an old spreadsheet writes."""
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        raw: bytes = given.read()
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            return raw.decode("cp1252", errors="replace")


class ImportingAdmin(SupplyMedia, PersonalizeAdmin):
    """A list with a button that reads a file."""

    read: Callable[..., importing.Imported]
    """The service that takes the text of the file."""
    folder = APP
    change_list_template = f"admin/{APP}/importing.html"
    columns: tuple[str, ...] = ()

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "POST"])(self.import_view)
        name = f"{APP}_{self.opts.model_name}_import"
        return [
            path("import/", self.admin_site.admin_view(view), name=name),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "sp_import": f"admin:{APP}_{self.opts.model_name}_import",
            "sp_may_import": self._may_import(request),
        }

    def _may_import(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self._may_import(request):
            raise PermissionDenied
        form = FileForm(request.POST or None, request.FILES or None)
        wrong: list[str] = []
        if request.method == "POST" and form.is_valid():
            try:
                done = self.read(form.cleaned_data["file"], user=user_of(request))
            except importing.WrongLinesError as error:
                wrong = error.lines[: importing.MOST_TOLD]
            except RefusedError as error:
                wrong = [str(error)]
            else:
                told = _("Imported: %(new)s new, %(changed)s changed.")
                words = {"new": number(done.created), "changed": number(done.changed)}
                messages.success(request, told % words)
                return redirect(f"admin:{APP}_{self.opts.model_name}_changelist")
        context = {
            "title": _("Read a CSV file"),
            "form": form,
            "wrong": wrong,
            "columns": self.columns,
        }
        return self.page(request, "import.html", context)


@admin.register(Supplier)
class SupplierAdmin(ImportingAdmin):
    columns = importing.SUPPLIERS
    read = staticmethod(importing.suppliers)
    list_display = [
        "name",
        "lead_time_days",
        "lead_time_sd",
        "review_days",
        "cheapest",
        "minimum_order_value",
        "currency",
        "products",
    ]
    search_fields = ["name", "email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Supplier]:
        return super().get_queryset(request).annotate(count=Count("items"))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        rows: Any = changelist.result_list
        found = rhythm.cheapest_days(rows)
        for row in rows:
            row.cheapest_days = found.get(row.pk)
        return changelist

    @admin.display(description=gettext_lazy("cheapest to order"))
    def cheapest(self, supplier: Any) -> str:
        days = supplier.cheapest_days
        if days is None:
            return NOTHING
        return _("every %(days)s") % {"days": words.days_of(max(days, 1))}

    @admin.display(description=gettext_lazy("products"), ordering="count")
    def products(self, supplier: Any) -> str:
        return number(supplier.count)


@admin.register(ItemSupply)
class ItemSupplyAdmin(ImportingAdmin):
    columns = importing.ITEMS
    read = staticmethod(importing.items)
    list_display = [
        "item_id",
        "title",
        "supplier",
        "lead_time_days",
        "unit_cost",
        "pack",
        "minimum",
        "service_level",
        "is_active",
    ]
    list_filter = ["supplier", "is_active"]
    list_select_related = ["supplier"]
    search_fields = ["=item_id"]
    autocomplete_fields = ["supplier"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Titles of a page's products in one query."""
        changelist = super().get_changelist_instance(request)
        rows: Any = changelist.result_list
        titles = titles_of([row.item_id for row in rows])
        for row in rows:
            row.title = titles.get(row.item_id, "")
        return changelist

    @admin.display(description=gettext_lazy("title"))
    def title(self, row: Any) -> str:
        return row.title

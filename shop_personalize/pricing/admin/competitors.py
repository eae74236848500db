from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from shop_personalize.admin.access import note_all, require
from shop_personalize.admin.product_search import found_by
from shop_personalize.admin.products import currency
from shop_personalize.catalog.generic import values
from shop_personalize.pricing.admin.base import (
    APP,
    PricingAdmin,
    back,
    bench_url,
    refused_text,
    tell,
)
from shop_personalize.pricing.models import CompetitorPrice
from shop_personalize.pricing.services import competing
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

PREFIX = f"{APP}_competitorprice"
ADD = f"{APP}.add_competitorprice"
MOST_BYTES = 10 * 1024 * 1024


class PriceForm(forms.ModelForm):
    class Meta:
        model = CompetitorPrice
        fields = ["item_id", "competitor", "price", "currency", "seen_at"]

    def clean_item_id(self) -> str:
        """A product may be named by its title."""
        ids, wrong = found_by(self.cleaned_data["item_id"])
        if wrong or len(ids) != 1:
            raise ValidationError(wrong or _("One product a price."))
        return ids[0]

    def clean_currency(self) -> str:
        code = values.currency(self.cleaned_data["currency"])
        if not code:
            raise ValidationError(_("no currency is named"))
        return code

    def clean_seen_at(self) -> Any:
        """A price of tomorrow would be the latest one until then."""
        found = self.cleaned_data["seen_at"]
        if found > timezone.now():
            told = _("“%(text)s” is still to come")
            raise ValidationError(told % {"text": found.date()})
        return found


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("CSV file"))
    currency = forms.CharField(
        label=gettext_lazy("currency of lines that name none"),
        max_length=3,
        required=False,
    )
    is_trial = forms.BooleanField(
        label=gettext_lazy("only check the lines"), required=False
    )

    def clean_file(self) -> str:
        given = self.cleaned_data["file"]
        if given.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 10 MB; send it in parts."))
        try:
            return str(given.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError(_("The file is not UTF-8 text.")) from None


@admin.register(CompetitorPrice)
class CompetitorPriceAdmin(PricingAdmin):
    form = PriceForm
    list_display = ["product", "competitor", "asked", "seen_at"]
    list_filter = ["competitor"]
    search_fields = ["=item_id", "competitor"]
    date_hierarchy = None
    list_per_page = 50
    change_list_template = f"admin/{APP}/competitors.html"

    def get_urls(self) -> list[URLPattern]:
        either = require_http_methods(["GET", "POST"])
        view = self.admin_site.admin_view(either(self.import_view))
        return [path("import/", view, name=f"{PREFIX}_import"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"currency": currency(), **super().get_changeform_initial_data(request)}

    def import_view(self, request: HttpRequest) -> HttpResponse:
        require(request, ADD)
        given = request.POST or None
        form = ImportForm(
            given, request.FILES or None, initial={"currency": currency()}
        )
        report = None
        if request.method == "POST" and form.is_valid():
            wish = form.cleaned_data
            try:
                report = competing.import_csv(
                    wish["file"], currency=wish["currency"], dry_run=wish["is_trial"]
                )
            except RefusedError as problem:
                tell(request, "", [refused_text(problem)])
            else:
                if not report.wrong and not wish["is_trial"]:
                    self._done(request, report)
                    return back(request, reverse(f"admin:{PREFIX}_changelist"))
                if not wish["is_trial"]:
                    self._done(request, report)
        context = {
            "title": _("Import competitors' prices"),
            "form": form,
            "report": report,
            "wrong": report.wrong[: competing.SHOWN] if report else [],
            "columns": ", ".join(competing.COLUMNS),
        }
        return self.page(request, "import.html", context)

    def _done(self, request: HttpRequest, report: competing.Report) -> None:
        told = ngettext(
            "%(n)s price taken over.", "%(n)s prices taken over.", report.taken
        )
        text = told % {"n": report.taken}
        note_all(request, CompetitorPrice, text)
        tell(request, text, [])

    @admin.display(description=gettext_lazy("product"), ordering="item_id")
    def product(self, row: CompetitorPrice) -> SafeString:
        return format_html('<a href="{}">{}</a>', bench_url(row.item_id), row.item_id)

    @admin.display(description=gettext_lazy("price"), ordering="price")
    def asked(self, row: CompetitorPrice) -> str:
        return price(row.price, row.currency)

"""What a new product may cost: a form, and the answer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.numbers import number
from shop_personalize.pricing.models import PricedItem
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.words import more_percent, price, span

if TYPE_CHECKING:
    from django.http import QueryDict

    from shop_personalize.pricing.services.newcomers import Estimate

TITLE = gettext_lazy("What may a new product cost?")
OFFERED = 200
KINDS = {
    "word": gettext_lazy("word"),
    "words": gettext_lazy("words together"),
    "word in category": gettext_lazy("word in its category"),
    "word of brand": gettext_lazy("word of its brand"),
    "brand in category": gettext_lazy("brand in its category"),
    "attribute in category": gettext_lazy("attribute in its category"),
    "attributes": gettext_lazy("attributes together"),
    "brand": gettext_lazy("brand"),
    "category": gettext_lazy("category"),
    "attribute": gettext_lazy("attribute"),
}


class NewcomerForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("title"), max_length=200)
    brand = forms.CharField(label=gettext_lazy("brand"), max_length=120, required=False)
    category = forms.CharField(
        label=gettext_lazy("category"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"list": "sp-categories"}),
    )
    text = forms.CharField(
        label=gettext_lazy("description"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def page(given: QueryDict) -> dict[str, Any]:
    # What learns is heavy to import, and few open this page.
    from shop_personalize.pricing.services import newcomers

    form = NewcomerForm(given if "title" in given else None)
    context: dict[str, Any] = {
        "title": TITLE,
        "form": form,
        "categories": _categories(),
    }
    if not form.is_bound or not form.is_valid():
        return context
    try:
        found = newcomers.estimate(**form.cleaned_data)
    except RefusedError as problem:
        return {**context, "problem": str(problem)}
    if found is None:
        return {**context, "is_learning": True}
    return {**context, **_told(found)}


def _told(found: Estimate) -> dict[str, Any]:
    code = found.currency
    words = {
        "price": price(found.price, code),
        "span": span(price(found.low, code), price(found.high, code)),
    }
    return {
        "title": _("About %(price)s, in 8 of 10 cases %(span)s") % words,
        "products": number(found.products, 0),
        "pulls": [
            (KINDS.get(kind, kind), name, more_percent(share))
            for kind, name, share in found.pulls
        ],
    }


def _categories() -> list[str]:
    rows = PricedItem.objects.exclude(category="").order_by("category")
    return list(rows.values_list("category", flat=True).distinct()[:OFFERED])

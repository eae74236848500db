"""The form of a rule: what to do, with which products, where, for whom, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.numbers import number
from shop_personalize.admin.preview_form import block_name
from shop_personalize.admin.rule_conditions import ConditionsField
from shop_personalize.admin.rule_items import ItemsField
from shop_personalize.admin.sliders import Slider
from shop_personalize.models import Rule

MOVES = {Rule.Action.BOOST, Rule.Action.BURY}
NEEDED = gettext_lazy(
    "Choose products or set a condition: as it stands this would mean every product."
)

PRODUCTS: Any = (
    gettext_lazy("Which products"),
    {
        "description": gettext_lazy(
            "Those chosen; without any, all that fulfil the conditions; with "
            "both, the chosen ones as long as they fulfil the conditions."
        ),
        "fields": ["items", "conditions"],
    },
)
FIELDSETS: list[Any] = [
    (None, {"fields": ["name", "is_active", "action", "position", "strength"]}),
    PRODUCTS,
    (gettext_lazy("Where and for whom"), {"fields": ["block", "page", "audience"]}),
    (
        gettext_lazy("When"),
        {
            "description": gettext_lazy("Empty: at any time, for as long as it is on."),
            "fields": [("starts_at", "ends_at")],
        },
    ),
    (
        gettext_lazy("More"),
        {"classes": ["collapse"], "fields": ["priority", "site"]},
    ),
]


class RuleForm(forms.ModelForm):
    items = ItemsField(
        label=gettext_lazy("Products"),
        required=False,
        help_text=gettext_lazy(
            "A title, an id, or several ids with commas between; "
            "empty: all that fulfil the conditions."
        ),
    )
    conditions = ConditionsField(
        label=gettext_lazy("Conditions"),
        required=False,
        help_text=gettext_lazy(
            "All must hold of a product. Several words: “Mugs; Bags”. "
            "Between two numbers: “5; 10”."
        ),
    )

    class Meta:
        model = Rule
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets name them
        widgets = {"strength": Slider}
        help_texts = {
            "strength": gettext_lazy(
                "How far products are moved earlier or later; 100 % is past all others."
            ),
            "block": "",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        block: Any = self.fields.get("block")
        if block is not None:
            block.label_from_instance = block_name
            block.empty_label = _("every block")

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._clean_products()
        self._clean_schedule()
        self._clean_place()
        return cleaned

    def _clean_products(self) -> None:
        both = {"items", "conditions"}
        if both & set(self.errors) or not both <= set(self.fields):
            return
        if not any(self.cleaned_data.get(name) for name in both):
            self.add_error(None, NEEDED)

    def _clean_schedule(self) -> None:
        starts, ends = (self.cleaned_data.get(n) for n in ("starts_at", "ends_at"))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it begins."))

    def _clean_place(self) -> None:
        block, place = (self.cleaned_data.get(n) for n in ("block", "position"))
        if self.cleaned_data.get("action") != Rule.Action.PIN or not block or not place:
            return
        if place > block.limit:
            told = ngettext(
                "The block shows %(n)s product only.",
                "The block shows %(n)s products only.",
                block.limit,
            )
            self.add_error("position", told % {"n": number(block.limit)})

"""The form of a block: sliders in groups, each with a sentence on what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.numbers import percent
from shop_personalize.admin.products import knows
from shop_personalize.models import Block
from shop_personalize.registry.pressure import pressure

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

OBJECTIVES = ("revenue", "margin", "freshness", "clearance", "stock")
"""What a block may serve besides what fits; each is weighed against relevance."""

FIELDSETS: list[Any] = [
    (None, {"fields": ["title", "slug", "page", "is_active"]}),
    (
        gettext_lazy("When"),
        {
            "description": gettext_lazy("Empty: at any time, for as long as it is on."),
            "fields": ["shown_when", ("starts_at", "ends_at")],
        },
    ),
    (
        gettext_lazy("What is shown"),
        {"fields": [("limit", "minimum"), "show_reason", "same_category"]},
    ),
    (
        gettext_lazy("What it is for"),
        {
            "description": gettext_lazy(
                "What fits the visitor always counts; a slider at 100 % counts as "
                "much. Relevance is the part that this leaves to what fits."
            ),
            "fields": ["relevance", *OBJECTIVES],
        },
    ),
    (
        gettext_lazy("Variety"),
        {
            "description": gettext_lazy(
                "Keeps a list from showing the same kind of thing eight times."
            ),
            "fields": ["diversity", "per_category", "calibration", "damping"],
        },
    ),
    (
        gettext_lazy("Change"),
        {
            "description": gettext_lazy(
                "Shows those who come back something else, and lets the shop learn "
                "about what it never showed."
            ),
            "fields": ["rotation", "exploration"],
        },
    ),
    (
        gettext_lazy("What is left out"),
        {"fields": [("exclude_purchased", "rebuy_days"), "exclude_basket"]},
    ),
    (
        gettext_lazy("More"),
        {"classes": ["collapse"], "fields": ["template", "site", "position"]},
    ),
]


FACT_NAMES = {
    "price": gettext_lazy("price"),
    "cost": gettext_lazy("cost"),
    "created": gettext_lazy("date of arrival"),
    "stock": gettext_lazy("stock"),
}
HELP = {
    "revenue": gettext_lazy("How much what brings in more money counts."),
    "margin": gettext_lazy("How much what earns more counts; needs the cost."),
    "freshness": gettext_lazy("How much what is new in the shop counts."),
    "clearance": gettext_lazy("How much what lies long in stock counts."),
    "stock": gettext_lazy("How much what runs out is spared and what must go pushed."),
    "diversity": gettext_lazy(
        "How much later a product comes that is like those before it."
    ),
    "calibration": gettext_lazy(
        "Who buys two thirds mugs and one third bags is shown about that."
    ),
    "damping": gettext_lazy("Makes room for what fewer people know."),
    "rotation": gettext_lazy(
        "How much later a product comes that this visitor saw often and did not click."
    ),
    "exploration": gettext_lazy(
        "This share of the places: 10 % of ten products is one. "
        "A visitor sees the same ones all day."
    ),
}


class BlockForm(forms.ModelForm):
    class Meta:
        model = Block
        fields = "__all__"  # noqa: DJ007  the admin's fieldsets name them
        help_texts = HELP

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from shop_personalize.recommend.config import OBJECTIVES as NEEDED

        for name, facts in NEEDED.items():
            missing = next((fact for fact in facts if not knows(fact)), None)
            if name in self.fields and missing:
                self.fields[name].help_text = _does_nothing(missing)
        if "stock" in self.fields and not pressure.is_offered:
            self.fields["stock"].help_text = _(
                "Does nothing yet: nobody tells what runs out. "
                "Put shop_personalize.supply into INSTALLED_APPS."
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        starts, ends = (self.cleaned_data.get(n) for n in ("starts_at", "ends_at"))
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It must end after it begins."))
        return cleaned


def _does_nothing(fact: str) -> str:
    told = _(
        "Does nothing yet: the catalog knows no %(fact)s. "
        "Name it in SHOP_PERSONALIZE['CATALOG']['%(key)s']."
    )
    return told % {"fact": FACT_NAMES[fact], "key": fact}


def relevance(block: Block | None) -> SafeString:
    """The part of what fits in the order; admin.js follows the sliders."""
    others = sum(getattr(block, name) for name in OBJECTIVES) if block else 0.0
    return format_html(
        '<output class="sp-rest" data-sp-rest="{}">{}</output>',
        " ".join(f"id_{name}" for name in OBJECTIVES),
        percent(1 / (1 + others), 0),
    )

"""The form of a draft, in plain words; the variants and steps are rows below it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.preview_form import block_name
from shop_personalize.experiments.admin.arm_form import (
    FIELDSETS as ARM_FIELDSETS,
)
from shop_personalize.experiments.admin.arm_form import (
    ArmForm,
    ArmFormSet,
    EmptyForm,
)
from shop_personalize.experiments.metrics import EVERYDAY, METRICS, PREFERENCE
from shop_personalize.experiments.models import Arm, Experiment, Guardrail, RampStep
from shop_personalize.experiments.services.planning import free_slug
from shop_personalize.models import Block, Trial

Kind = Trial.Kind
KINDS = [
    (Kind.SPLIT, gettext_lazy("Every visitor gets one of the variants")),
    (
        Kind.INTERLEAVED,
        gettext_lazy(
            "Two variants take turns in one list: tells the better order of products "
            "with far fewer visitors, but not what it earns"
        ),
    ),
    (
        Kind.ADAPTIVE,
        gettext_lazy(
            "More and more visitors get the variant that does best: earns while it "
            "learns, and tells less of the others"
        ),
    ),
]
FIELDSETS: Any = [
    (
        gettext_lazy("What do you want to know?"),
        {"fields": ["name", "hypothesis", "block"]},
    ),
    (
        gettext_lazy("What decides?"),
        {"fields": ["primary_metric", "smallest_change", "secondary_metrics"]},
    ),
    (gettext_lazy("Who takes part?"), {"fields": ["audience", "kind"]}),
    (gettext_lazy("More"), {"classes": ["collapse"], "fields": ["slug"]}),
]
FIRST_ARMS = [
    {"name": gettext_lazy("As it is now"), "weight": 50},
    {"name": gettext_lazy("New"), "weight": 50},
]
FIRST_RAMP = [
    {"day": 0, "share": 10},
    {"day": 2, "share": 50},
    {"day": 4, "share": 100},
]
FIRST_GUARDRAILS = [{"metric": "revenue", "worst": 10}]


class ExperimentForm(forms.ModelForm):
    block = forms.ChoiceField(
        label=gettext_lazy("block"),
        required=False,
        help_text=gettext_lazy("Where the variants differ."),
    )
    primary_metric = forms.ChoiceField(
        label=gettext_lazy("what decides"),
        choices=EVERYDAY,
        help_text=gettext_lazy(
            "One figure, chosen before anybody has seen any. Where two variants take "
            "turns in one list, it is whose products are clicked."
        ),
    )
    secondary_metrics = forms.MultipleChoiceField(
        label=gettext_lazy("what is looked at as well"),
        choices=EVERYDAY,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("how visitors are shared out"),
        choices=KINDS,
        widget=forms.RadioSelect,
        initial=Kind.SPLIT,
    )

    class Meta:
        model = Experiment
        fields = [
            "name",
            "hypothesis",
            "block",
            "primary_metric",
            "smallest_change",
            "secondary_metrics",
            "audience",
            "kind",
            "slug",
        ]
        widgets = {"hypothesis": forms.Textarea({"rows": 2, "maxlength": 300})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = _(
            "Goes into links and reports. Empty: made of the name."
        )
        blocks = Block.objects.order_by("page", "position", "slug")
        named = [(block.slug, block_name(block)) for block in blocks]
        place: Any = self.fields["block"]
        place.choices = [("", _("every block")), *named]

    def clean_slug(self) -> str:
        given = self.cleaned_data.get("slug")
        return given or free_slug(self.cleaned_data.get("name", ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, metric = cleaned.get("kind"), cleaned.get("primary_metric")
        if kind == Kind.INTERLEAVED:
            cleaned["primary_metric"] = PREFERENCE
        elif kind == Kind.ADAPTIVE and metric not in {"click_rate", "converted"}:
            words = {
                "clicks": METRICS["click_rate"].title,
                "bought": METRICS["converted"].title,
            }
            self.add_error(
                "primary_metric",
                _(
                    "Where visitors go to what does best, “%(clicks)s” or "
                    "“%(bought)s” must decide."
                )
                % words,
            )
        others = (
            [] if kind == Kind.INTERLEAVED else cleaned.get("secondary_metrics", [])
        )
        cleaned["secondary_metrics"] = [name for name in others if name != metric]
        return cleaned


class ArmInline(admin.StackedInline):
    model = Arm
    form = ArmForm
    formset = ArmFormSet
    fieldsets = ARM_FIELDSETS
    extra = 0
    verbose_name_plural = gettext_lazy("The variants; the first is what others beat")
    classes = ["sp-arms"]


class StepForm(EmptyForm):
    class Meta:
        model = RampStep
        fields = ["day", "share"]


class RampInline(admin.TabularInline):
    model = RampStep
    form = StepForm
    extra = 0
    verbose_name_plural = gettext_lazy("Step by step: how many visitors take part")


class BoundForm(EmptyForm):
    class Meta:
        model = Guardrail
        fields = ["metric", "worst"]


class GuardrailInline(admin.TabularInline):
    model = Guardrail
    form = BoundForm
    extra = 0
    verbose_name_plural = gettext_lazy("Stop by itself when a variant surely does harm")

    def formfield_for_choice_field(
        self, db_field: Any, request: Any, **kwargs: Any
    ) -> Any:
        return super().formfield_for_choice_field(
            db_field, request, **{**kwargs, "choices": EVERYDAY}
        )


INLINES = [ArmInline, RampInline, GuardrailInline]
FIRST: dict[type, list[dict[str, Any]]] = {
    ArmInline: FIRST_ARMS,
    RampInline: FIRST_RAMP,
    GuardrailInline: FIRST_GUARDRAILS,
}
"""What a new experiment begins with."""

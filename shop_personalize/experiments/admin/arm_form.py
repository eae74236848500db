"""A variant in fields instead of JSON: what is left empty stays as the block has it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.db.models import BooleanField, FloatField, IntegerField
from django.forms import BaseInlineFormSet
from django.forms.models import ModelFormMetaclass
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.names import name_of
from shop_personalize.experiments.changes import CHAIN, FIELDS, HIDDEN, ONLY, WITHOUT
from shop_personalize.experiments.models import Arm
from shop_personalize.experiments.services.planning import LETTERS
from shop_personalize.models import Block, Recommender, Rule

CHAIN_FIELDS = ("chain_1", "chain_2", "chain_3", "chain_4")
MIX = (
    "diversity",
    "per_category",
    "calibration",
    "damping",
    "exploration",
    "rotation",
    "revenue",
    "margin",
    "freshness",
    "clearance",
    "stock",
)
SHOWN = ("limit", "minimum", "same_category", "exclude_purchased", "exclude_basket")
LOOKS = ("title", "show_reason", "template")
FIELDSETS: Any = [
    (None, {"fields": [("name", "weight")]}),
    (
        gettext_lazy("Other products"),
        {
            "description": gettext_lazy(
                "What is left empty stays as the block has it now."
            ),
            "fields": [CHAIN_FIELDS[:2], CHAIN_FIELDS[2:], *SHOWN, HIDDEN],
        },
    ),
    (gettext_lazy("Another mix"), {"classes": ["collapse"], "fields": list(MIX)}),
    (
        gettext_lazy("Other words, other rules"),
        {"classes": ["collapse"], "fields": [*LOOKS, WITHOUT]},
    ),
]


class EmptyForm(forms.ModelForm):
    """A row that was not filled in holds nothing, so that it is not saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.initial = None
            field.label = capfirst(field.label)


class ChangesForm(EmptyForm):
    class Meta:
        model = Arm
        fields = ["name", "weight"]

    def __init__(self, *args: Any, offered: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**_initial(self.instance.changes), **self.initial}
        for name, choices in (offered or {}).items():
            field: Any = self.fields[name]
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.instance.changes = _changes(cleaned, self.instance.changes)
        return cleaned


def _initial(changes: dict[str, Any]) -> dict[str, Any]:
    chain = dict(zip(CHAIN_FIELDS, changes.get(CHAIN, ()), strict=False))
    held = {name: changes[name] for name in FIELDS if name in changes}
    asked = {
        name: str(value) if isinstance(value, bool) else value
        for name, value in held.items()
    }
    return {
        **chain,
        **asked,
        HIDDEN: changes.get(HIDDEN, False),
        WITHOUT: [str(pk) for pk in changes.get(WITHOUT, ())],
    }


def _changes(cleaned: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    found = {name: cleaned[name] for name in FIELDS if _is_given(cleaned.get(name))}
    chain = dict.fromkeys(cleaned[n] for n in CHAIN_FIELDS if cleaned.get(n))
    if chain:
        found[CHAIN] = list(chain)
    if cleaned.get(HIDDEN):
        found[HIDDEN] = True
    if cleaned.get(WITHOUT):
        found[WITHOUT] = [int(pk) for pk in cleaned[WITHOUT]]
    if ONLY in before:
        found[ONLY] = before[ONLY]
    return found


def _is_given(value: Any) -> bool:
    return value is not None and value != ""


def _recommenders() -> list[tuple[str, str]]:
    known = Recommender.objects.filter(is_active=True).order_by("slug")
    named = sorted((name_of(each), each.slug) for each in known)
    return [("", _("as the block has it")), *((slug, name) for name, slug in named)]


def _rules() -> list[tuple[str, str]]:
    return [(str(rule.pk), str(rule)) for rule in Rule.objects.filter(is_active=True)]


NOBODY = "\N{EN DASH}"


def _switch(value: str) -> bool:
    return value == "True"


def _field(name: str) -> forms.Field:
    """A block's own field that may be left empty."""
    own: Any = Block._meta.get_field(name)
    if isinstance(own, BooleanField):
        return forms.TypedChoiceField(
            label=own.verbose_name,
            required=False,
            coerce=_switch,
            empty_value=None,
            choices=[
                ("", gettext_lazy("as the block has it")),
                ("True", gettext_lazy("yes")),
                ("False", gettext_lazy("no")),
            ],
        )
    given: dict[str, Any] = {"required": False, "initial": None}
    if isinstance(own, (FloatField, IntegerField)):
        given["validators"] = own.validators
    if isinstance(own, FloatField):
        given["widget"] = AdminIntegerFieldWidget({"step": "0.01", "min": 0, "max": 1})
    field: forms.Field = own.formfield(**given)
    return field


def _declared() -> dict[str, forms.Field]:
    labels = (gettext_lazy("asked first"), *[gettext_lazy("then")] * 3)
    chain = {
        name: forms.ChoiceField(label=label, required=False, choices=())
        for name, label in zip(CHAIN_FIELDS, labels, strict=True)
    }
    return {
        **chain,
        **{name: _field(name) for name in FIELDS},
        HIDDEN: forms.BooleanField(
            label=gettext_lazy("do not show the block at all"), required=False
        ),
        WITHOUT: forms.MultipleChoiceField(
            label=gettext_lazy("switch off these rules"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
    }


ArmForm: Any = ModelFormMetaclass("ArmForm", (ChangesForm,), _declared())


class ArmFormSet(BaseInlineFormSet):
    """Letters are given by us: they stand in tokens and reports."""

    @cached_property
    def offered(self) -> dict[str, list[tuple[str, str]]]:
        """The choices of all variants, read once."""
        first = _recommenders()
        then = [("", NOBODY), *first[1:]]
        chain = {name: then if at else first for at, name in enumerate(CHAIN_FIELDS)}
        return {**chain, WITHOUT: _rules()}

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "offered": self.offered}

    def save_new(self, form: Any, commit: bool = True) -> Any:
        taken = set(self.instance.arms.values_list("key", flat=True))
        form.instance.key = next(each for each in LETTERS if each not in taken)
        form.instance.position = len(taken)
        return super().save_new(form, commit=commit)

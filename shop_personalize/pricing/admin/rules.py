from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import note
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.product_search import found_by
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin.base import APP, PricingAdmin
from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PriceRule
from shop_personalize.pricing.selectors.rules import LIMITS, NARROW_FIRST
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

PLACE = Case(
    *(When(scope=scope, then=Value(at)) for at, scope in enumerate(NARROW_FIRST)),
    output_field=IntegerField(),
)
"""The narrowest first: in this order rules are asked."""


class RuleForm(forms.ModelForm):
    class Meta:
        model = PriceRule
        fields = ["name", "is_active", "scope", "key", "position", *LIMITS]

    def clean(self) -> dict[str, Any]:
        """A product may be named by its title; one that is gone keeps its rule."""
        given = super().clean() or {}
        is_new = {"scope", "key"} & set(self.changed_data)
        is_product = given.get("scope") == PriceRule.Scope.PRODUCT
        if is_new and is_product and given.get("key"):
            ids, wrong = found_by(given["key"])
            if wrong or len(ids) != 1:
                raise ValidationError({"key": wrong or _("One product a rule.")})
            given["key"] = ids[0]
        return given


@admin.register(PriceRule)
class PriceRuleAdmin(PricingAdmin):
    form = RuleForm
    list_display = ["name", "for_what", "asks", "is_active"]
    list_filter = ["is_active", "scope"]
    search_fields = ["name", "key"]
    sortable_by = ()
    change_list_template = f"admin/{APP}/rules.html"
    fieldsets = [
        (None, {"fields": ["name", "is_active", "scope", "key", "position"]}),
        (
            gettext_lazy("What a price may be"),
            {"fields": ["margin", ("least", "most"), "step", "ending"]},
        ),
        (gettext_lazy("Beside competitors"), {"fields": [("below", "above")]}),
        (gettext_lazy("How"), {"fields": ["aim", "days"]}),
    ]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [PLACE, "position", "pk"]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        own = pricing_settings()
        return {
            "title": _("What prices may be"),
            "sp_step": percent(own.step),
            "sp_aim": dict(PriceRule.Aim.choices)[own.aim],
        }

    def save_model(
        self, request: HttpRequest, obj: PriceRule, form: Any, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            told = _("Asks now: %(limits)s")
            note(request, obj, told % {"limits": "; ".join(_asks(obj))})

    @admin.display(description=gettext_lazy("holds for"))
    def for_what(self, rule: PriceRule) -> str:
        return stories.scope(rule)

    @admin.display(description=gettext_lazy("asks"))
    def asks(self, rule: PriceRule) -> SafeString:
        return format_html_join("", "{}<br>", ((line,) for line in _asks(rule)))


def _asks(rule: PriceRule) -> list[str]:
    """Its limits, in words."""
    shares = {
        "margin": _("a margin of at least %(n)s"),
        "step": _("at most %(n)s at one time"),
        "below": _("at most %(n)s below the cheapest competitor"),
        "above": _("at most %(n)s above the cheapest competitor"),
    }
    found = [
        told % {"n": percent(value / 100)}
        for name, told in shares.items()
        if (value := getattr(rule, name)) is not None
    ]
    if rule.least is not None:
        found.append(_("at least %(price)s") % {"price": price(rule.least)})
    if rule.most is not None:
        found.append(_("at most %(price)s") % {"price": price(rule.most)})
    if rule.ending:
        found.append(_("ends in %(ending)s") % {"ending": rule.ending})
    if rule.days:
        told = _("not more often than every %(n)s days")
        found.append(told % {"n": number(rule.days, 0)})
    if rule.aim:
        found.append(_("aims at %(aim)s") % {"aim": rule.get_aim_display()})
    return found or [_("nothing yet")]

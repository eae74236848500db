"""How long would it take? Asked before an experiment is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.numbers import number, percent
from shop_personalize.experiments import selectors
from shop_personalize.experiments.metrics import CHOICES, PREFERENCE
from shop_personalize.experiments.words import how_long, level, size, title_of

if TYPE_CHECKING:
    from shop_personalize.experiments.selectors import Baseline, Size

CHANGES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Side by side with the one asked for."""


class PlannerForm(forms.Form):
    metric = forms.ChoiceField(
        label=gettext_lazy("what decides"), choices=CHOICES, initial="revenue"
    )
    change = forms.FloatField(
        label=gettext_lazy("smallest change, in %"),
        initial=5,
        min_value=0.1,
        max_value=100,
    )
    arms = forms.IntegerField(
        label=gettext_lazy("variants"), initial=2, min_value=2, max_value=10
    )
    share = forms.FloatField(
        label=gettext_lazy("of 100 visitors take part"),
        initial=100,
        min_value=1,
        max_value=100,
    )


def page(given: Any) -> dict[str, Any]:
    """The form, and what follows from it for this shop."""
    asked = {name: f.initial for name, f in PlannerForm.base_fields.items()}
    form = PlannerForm({**asked, **given.dict()})
    if not form.is_valid():
        return {"title": TITLE, "form": form}
    wish = form.cleaned_data
    known = selectors.baseline(wish["metric"])
    if known is None:
        return {"title": TITLE, "form": form, "is_empty": True}
    return {"form": form, **_answer(known, wish)}


TITLE = gettext_lazy("How long would an experiment take?")


def _answer(known: Baseline, wish: dict[str, Any]) -> dict[str, Any]:
    asked = wish["change"] / 100
    how: dict[str, Any] = {"arms": wish["arms"], "ramp": {0: wish["share"] / 100}}
    sizes = [
        selectors.size(known, change, **how) for change in sorted({asked, *CHANGES})
    ]
    found = next(each for each in sizes if each.change == asked)
    return {
        "title": _title(found),
        "baseline": _baseline(known),
        "rows": [(*_row(each), each is found) for each in sizes],
    }


def _title(found: Size) -> str:
    return _("A change of %(change)s takes %(visitors)s visitors, %(time)s") % {
        "change": percent(found.change),
        "visitors": number(found.total, 0),
        "time": how_long(found.days),
    }


def _baseline(known: Baseline) -> str:
    words = {
        "visitors": number(known.visitors, 0),
        "days": known.days,
        "a_day": number(known.a_day, 0),
        "metric": title_of(known.metric),
        "level": level(known.metric, known.mean, known.currency),
    }
    if known.metric == PREFERENCE:
        return (
            _(
                "In the last %(days)s days %(visitors)s visitors clicked on a "
                "recommendation, %(a_day)s a day: only they tell which list is better."
            )
            % words
        )
    return (
        _(
            "In the last %(days)s days %(visitors)s visitors came, %(a_day)s a day; "
            "“%(metric)s” was %(level)s."
        )
        % words
    )


def _row(each: Size) -> tuple[str, str, str, str, str]:
    known = each.baseline
    return (
        percent(each.change),
        size(known.metric, each.difference, known.currency),
        how_long(each.days),
        number(each.total, 0),
        number(each.per_arm, 0),
    )

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop_personalize.admin.event_numbers import EventNumbersField
from shop_personalize.admin.numbers import duration
from shop_personalize.models import Recommender
from shop_personalize.registry import specs

if TYPE_CHECKING:
    from django.utils.functional import Promise

SCHEDULE: list[tuple[str, str | Promise]] = [
    ("", _("never by itself")),
    ("3600", _("every hour")),
    ("21600", _("every 6 hours")),
    ("43200", _("every 12 hours")),
    ("86400", _("every day")),
    ("604800", _("every week")),
]


class ScheduleField(forms.TypedChoiceField):
    """A duration chosen from words; one set elsewhere stays among the choices."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=SCHEDULE,
            coerce=lambda text: timedelta(seconds=float(text)),
            empty_value=None,
            required=False,
            **kwargs,
        )

    def offer(self, current: timedelta | None) -> None:
        key = self.prepare_value(current)
        if key and key not in dict(SCHEDULE):
            self.choices = [*SCHEDULE, (key, duration(float(key)))]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, timedelta):
            return str(int(value.total_seconds()))
        return value


class RecommenderForm(forms.ModelForm):
    event_weights = EventNumbersField(
        default="weight",
        label=_("How much each thing counts"),
        help_text=_("Empty: the shop's default, shown in the field. 0: not at all."),
    )
    half_life_days = EventNumbersField(
        default="half_life_days",
        positive=True,
        label=_("After how many days it counts half"),
        help_text=_("Empty: the shop's default, or what tuning found."),
    )
    train_every = ScheduleField(label=_("Train"))

    class Meta:
        model = Recommender
        fields = [
            "slug",
            "algorithm",
            "title",
            "is_active",
            "train_every",
            "train_after_events",
            "event_weights",
            "half_life_days",
            "params",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schedule = self.fields.get("train_every")
        if isinstance(schedule, ScheduleField):
            schedule.offer(self.instance.train_every)
        if "algorithm" in self.fields:
            choices = [(name, f"{s.title} ({name})") for name, s in specs().items()]
            self.fields["algorithm"] = forms.ChoiceField(
                choices=choices, label=_("Algorithm")
            )

    def clean_params(self) -> dict[str, Any]:
        params = self.cleaned_data["params"] or {}
        if not isinstance(params, dict):
            raise forms.ValidationError(_('An object is needed, such as {"k": 50}.'))
        return params

"""One number a kind of event, instead of JSON to be typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import number
from shop_personalize.admin.words import kind_name
from shop_personalize.conf import app_settings


class EventNumbersWidget(forms.Widget):
    template_name = "admin/shop_personalize/event_numbers.html"

    def __init__(self, default: str, attrs: dict[str, Any] | None = None) -> None:
        self.default = default
        super().__init__(attrs)

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, dict) else {}
        context["rows"] = [
            {
                "name": f"{name}.{kind}",
                "label": kind_name(kind),
                "kind": kind,
                "value": _plain(given.get(kind)),
                "default": _plain(values.get(self.default)),
                "default_text": number(values.get(self.default)),
            }
            for kind, values in app_settings.events.items()
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        given = {
            kind: str(data.get(f"{name}.{kind}", "")).strip()
            for kind in app_settings.events
        }
        return {kind: text for kind, text in given.items() if text}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


class EventNumbersField(forms.Field):
    """``{"view": 1.0}``; a kind left empty keeps the shop's default."""

    def __init__(self, *, default: str, positive: bool = False, **kwargs: Any) -> None:
        self.positive = positive
        widget = EventNumbersWidget(default)
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> dict[str, float]:
        wrong = []
        cleaned = {}
        for kind, text in (value or {}).items():
            try:
                cleaned[kind] = self._number(text)
            except ValueError:
                wrong.append(kind)
        if wrong:
            names = ", ".join(kind_name(kind) for kind in wrong)
            message = (
                _("A number above zero is needed for: %(names)s.")
                if self.positive
                else _("A number is needed for: %(names)s.")
            )
            raise ValidationError(message % {"names": names})
        return cleaned

    def _number(self, text: Any) -> float:
        value = float(text)
        if not abs(value) < 1e6 or (self.positive and value <= 0):
            raise ValueError
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or {}) != self.clean(data)
        except ValidationError:
            return True


def _plain(value: Any) -> str:
    return (
        ""
        if value is None
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )

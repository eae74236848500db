"""A share of one set by a slider, with the number beside it."""

from __future__ import annotations

from typing import Any

from django import forms

from shop_personalize.admin.numbers import percent


class Slider(forms.NumberInput):
    """0 to 1 in hundredths; what is saved between two of them stays where it is."""

    input_type = "range"
    template_name = "admin/shop_personalize/slider.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"min": "0", "max": "1", "step": "0.01", **(attrs or {})})

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        share = _share(value)
        context["shown"] = percent(share, 0)
        if round(share, 2) != share:
            context["widget"]["attrs"]["step"] = "any"
        return context


def _share(value: Any) -> float:
    """What the slider stands at; a text that is no number leaves it at the start."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0

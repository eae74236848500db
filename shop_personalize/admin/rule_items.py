"""Products of a rule: those chosen, with their titles, and room for more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shop_personalize.admin.product_search import found_by
from shop_personalize.admin.products import titles

MOST = 500
ROOM = 3


class ItemsWidget(forms.Widget):
    template_name = "admin/shop_personalize/rule_items.html"
    offered: list[tuple[str, str]] = []
    """Products to choose from, as (id, title)."""

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value or {}
        known = titles(given.get("kept", []))
        context["kept"] = [(item, known.get(item)) for item in given.get("kept", [])]
        added = given.get("added", [])
        context["added"] = [*added, *([""] * max(1, ROOM - len(added)))]
        context["offered"] = self.offered
        return context

    def value_from_datadict(
        self, data: Any, files: Any, name: str
    ) -> dict[str, list[str]]:
        listed = data.getlist if hasattr(data, "getlist") else data.get
        kept, added = (listed(key) or [] for key in (name, f"{name}-add"))
        return {
            "kept": [str(each) for each in kept],
            "added": [text for each in added if (text := _bare(each))],
        }

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


class ItemsField(forms.Field):
    """Ids of products, each once, in the order in which they were chosen."""

    widget = ItemsWidget

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        # A link that opens the form names one product.
        kept = [value] if isinstance(value, str) and value else value or []
        return {"kept": kept, "added": []}

    def clean(self, value: Any) -> list[str]:
        kept, wrong = list(value["kept"]), []
        for text in value["added"]:
            found, problem = found_by(text)
            kept += found
            wrong += [problem] if problem else []
        if len(kept) > MOST:
            told = _("At most %(n)s products; use conditions for more.")
            wrong.append(told % {"n": MOST})
        if wrong:
            raise ValidationError(wrong)
        return list(dict.fromkeys(kept))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.clean(data)
        except ValidationError:
            return True


def _bare(text: Any) -> str:
    return str(text).replace("\0", "").strip()

"""Conditions as rows of field, operator and value; nobody types JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from shop_personalize.recommend.rules.conditions import Field

SEPARATOR = ";"
MOST = 20
"""Rows that are read; a rule with more conditions than that is several rules."""
EMPTY = 3
Row = dict[str, str]


class ConditionsWidget(forms.Widget):
    template_name = "admin/shop_personalize/rule_conditions.html"
    vocabulary: dict[str, list[str]] = {}
    """Values the shop's products have, by the name of the field."""

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        from shop_personalize.recommend.rules.conditions import OPERATORS, fields

        context = super().get_context(name, value, attrs)
        known = fields()
        rows = [*(value or []), *({} for _empty in range(EMPTY))][:MOST]
        context["rows"] = [
            _row(at, row, known, self.vocabulary) for at, row in enumerate(rows)
        ]
        context["operators"] = [
            (op, words, " ".join(f.name for f in known if op in f.operators))
            for op, words in OPERATORS.items()
        ]
        context["unknown"] = [field for field in known if not field.is_known]
        context["vocabulary"] = self.vocabulary
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        rows = [
            {
                part: str(data.get(f"{name}-{at}-{part}", "")).replace("\0", "").strip()
                for part in ("field", "op", "text")
            }
            for at in range(MOST)
        ]
        return [row for row in rows if any(row.values())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return ""


def _row(
    at: int, row: Row, known: tuple[Field, ...], vocabulary: dict[str, list[str]]
) -> dict[str, Any]:
    chosen = row.get("field", "")
    names = {field.name for field in known}
    options = [
        (field.name, field.label, not field.is_known and field.name != chosen)
        for field in known
    ]
    if chosen and chosen not in names:
        options.append((chosen, chosen, False))
    listed = chosen if chosen in vocabulary else "" if chosen else "any"
    return {"at": at, "number": at + 1, **row, "options": options, "list": listed}


class ConditionsField(forms.Field):
    """A list of conditions in the form that rules keep them."""

    widget = ConditionsWidget

    def prepare_value(self, value: Any) -> list[Row]:
        rows = [row for row in value or [] if isinstance(row, dict)]
        return [row if "text" in row else _typed(row) for row in rows]

    def clean(self, value: Any) -> list[dict[str, Any]]:
        from shop_personalize.recommend.rules.conditions import checked

        wrong: list[str] = []
        found = []
        for at, row in enumerate(value or [], 1):
            problem = _problem(row)
            if problem:
                told = _("Condition %(number)s: %(problem)s")
                wrong.append(told % {"number": at, "problem": problem})
            else:
                found.append(_read(row))
        if wrong:
            raise ValidationError(wrong)
        return checked(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.clean(data)
        except ValidationError:
            return True


def _read(row: Row) -> dict[str, Any]:
    from shop_personalize.recommend.rules.conditions import VALUES

    condition: dict[str, Any] = {"field": row["field"], "op": row["op"]}
    kind, text = VALUES[row["op"]], row["text"]
    if kind == "words":
        condition["value"] = _words(text)
    elif kind == "range":
        condition["value"] = [_plain(each) for each in _parts(text)]
    elif kind == "number":
        condition["value"] = _plain(text)
    return condition


def _typed(condition: dict[str, Any]) -> Row:
    """A saved condition as it would be typed."""
    value = condition.get("value", "")
    parts = value if isinstance(value, list) else [value]
    text = f"{SEPARATOR} ".join(map(str, parts))
    if len(parts) == 1 and "," in text and isinstance(value, list):
        text += SEPARATOR
    return {
        "field": str(condition.get("field", "")),
        "op": str(condition.get("op", "")),
        "text": text,
    }


def _problem(row: Row) -> str:
    """What is missing or does not go together, in the words of the form."""
    from shop_personalize.recommend.rules.conditions import OPERATORS, VALUES, field_of

    field = field_of(row["field"])
    if field is None:
        return _("choose what it is about.")
    words = {"field": field.label, "operator": OPERATORS.get(row["op"], row["op"])}
    if row["op"] not in OPERATORS:
        return _("choose how %(field)s is compared.") % words
    if row["op"] not in field.operators:
        words["operators"] = _listed(field.operators)
        return (
            _("“%(operator)s” does not go with %(field)s; choose from: %(operators)s.")
            % words
        )
    if VALUES[row["op"]] != "none" and not row["text"]:
        return _("%(field)s needs a value.") % words
    return ""


def _listed(operators: tuple[str, ...]) -> str:
    from shop_personalize.recommend.rules.conditions import OPERATORS

    return ", ".join(f"“{OPERATORS[op]}”" for op in operators)


def _words(text: str) -> list[str]:
    """Separated by semicolons; without any, by commas."""
    if SEPARATOR in text:
        return _parts(text)
    return [each.strip() for each in text.split(",") if each.strip()]


def _parts(text: str) -> list[str]:
    return [each.strip() for each in text.split(SEPARATOR) if each.strip()]


def _plain(text: str) -> str:
    """A number without the signs people write around it: “£5”, “30 %”, “1,5”."""
    bare = text.strip("£$€¥% \N{NO-BREAK SPACE}")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare

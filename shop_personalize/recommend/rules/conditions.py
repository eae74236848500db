"""What a rule may ask of a product: the fields, their operators, and valid values.

A condition is ``{"field": …, "op": …, "value": …}``; ``same`` and ``other`` take no
value. :func:`fields` is for forms, :func:`checked` for whatever a form or a file says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.catalog import get_catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.functional import Promise

ATTRIBUTE = "attribute:"
WORDS = ("in", "not_in")
RELATIVE = ("same", "other")
NUMBERS = ("lt", "lte", "gt", "gte", "between")
BAND = ("within", "outside")
OPERATORS: dict[str, Promise] = {
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "same": gettext_lazy("is that of the page's product"),
    "other": gettext_lazy("is not that of the page's product"),
    "lt": gettext_lazy("is below"),
    "lte": gettext_lazy("is at most"),
    "gt": gettext_lazy("is above"),
    "gte": gettext_lazy("is at least"),
    "between": gettext_lazy("is between"),
    "within": gettext_lazy("is within"),
    "outside": gettext_lazy("is outside"),
}
VALUES = {
    **dict.fromkeys(WORDS, "words"),
    **dict.fromkeys(RELATIVE, "none"),
    **dict.fromkeys((*NUMBERS[:-1], *BAND), "number"),
    "between": "range",
}
"""What an operator compares with: a list of texts, a number, two, or nothing."""


@dataclass(frozen=True)
class Field:
    """A fact of a product that conditions can name."""

    name: str
    label: Promise | str
    operators: tuple[str, ...]
    fact: str
    """What the catalog must know for it: a name of ``Catalog.fact_names``."""
    unit: str = ""
    needs: Promise | str = ""
    """What to do where the catalog does not know it."""
    is_known: bool = True


TABLE = (
    Field("category", gettext_lazy("category"), (*WORDS, *RELATIVE), "category"),
    Field("brand", gettext_lazy("brand"), (*WORDS, *RELATIVE), "brand"),
    Field("price", gettext_lazy("price"), NUMBERS, "price"),
    Field(
        "price_band",
        gettext_lazy("price beside that of the page's product"),
        BAND,
        "price",
        "%",
    ),
    Field("stock", gettext_lazy("stock"), NUMBERS, "stock"),
    Field("age_days", gettext_lazy("days in the shop"), NUMBERS, "created"),
    Field("margin", gettext_lazy("margin"), NUMBERS, "cost", "%"),
)
"""``price_band`` and ``margin`` are in percent of a price: 30 is ±30 %, 30 % of it."""


def fields() -> tuple[Field, ...]:
    """Every field, with the attributes this shop has; may ask the database."""
    known = get_catalog().fact_names()
    plain = (_of_shop(each, each.fact in known) for each in TABLE)
    traits = (field_of(name) for name in known if name.startswith(ATTRIBUTE))
    return (*plain, *(each for each in traits if each is not None))


def field_of(name: str) -> Field | None:
    """The field of that name; attributes are called ``attribute:color``."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return Field(name, name.removeprefix(ATTRIBUTE), WORDS, name)
    return next((each for each in TABLE if each.name == name), None)


def _of_shop(given: Field, is_known: bool) -> Field:
    needs = _("Name it in SHOP_PERSONALIZE['CATALOG']['%(fact)s'].")
    told = "" if is_known else needs % {"fact": given.fact}
    return Field(
        given.name,
        given.label,
        given.operators,
        given.fact,
        given.unit,
        told,
        is_known,
    )


def checked(conditions: Any) -> list[dict[str, Any]]:
    """The conditions in their one valid form; a ValidationError says what is wrong.

    Numbers may come as texts, a single word without its list.
    """
    if conditions in (None, ""):
        return []
    if not isinstance(conditions, list | tuple):
        raise ValidationError(
            _("Conditions must be a list of {“field”, “op”, “value”}.")
        )
    found, wrong = [], []
    for at, condition in enumerate(conditions, 1):
        try:
            found.append(_checked(condition))
        except ValueError as error:
            told = _("Condition %(number)s: %(error)s")
            wrong.append(told % {"number": at, "error": error})
    if wrong:
        raise ValidationError(wrong)
    return found


def _checked(condition: Any) -> dict[str, Any]:
    if not isinstance(condition, dict) or not isinstance(condition.get("field"), str):
        raise ValueError(_("it must name a “field”, an “op” and a “value”."))
    if unknown := sorted(map(str, condition.keys() - {"field", "op", "value"})):
        told = _("“%(key)s” is not known; it takes “field”, “op” and “value”.")
        raise ValueError(told % {"key": unknown[0]})
    name, op = condition["field"], condition.get("op")
    field = field_of(name)
    if field is None:
        told = _("there is no field “%(field)s”; there are: %(fields)s.")
        known = ", ".join([*(each.name for each in TABLE), f"{ATTRIBUTE}…"])
        raise ValueError(told % {"field": name, "fields": known})
    if op not in field.operators:
        told = _("“%(field)s” has no operator “%(op)s”; it has: %(operators)s.")
        words = ", ".join(field.operators)
        raise ValueError(told % {"field": name, "op": op, "operators": words})
    return {"field": name, "op": op, **_value(field, op, condition.get("value"))}


def _value(field: Field, op: str, value: Any) -> dict[str, Any]:
    kind = VALUES[op]
    if kind == "none":
        return {}
    if kind == "words":
        return {"value": list(_words(field, value))}
    if kind == "number":
        return {"value": _number(field, value)}
    if not isinstance(value, list | tuple) or len(value) != 2:
        told = _("“%(field)s” needs two numbers, such as [10, 20].")
        raise ValueError(told % {"field": field.name})
    low, high = (_number(field, each) for each in value)
    if low > high:
        told = _("“%(field)s” must name the smaller number first.")
        raise ValueError(told % {"field": field.name})
    return {"value": [low, high]}


def _words(field: Field, value: Any) -> Iterator[str]:
    given = [value] if isinstance(value, str) else value
    texts = given if isinstance(given, list | tuple) else []
    words = [str(each).strip() for each in texts if isinstance(each, str | int | float)]
    if not words or not all(words) or len(words) != len(texts):
        told = _("“%(field)s” needs a list of words, such as [“red”, “blue”].")
        raise ValueError(told % {"field": field.name})
    yield from dict.fromkeys(words)


def _number(field: Field, value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        told = _("“%(field)s” needs a number, not %(value)r.")
        raise ValueError(told % {"field": field.name, "value": value})
    if field.name != "margin" and number < 0:
        told = _("“%(field)s” needs a number that is not below zero.")
        raise ValueError(told % {"field": field.name})
    return int(number) if number.is_integer() else number


def in_words(condition: dict[str, Any]) -> str:
    """A condition as an owner would say it: ``price is between 10 and 20``."""
    field = field_of(condition["field"])
    label = condition["field"] if field is None else str(field.label)
    unit = f" {field.unit}" if field is not None and field.unit else ""
    parts = [label, str(OPERATORS[condition["op"]])]
    kind, value = VALUES[condition["op"]], condition.get("value")
    if kind == "words":
        parts.append(", ".join(value or ()))
    elif kind == "range" and value:
        told = _("%(low)s and %(high)s") % {"low": value[0], "high": value[1]}
        parts.append(told + unit)
    elif kind == "number":
        parts.append(f"{value}{unit}")
    return " ".join(parts)

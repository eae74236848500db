from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import translation

SURE, LIKELY, MAYBE = 0.95, 0.75, 0.5

NUMBERS = (models.DecimalField, models.FloatField, models.IntegerField)
TEXTS = (models.CharField, models.TextField)
DATES = (models.DateField,)


@dataclass(frozen=True)
class Guess:
    """A value for a settings key, how sure we are (0 to 1), and why."""

    value: Any
    confidence: float
    why: str


def settings_of(guesses: Mapping[str, Guess]) -> dict[str, Any]:
    """Only the values, as the settings would hold them."""
    return {key: guess.value for key, guess in guesses.items()}


def named(
    model: type[models.Model], words: Sequence[str], types: Any = models.Field
) -> Any:
    """The first own field called one of ``words`` and of one of ``types``."""
    fields = {f.name.lower(): f for f in model._meta.concrete_fields}
    for word in words:
        found = fields.get(word)
        if found is not None and isinstance(found, types):
            return found
    return None


def ending(model: type[models.Model], words: Sequence[str], types: Any) -> Any:
    """The first own field whose name begins or ends with one of ``words``."""
    for word in words:
        for field in model._meta.concrete_fields:
            name = field.name.lower()
            fits = name.endswith(f"_{word}") or name.startswith(f"{word}_")
            if fits and isinstance(field, types) and not field.primary_key:
                return field
    return None


def either(model: type[models.Model], words: Sequence[str], types: Any) -> Guess | None:
    """A guess by full name, or, less sure, by the beginning or end of one."""
    if field := named(model, words, types):
        return Guess(field.name, SURE, f"a {kind(field)} of that name")
    if field := ending(model, words, types):
        return Guess(field.name, MAYBE, f"a {kind(field)} with such a name")
    return None


def kind(field: Any) -> str:
    return type(field).__name__


def backward(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """Models that point at ``model`` by foreign key, with the name to query them by."""
    return [
        (str(relation.field.related_query_name()), relation.related_model)
        for relation in model._meta.related_objects
        if relation.one_to_many and not relation.hidden
    ]


def many(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    """Many-to-many neighbors, from either side."""
    own = [(f.name, f.related_model) for f in model._meta.many_to_many]
    back = [
        (str(relation.field.related_query_name()), relation.related_model)
        for relation in model._meta.related_objects
        if relation.many_to_many and not relation.hidden
    ]
    return own + back


def forward(model: type[models.Model]) -> list[Any]:
    """Foreign keys and one-to-ones of a model."""
    return [
        f
        for f in model._meta.concrete_fields
        if (f.many_to_one or f.one_to_one) and f.related_model
    ]


def choices_like(field: Any, words: Iterable[str]) -> list[Any]:
    """Choices of a field whose value or English label is one of ``words``."""
    wanted = set(words)
    with translation.override("en"):
        pairs = [(value, str(label)) for value, label in field.flatchoices or ()]
    return [v for v, label in pairs if {_plain(v), _plain(label)} & wanted]


def _plain(word: Any) -> str:
    return str(word).strip().lower().replace("-", "_").replace(" ", "_")

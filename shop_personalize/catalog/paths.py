"""Walk an ORM path such as ``category__name`` over the models, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

LABELS = ("name", "title", "label", "display_name", "caption", "code", "slug")


class PathError(ValueError):
    """A path that leads nowhere: the model, the missing name and those that exist."""

    def __init__(self, model: type[models.Model], missing: str, path: str) -> None:
        self.model, self.missing, self.path = model, missing, path
        self.exist = field_names(model)
        super().__init__(
            f"{model._meta.label} has no field '{missing}' (in '{path}'); "
            f"it has: {', '.join(self.exist)}"
        )


@dataclass(frozen=True)
class Walk:
    """Where a path leads: its last field, and whether it fans out on the way."""

    path: str
    field: Any
    many: bool
    model: type[models.Model]
    rest: str = ""
    """What follows the last field: lookups such as ``gt``."""
    joins: str = ""
    """The leading steps that are single-valued relations, for ``select_related``."""

    @property
    def relation(self) -> type[models.Model] | None:
        """The model at the end, if the path ends on a relation."""
        return self.field.related_model if self.field.is_relation else None


def walk(model: type[models.Model], path: str, *, lookups: bool = False) -> Walk:
    """Follow ``path`` from ``model``; ``lookups`` allows a tail such as ``__gt``."""
    at, many, joins = model, False, []
    steps = path.split("__")
    for index, step in enumerate(steps):
        field = _field(at, step)
        if field is None:
            raise PathError(at, step, path)
        many = many or bool(field.one_to_many or field.many_to_many)
        rest = steps[index + 1 :]
        if field.is_relation and not many and _concrete_step(field, step):
            joins.append(field.name)
        if not rest:
            return Walk(path, field, many, at, "", "__".join(joins))
        if not field.is_relation or (lookups and _is_lookup(field, rest)):
            return _with_tail(Walk(path, field, many, at, "__".join(rest)), lookups)
        at = field.related_model
    raise PathError(at, path, path)


def _with_tail(found: Walk, lookups: bool) -> Walk:
    """Accept what follows a plain field: a lookup, a transform, a JSON key."""
    first = found.rest.split("__")[0]
    is_json = isinstance(found.field, models.JSONField)
    if is_json or (lookups and _is_lookup(found.field, [first])):
        return found
    raise PathError(found.model, f"{found.field.name}__{first}", found.path)


def _is_lookup(field: Any, rest: list[str]) -> bool:
    target = field.target_field if field.is_relation else field
    get_lookup = getattr(field, "get_lookup", None)
    if get_lookup and get_lookup(rest[0]) is not None:
        return True
    if field.is_relation:
        return False
    return bool(target.get_lookup(rest[0]) or target.get_transform(rest[0]))


def _concrete_step(field: Any, step: str) -> bool:
    """``category_id`` reads a column; only ``category`` itself needs the join."""
    return field.name == step or not field.concrete


def _field(model: type[models.Model], name: str) -> Any:
    if name == "pk":
        return model._meta.pk
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        pass
    for field in model._meta.get_fields():
        if getattr(field, "attname", None) == name:
            return field
        if field.auto_created and not field.concrete and _query_name(field) == name:
            return field
    return None


def _query_name(field: Any) -> str:
    return str(field.field.related_query_name()) if hasattr(field, "field") else ""


def field_names(model: type[models.Model]) -> list[str]:
    """Names usable in a path, own fields first."""
    own = [f.name for f in model._meta.get_fields() if f.concrete]
    back = [
        _query_name(f)
        for f in model._meta.get_fields()
        if f.auto_created and not f.concrete and not getattr(f, "hidden", False)
    ]
    return [*own, *sorted(name for name in back if name)]


def label_path(model: type[models.Model]) -> str:
    """The field that names a row of ``model`` for people."""
    names = {f.name: f for f in model._meta.concrete_fields}
    for name in LABELS:
        if name in names:
            return name
    texts = [f.name for f in names.values() if isinstance(f, models.CharField)]
    return texts[0] if texts else "pk"


def self_key(model: type[models.Model]) -> str:
    """The foreign key of a model to itself, "" if there is none."""
    for found in model._meta.concrete_fields:
        if found.many_to_one and found.related_model is model:
            return found.name
    return ""

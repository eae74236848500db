"""The spec language of single values: a path, a constant, a method, a callable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Model
from django.utils.module_loading import import_string

from shop_personalize.catalog.paths import Walk, label_path, walk

Kind = Literal["none", "const", "path", "call"]


@dataclass(frozen=True)
class Source:
    """One compiled spec."""

    kind: Kind = "none"
    value: Any = None
    path: str = ""
    many: bool = False
    call: Callable[[Any], Any] | None = None
    joins: str = ""
    labels: dict[Any, str] | None = None
    """Human words of a field with choices."""
    field: Any = None

    @property
    def is_column(self) -> bool:
        return self.kind == "path" and not self.many

    def of(self, obj: Any) -> Any:
        """The value read from an instance, along attributes."""
        if self.kind == "const":
            return self.value
        if self.call is not None:
            return self.call(obj)
        if self.kind == "none":
            return None
        return self.word(follow(obj, self.path.split("__")))

    def word(self, value: Any) -> Any:
        """A stored choice in the words people see."""
        return self.labels.get(value, value) if self.labels else value


NOTHING = Source()


def compile_source(model: type[Model], spec: Any, *, words: bool = False) -> Source:
    """Compile ``spec``; with ``words`` a relation or a choice is read as its label."""
    if spec is None or spec == "":
        return NOTHING
    if callable(spec):
        return Source("call", call=spec)
    if not isinstance(spec, str):
        return Source("const", value=spec)
    if spec.startswith("="):
        return Source("const", value=spec[1:])
    if spec.startswith("()"):
        return Source("call", call=method(spec[2:]))
    if "." in spec:
        return Source("call", call=import_string(spec))
    return _path(walk(model, spec), words)


def _path(found: Walk, words: bool) -> Source:
    path, relation = found.path, found.relation
    labels = None
    joins = found.joins
    if words and relation is not None and not path.endswith("_id"):
        path = f"{path}__{label_path(relation)}"
    elif relation is not None:
        joins = joins.rpartition("__")[0]
    if words and getattr(found.field, "flatchoices", None):
        labels = {key: str(word) for key, word in found.field.flatchoices}
    return Source(
        "path",
        path=path,
        many=found.many,
        joins=joins,
        labels=labels,
        field=found.field,
    )


def method(name: str) -> Callable[[Any], Any]:
    """Read a method or property of an instance."""

    def read(obj: Any) -> Any:
        value = getattr(obj, name)
        return value() if callable(value) else value

    return read


def follow(obj: Any, steps: list[str]) -> Any:
    """Walk attributes; ``None`` at an empty link, the first where there are many."""
    for step in steps:
        if obj is None:
            return None
        if isinstance(obj, dict):
            obj = obj.get(step)
            continue
        obj = getattr(obj, step, None)
        if hasattr(obj, "all"):
            obj = next(iter(obj.all()[:1]), None)
    return obj

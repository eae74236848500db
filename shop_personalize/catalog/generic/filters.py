"""Filters of the settings: a dict is AND, a list of dicts is OR, a callable is slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Model, OuterRef, Q
from django.utils.module_loading import import_string

from shop_personalize.catalog.paths import walk

FilterSpec = dict[str, Any] | list[dict[str, Any]] | str | Callable[[Any], bool] | None


@dataclass(frozen=True)
class Filter:
    """A compiled filter: SQL where it can be, else a test of the instance."""

    q: Q | None = None
    test: Callable[[Any], bool] | None = None
    many: bool = False

    @property
    def is_empty(self) -> bool:
        return self.q is None and self.test is None

    def expression(self, model: type[Model]) -> Any:
        """The filter as a boolean column that never multiplies rows."""
        if not self.many:
            return ExpressionWrapper(self.q or Q(), output_field=BooleanField())
        return Exists(self._matching(model).filter(pk=OuterRef("pk")))

    def where(self, model: type[Model]) -> Q:
        """The filter for ``.filter()``; through a sub-query if it crosses to many."""
        if not self.many:
            return self.q or Q()
        return Q(Exists(self._matching(model).filter(pk=OuterRef("pk"))))

    def _matching(self, model: type[Model]) -> Any:
        return model._base_manager.filter(self.q).order_by().values("pk")


def compile_filter(model: type[Model], spec: FilterSpec, *, inside: str = "") -> Filter:
    """Make a filter of ``model``; ``inside`` is a path every key is moved under."""
    if spec in (None, {}, [], ""):
        return Filter()
    if callable(spec):
        return Filter(test=spec)
    if isinstance(spec, str):
        return Filter(test=_callable(spec))
    groups = [spec] if isinstance(spec, dict) else spec
    many = any(walk(model, key, lookups=True).many for key in filter_keys(spec))
    q = Q()
    for group in groups:
        part = Q(**{inside + key: value for key, value in group.items()})
        q = q | part if q else part
    return Filter(q=q, many=many)


def filter_keys(spec: FilterSpec) -> Iterator[str]:
    """Every path a filter names."""
    groups = [spec] if isinstance(spec, dict) else spec
    for group in groups if isinstance(groups, list) else []:
        yield from group


def _callable(spec: str) -> Callable[[Any], bool]:
    if not spec.startswith("()"):
        found: Callable[[Any], bool] = import_string(spec)
        return found

    def test(obj: Any) -> bool:
        value = getattr(obj, spec[2:])
        return bool(value() if callable(value) else value)

    return test

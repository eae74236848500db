"""Bulk reads by keyset: the columns of a chunk at a time, in few queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from shop_personalize.catalog.generic.filters import Filter
from shop_personalize.catalog.generic.sources import Source

Columns = dict[str, Sequence[Any]]
MARK = "sp_is_"


@dataclass(frozen=True)
class Reader:
    """Reads named sources and filters of a model, one query a chunk where it can.

    A source that fans out costs one more query a chunk; so do all the methods and
    callables together, which need instances.
    """

    model: type[Model]
    sources: Mapping[str, Source]
    filters: Mapping[str, Filter]

    def chunks(self, queryset: QuerySet, size: int) -> Iterator[Columns]:
        """Every row of ``queryset``, by primary key, ``size`` at a time."""
        queryset = queryset.order_by("pk")
        last = None
        while True:
            part = queryset if last is None else queryset.filter(pk__gt=last)
            found = self.columns(part[:size])
            pks = found["pk"]
            if pks:
                yield found
            if len(pks) < size:
                return
            last = pks[-1]

    def columns(self, queryset: QuerySet) -> Columns:
        """The rows of ``queryset`` as columns: ``pk``, the sources, the filters."""
        paths = sorted({s.path for s in self.sources.values() if s.is_column})
        marks = [name for name, rule in self.filters.items() if rule.q is not None]
        rows = list(
            queryset.annotate(
                **{MARK + n: self.filters[n].expression(self.model) for n in marks}
            ).values_list("pk", *paths, *(MARK + name for name in marks))
        )
        names = ["pk", *paths, *(MARK + name for name in marks)]
        table = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
        stored: Columns = {name: table.get(name, ()) for name in names}
        return self._shaped(stored, len(rows))

    def _shaped(self, stored: Columns, count: int) -> Columns:
        pks = stored["pk"]
        found: Columns = {"pk": pks}
        for name, source in self.sources.items():
            if source.kind in {"const", "none"}:
                found[name] = [source.value] * count
            elif source.is_column:
                values = stored[source.path]
                found[name] = [*map(source.word, values)] if source.labels else values
            elif source.many:
                found[name] = self._fanned(source, pks)
        for name, rule in self.filters.items():
            if rule.q is not None:
                found[name] = stored[MARK + name]
            elif rule.test is None:
                found[name] = [True] * count
        return {**found, **self._called(pks)}

    def _fanned(self, source: Source, pks: Sequence[Any]) -> list[list[Any]]:
        rows = (
            self.model._base_manager.filter(pk__in=pks)
            .exclude(**{f"{source.path}__isnull": True})
            .order_by(source.path.split("__")[0])
            .values_list("pk", source.path)
        )
        by_pk: dict[Any, list[Any]] = {}
        for pk, value in rows:
            values = by_pk.setdefault(pk, [])
            if value is not None and value not in values:
                values.append(source.word(value))
        return [by_pk.get(pk, []) for pk in pks]

    def _called(self, pks: Sequence[Any]) -> Columns:
        """The slow path: instances of the chunk, loaded once for all callables."""
        calls = {n: s.call for n, s in self.sources.items() if s.call is not None}
        calls |= {n: f.test for n, f in self.filters.items() if f.test is not None}
        if not calls:
            return {}
        joins = {s.joins for s in self.sources.values() if s.joins}
        rows = self.model._base_manager.filter(pk__in=pks).select_related(*joins)
        by_pk = {obj.pk: obj for obj in (rows if joins else rows.select_related(None))}
        return {name: [call(by_pk[pk]) for pk in pks] for name, call in calls.items()}

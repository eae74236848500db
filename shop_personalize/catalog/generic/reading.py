"""Products in bulk: by keyset, a bounded number of queries a chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.described import Described
from shop_personalize.catalog.generic.reader import Columns, Reader
from shop_personalize.catalog.generic.sources import Source
from shop_personalize.catalog.types import Item, Money

IDS_A_QUERY = 5000


class Reading(Described):
    """The part of the generic catalog that training reads."""

    def count(self) -> int:
        return self._canonical().count()

    def iter_items(
        self,
        *,
        since: datetime | None = None,
        ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[Item]:
        for tree in self.trees.values():
            tree.load()
        for queryset in self._selected(since, ids):
            for columns in self.reader.chunks(queryset, chunk):
                yield from self._items(columns)

    def _selected(
        self, since: datetime | None, ids: Iterable[str] | None
    ) -> Iterator[QuerySet]:
        queryset = self._canonical()
        if since is not None:
            queryset = queryset.filter(self._changed_since(since))
        if ids is None:
            yield queryset
            return
        rest = iter(ids)
        while part := list(islice(rest, IDS_A_QUERY)):
            yield queryset.filter(pk__in=self.pks(part))

    def _changed_since(self, since: datetime) -> Q:
        stamps = [self.sources[name] for name in ("updated", "created")]
        q = Q()
        for source in stamps:
            if source.is_column:
                q |= Q(**{f"{source.path}__gte": since})
        # Without a date of change anything may have changed.
        return q if stamps[0].is_column else Q()

    def _items(self, columns: Columns) -> Iterator[Item]:
        pks = columns["pk"]
        variants = self._variants(pks) if self.parent else {}
        texts = [name for name in columns if name.startswith("text:")]
        attributes = [name for name in columns if name.startswith("attribute:")]
        categories = self._categories(columns, len(pks))
        names = [name for name in columns if name != "pk"]
        table = zip(*(columns[name] for name in names), strict=True)
        for at, row in enumerate(table):
            cells = dict(zip(names, row, strict=True))
            family = variants.get(pks[at], ())
            yield Item(
                id=str(pks[at]),
                title=values.text(cells["title"], 500),
                text="\n".join(filter(None, (_joined(cells[name]) for name in texts))),
                image=_joined(cells["image"], first=True),
                price=self._cheapest(cells, family),
                categories=categories[at],
                brand=_joined(cells["brand"], first=True),
                attributes={
                    name[10:]: word
                    for name in attributes
                    if (word := _joined(cells[name]))
                },
                variants=tuple(str(variant["pk"]) for variant in family),
                visible=bool(cells["visible"]),
                available=_available(cells, family),
                stock=_stock(cells["stock"], family),
                created=values.moment(cells["created"]),
                updated=values.moment(cells["updated"]),
                site=values.text(cells["site"], 32),
            )

    def _variants(self, pks: Sequence[Any]) -> dict[Any, list[dict[str, Any]]]:
        """The variants of a chunk of parents: one query (and what fans out)."""
        wanted = {name: self.sources[name] for name in ("price", "currency", "stock")}
        wanted["parent"] = Source("path", path=self.parent)
        reader = Reader(self.model, wanted, self.filters)
        rows = self.model._default_manager.filter(**{f"{self.parent}__in": pks})
        columns = reader.columns(rows.order_by("pk"))
        families: dict[Any, list[dict[str, Any]]] = {}
        for row in zip(*columns.values(), strict=True):
            variant = dict(zip(columns, row, strict=True))
            families.setdefault(variant["parent"], []).append(variant)
        return families

    def _categories(self, columns: Columns, count: int) -> list[tuple]:
        names = [name for name in columns if name.startswith("category:")]
        found: list[list[tuple[str, ...]]] = [[] for _ in range(count)]
        for name in names:
            tree = self.trees.get(name)
            for at, cell in enumerate(columns[name]):
                for value in cell if isinstance(cell, list | tuple) else (cell,):
                    path = tree.path(value) if tree else _flat(value)
                    if path and path not in found[at]:
                        found[at].append(path)
        return [tuple(paths) for paths in found]

    def _cheapest(self, cells: dict[str, Any], family: Sequence) -> Money | None:
        own = self._money(cells["price"], cells["currency"])
        if own is not None and (own.amount or not family):
            return own
        prices = [self._money(v["price"], v["currency"]) for v in family]
        return min((p for p in prices if p), key=lambda p: p.amount, default=own)


def _joined(cell: Any, *, first: bool = False) -> str:
    if isinstance(cell, list | tuple):
        cells = [values.text(value) for value in cell]
        return (cells[0] if cells else "") if first else " ".join(cells)
    return values.text(cell)


def _flat(value: Any) -> tuple[str, ...]:
    word = values.text(value).strip()
    return (word,) if word else ()


def _available(cells: dict[str, Any], family: Sequence[dict[str, Any]]) -> bool:
    sold = any(v["visible"] and v["available"] for v in family)
    return bool(cells["available"]) or sold


def _stock(cell: Any, family: Sequence[dict[str, Any]]) -> int | None:
    cells = [v["stock"] for v in family] if family else [cell]
    flat = [n for c in cells for n in (c if isinstance(c, list) else [c])]
    known = [level for level in map(values.whole, flat) if level is not None]
    return sum(known) if known else None

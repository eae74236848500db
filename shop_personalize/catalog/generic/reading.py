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
        """Column by column, for what differs by row is little and rows are many."""
        pks = columns["pk"]
        families = self._variants(pks) if self.parent else {}
        family = [families.get(pk, ()) for pk in pks]
        table = zip(
            map(str, pks),
            [values.text(cell, 500) for cell in columns["title"]],
            self._texts(columns, len(pks)),
            [_joined(cell, first=True) for cell in columns["image"]],
            self._prices(columns, family),
            self._categories(columns, len(pks)),
            [_joined(cell, first=True) for cell in columns["brand"]],
            self._attributes(columns, len(pks)),
            family,
            columns["visible"],
            columns["available"],
            columns["stock"],
            values.moments(columns["created"]),
            values.moments(columns["updated"]),
            columns["site"],
            strict=True,
        )
        for (
            key,
            title,
            text,
            image,
            price,
            paths,
            brand,
            traits,
            variants,
            *rest,
        ) in table:
            visible, available, stock, created, updated, site = rest
            yield Item(
                id=key,
                title=title,
                text=text,
                image=image,
                price=price,
                categories=paths,
                brand=brand,
                attributes=traits,
                variants=tuple(str(variant["pk"]) for variant in variants),
                visible=bool(visible),
                available=bool(available) or _is_sold(variants),
                stock=_stock(stock, variants),
                created=created,
                updated=updated,
                site=values.text(site, 32),
            )

    def _texts(self, columns: Columns, count: int) -> Sequence[str]:
        names = [name for name in columns if name.startswith("text:")]
        parts = [[_joined(cell) for cell in columns[name]] for name in names]
        if len(parts) < 2:
            return parts[0] if parts else [""] * count
        return ["\n".join(filter(None, row)) for row in zip(*parts, strict=True)]

    def _attributes(self, columns: Columns, count: int) -> Sequence[dict[str, str]]:
        found: list[dict[str, str]] = [{} for _ in range(count)]
        for name in [name for name in columns if name.startswith("attribute:")]:
            for row, cell in zip(found, columns[name], strict=True):
                if word := _joined(cell):
                    row[name.removeprefix("attribute:")] = word
        return found

    def _prices(
        self, columns: Columns, family: Sequence[Sequence[dict[str, Any]]]
    ) -> list[Money | None]:
        cells = zip(columns["price"], columns["currency"], strict=True)
        own = [self._money(price, code) for price, code in cells]
        if not self.parent:
            return own
        return [self._cheapest(*pair) for pair in zip(own, family, strict=True)]

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
        if len(names) == 1 and not self.trees and not self.sources[names[0]].many:
            return [
                ((word,),) if word else () for word in map(_word, columns[names[0]])
            ]
        found: list[list[tuple[str, ...]]] = [[] for _ in range(count)]
        for name in names:
            tree = self.trees.get(name)
            for at, cell in enumerate(columns[name]):
                for value in cell if isinstance(cell, list | tuple) else (cell,):
                    path = tree.path(value) if tree else _flat(value)
                    if path and path not in found[at]:
                        found[at].append(path)
        return [tuple(paths) for paths in found]

    def _cheapest(
        self, own: Money | None, family: Sequence[dict[str, Any]]
    ) -> Money | None:
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
    word = _word(value)
    return (word,) if word else ()


def _word(value: Any) -> str:
    return values.text(value).strip()


def _is_sold(family: Sequence[dict[str, Any]]) -> bool:
    return any(v["visible"] and v["available"] for v in family)


def _stock(cell: Any, family: Sequence[dict[str, Any]]) -> int | None:
    if not family and not isinstance(cell, list):
        return values.whole(cell)
    cells = [v["stock"] for v in family] if family else [cell]
    flat = [n for c in cells for n in (c if isinstance(c, list) else [c])]
    known = [level for level in map(values.whole, flat) if level is not None]
    return sum(known) if known else None

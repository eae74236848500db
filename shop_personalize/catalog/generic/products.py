"""The catalog of a shop described by settings alone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from shop_personalize.catalog.base import Catalog
from shop_personalize.catalog.discovery import guess_catalog
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.config import merged, model_of
from shop_personalize.catalog.generic.filters import Filter, compile_filter
from shop_personalize.catalog.generic.reader import Columns, Reader
from shop_personalize.catalog.generic.sources import Source, compile_source
from shop_personalize.catalog.generic.trees import Tree
from shop_personalize.catalog.types import Card, Item, Money

logger = logging.getLogger("shop_personalize")
FIRST = "sp_first_"
IDS_A_QUERY = 5000


class GenericCatalog(Catalog):
    """``CATALOG = {"model": "shop.Product"}``: what is not given is guessed."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.model = model_of(given["model"])
        guessed = {key: g.value for key, g in guess_catalog(self.model).items()}
        self.config = merged(guessed, given)
        self.scale = self.config.get("price_scale") or 1

    # What is read

    @cached_property
    def sources(self) -> dict[str, Source]:
        config, model = self.config, self.model
        plain = ("title", "image", "price", "currency", "stock", "created", "updated")
        found = {name: compile_source(model, config.get(name)) for name in plain}
        found["site"] = compile_source(model, config.get("site"), words=True)
        found["brand"] = compile_source(model, config.get("brand"), words=True)
        for at, spec in enumerate(_listed(config.get("text"))):
            found[f"text:{at}"] = compile_source(model, spec, words=True)
        for at, spec in enumerate(_listed(config.get("category"))):
            found[f"category:{at}"] = self._category(spec)
        for name, spec in (config.get("attributes") or {}).items():
            found[f"attribute:{name}"] = compile_source(model, spec, words=True)
        return found

    def _category(self, spec: Any) -> Source:
        """A category that has parents is read by key, and named by its tree."""
        return compile_source(self.model, spec, words=self._tree(spec) is None)

    def _tree(self, spec: Any) -> Tree | None:
        return Tree.of(self.model, spec)

    @cached_property
    def trees(self) -> dict[str, Tree]:
        specs = enumerate(_listed(self.config.get("category")))
        found = {f"category:{at}": self._tree(spec) for at, spec in specs}
        return {name: tree for name, tree in found.items() if tree}

    @cached_property
    def filters(self) -> dict[str, Filter]:
        names = ("visible", "available")
        return {n: compile_filter(self.model, self.config.get(n)) for n in names}

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.model, self.sources, self.filters)

    @cached_property
    def parent(self) -> str:
        """The attribute of the key of a variant's parent, such as ``parent_id``."""
        name = self.config.get("parent")
        return self.model._meta.get_field(name).attname if name else ""  # type: ignore[union-attr]

    def _canonical(self) -> QuerySet:
        found = self.model._default_manager.all()
        return (
            found.filter(**{f"{self.parent}__isnull": True}) if self.parent else found
        )

    # Bulk reads

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
            yield queryset.filter(pk__in=self._pks(part))

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

    def _money(self, price: Any, code: Any) -> Money | None:
        """A price of any kind; the lowest where there are several."""
        given = price if isinstance(price, list) else [price]
        found = [values.price(one, self.scale) for one in given]
        known = [amount for amount in found if amount is not None]
        if not known:
            return None
        if isinstance(code, list):
            code = code[0] if code else ""
        carried = getattr(given[0], "currency", "")
        return Money(min(known), values.currency(code or carried))

    # Ids

    def item_id(self, product: Any) -> str:
        if isinstance(product, self.model):
            own = getattr(product, self.parent) if self.parent else None
            return str(own or product.pk)
        key = values.text(getattr(product, "pk", product))
        return self.item_ids([key]).get(key, key)

    def item_ids(self, pks: Iterable[Any]) -> dict[str, str]:
        """Also resolves the shop's other keys (slug, SKU) where ``keys`` names them."""
        left = list(dict.fromkeys(values.text(pk) for pk in pks))
        found: dict[str, str] = {}
        for key in self.config.get("keys") or ("pk",):
            left = [text for text in left if text not in found]
            if not left:
                break
            found |= self.resolve(key, left)
        return found

    def resolve(self, key: str, texts: Sequence[str]) -> dict[str, str]:
        """Canonical ids by the text of another key, such as a SKU; a query per 5000."""
        given = {v: t for t in texts if (v := self._value(key, t)) is not None}
        columns = [key, "pk", *([self.parent] if self.parent else [])]
        found = {}
        for part in _parts(list(given), IDS_A_QUERY):
            rows = self.model._base_manager.filter(**{f"{key}__in": part})
            for value, *ids in rows.values_list(*columns):
                text = given.get(value, values.text(value))
                found[text] = str(ids[-1] if ids[-1] is not None else ids[0])
        return found

    def _value(self, key: str, text: str) -> Any:
        field = self.model._meta.pk if key == "pk" else None
        try:
            return field.to_python(text) if field else text
        except (ValidationError, ValueError, OverflowError):
            return None

    def _pks(self, ids: Iterable[str]) -> list[Any]:
        found = (self._value("pk", str(one)) for one in ids)
        return [pk for pk in found if pk is not None and _storable(pk)]

    # At render time

    def objects(
        self, ids: Sequence[str], request: HttpRequest | None = None
    ) -> dict[str, Any]:
        found = self._rendered().filter(pk__in=self._pks(ids))
        found = self._of_site(self._buyable(found), request)
        tests = [rule.test for rule in self.filters.values() if rule.test]
        return {str(obj.pk): obj for obj in found if all(test(obj) for test in tests)}

    def newest(self, n: int, request: HttpRequest | None = None) -> dict[str, Any]:
        created = self.sources["created"]
        order = f"-{created.path}" if created.is_column else "-pk"
        found = self._of_site(self._buyable(self._rendered()), request)
        if self.parent:
            found = found.filter(**{f"{self.parent}__isnull": True})
        return {str(obj.pk): obj for obj in found.order_by(order, "-pk")[:n]}

    def stored(self, ids: Sequence[str]) -> dict[str, Any]:
        rows = self._rendered().filter(pk__in=self._pks(ids))
        return {str(obj.pk): obj for obj in rows}

    def _rendered(self) -> QuerySet:
        """All that ``card`` and ``category`` read, fetched with the row itself."""
        shown = [self.sources[n] for n in ("title", "image", "price", "currency")]
        shown += [s for n, s in self.sources.items() if n.startswith("category:")]
        shown += [compile_source(self.model, self._url_spec())]
        joins = {s.joins for s in shown if s.joins}
        joins |= {tree.joins for tree in self.trees.values() if tree.joins}
        found = self.model._default_manager.all()
        if joins:
            found = found.select_related(*sorted(joins))
        first = {s.path: self._first(s.path) for s in self._fanning()}
        return found.annotate(**{FIRST + path: query for path, query in first.items()})

    def _fanning(self) -> list[Source]:
        names = ["title", "image", "price", "currency", "category:0"]
        found = [self.sources[name] for name in names if name in self.sources]
        trees = [tree.label for tree in self.trees.values() if tree.label.many]
        return [source for source in found if source.many] + trees[:1]

    def _first(self, path: str) -> Subquery:
        order = path if path == self.sources["price"].path else path.split("__")[0]
        rows = self.model._base_manager.filter(pk=OuterRef("pk"))
        return Subquery(
            rows.exclude(**{f"{path}__isnull": True}).order_by(order).values(path)[:1]
        )

    def _buyable(self, found: QuerySet) -> QuerySet:
        visible, available = self.filters["visible"], self.filters["available"]
        if visible.q is not None:
            found = found.filter(visible.where(self.model))
        if available.q is None:
            return found
        q = available.where(self.model)
        if self.parent:
            variants = self.model._base_manager.filter(
                q, **{self.parent: OuterRef("pk")}
            )
            if visible.q is not None:
                variants = variants.filter(visible.where(self.model))
            q |= Q(Exists(variants))
        return found.filter(q)

    def _of_site(self, found: QuerySet, request: HttpRequest | None) -> QuerySet:
        site = getattr(getattr(request, "personalize", None), "site", "")
        source = self.sources["site"]
        return found.filter(**{source.path: site}) if site and source.path else found

    def card(self, obj: Any, request: HttpRequest | None = None) -> Card:
        return Card(
            url=self._url(obj),
            title=values.text(self._shown("title", obj)) or str(obj),
            image=_address(self._shown("image", obj)),
            price=self._money(self._shown("price", obj), self._shown("currency", obj)),
        )

    def _shown(self, name: str, obj: Any) -> Any:
        source = self.sources[name]
        return self._of(source, obj)

    def _of(self, source: Source, obj: Any) -> Any:
        if source.many and hasattr(obj, FIRST + source.path):
            return source.word(getattr(obj, FIRST + source.path))
        return source.of(obj)

    def _url_spec(self) -> Any:
        return self.config.get("url", "()get_absolute_url")

    def _url(self, obj: Any) -> str:
        try:
            return values.text(compile_source(self.model, self._url_spec()).of(obj))
        except Exception:
            if settings.DEBUG:
                raise
            logger.exception("the URL of %s %s failed", self.model._meta.label, obj.pk)
            return ""

    def category(self, obj: Any) -> str:
        source = self.sources.get("category:0")
        if source is None:
            return ""
        tree = self.trees.get("category:0")
        return values.text(self._of(tree.label if tree else source, obj))


def _listed(spec: Any) -> list[Any]:
    if spec is None or spec == "":
        return []
    return list(spec) if isinstance(spec, list | tuple) else [spec]


def _parts(rows: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _storable(pk: Any) -> bool:
    """SQLite and PostgreSQL refuse integers past 64 bits and text with NUL."""
    if isinstance(pk, int):
        return -(2**63) <= pk < 2**63
    return not (isinstance(pk, str) and "\x00" in pk)


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


def _address(image: Any) -> str:
    """The URL of a file field, or a URL kept as text."""
    if not image:
        return ""
    try:
        return values.text(getattr(image, "url", image))
    except Exception:
        if settings.DEBUG:
            raise
        logger.warning("a product picture has no URL", exc_info=True)
        return ""

"""Facts of products for rules and objectives, fetched with the products themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Aggregate, F, OuterRef, Q, QuerySet, Subquery, TextField
from django.http import HttpRequest

from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.showing import Showing
from shop_personalize.catalog.generic.sources import Source
from shop_personalize.catalog.types import Facts

FACT, OF_VARIANTS = "sp_fact_", "sp_variants_"
UP = 4
"""Levels above its own category that a product counts as being in."""
ATTRIBUTE, MISSING = "attribute:", object()
KINDS = ("price", "category", "brand", "stock", "created", "cost")


class JsonList(Aggregate):
    """All values of a group as a JSON text, in whatever order."""

    function = "JSON_GROUP_ARRAY"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "CAST(JSON_AGG(%(expressions)s) AS text)"
        return self.as_sql(compiler, connection, template=template)

    def as_mysql(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_ARRAYAGG")


class Knowing(Showing):
    """The part of the generic catalog that rules read.

    What lies behind a relation comes as a column of the same query, a list where there
    are many; a method or callable is asked one product at a time.
    """

    def fact_names(self) -> tuple[str, ...]:
        return tuple(self.fact_sources)

    def knows(self, fact: str) -> bool:
        return fact in self.fact_sources

    @cached_property
    def fact_sources(self) -> dict[str, list[Source]]:
        """Where each fact this shop has is read from."""
        found = {"category": self._category_sources()}
        for name, source in self.sources.items():
            if name in KINDS or name.startswith(ATTRIBUTE):
                found[name] = [source]
        known = {
            name: [each for each in sources if each.kind != "none"]
            for name, sources in found.items()
        }
        return {name: sources for name, sources in known.items() if sources}

    def _category_sources(self) -> list[Source]:
        found: list[Source] = []
        for name, source in self.sources.items():
            if not name.startswith("category:"):
                continue
            tree = self.trees.get(name)
            found += [source] if tree is None else tree.levels(UP)
        return found

    def with_facts(
        self, ids: Any, request: HttpRequest | None, needed: frozenset[str]
    ) -> dict[str, Any]:
        return self._sold(
            self._rendered().annotate(**self._joined(needed)), ids, request
        )

    def matching(
        self,
        words: Mapping[str, Collection[str]],
        n: int,
        request: HttpRequest | None,
        needed: frozenset[str],
    ) -> dict[str, Any]:
        rows = self._rendered().annotate(**self._joined(needed))
        for fact, wanted in words.items():
            q = self._having(fact, wanted)
            if q:
                rows = rows.filter(
                    pk__in=self.model._base_manager.filter(q).values("pk")
                )
        return self._latest(rows, n, request)

    def _having(self, fact: str, wanted: Collection[str]) -> Q:
        """One of the words in any of the columns of a fact; methods ask no database."""
        found, folded = Q(), {word.casefold() for word in wanted}
        for source in self.fact_sources.get(fact, ()):
            if source.kind != "path":
                return Q()
            for word in wanted:
                found |= Q(**{f"{source.path}__iexact": word})
            chosen = (source.labels or {}).items()
            keys = [key for key, label in chosen if label.casefold() in folded]
            found |= Q(**{f"{source.path}__in": keys}) if keys else Q()
        return found

    def _joined(self, needed: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for source in self._asked(needed):
            if source.many:
                found[FACT + source.path] = self._listed(source.path, "pk")
            elif "__" in source.path:
                found[FACT + source.path] = F(source.path)
        stock = self.sources["stock"]
        if self.parent and "stock" in needed and stock.kind == "path":
            found[OF_VARIANTS + stock.path] = self._listed(stock.path, self.parent)
        return found

    def _asked(self, needed: frozenset[str]) -> list[Source]:
        found = [s for name in needed for s in self.fact_sources.get(name, ())]
        return [s for s in found if s.kind == "path" and s is not self.sources["price"]]

    def _listed(self, path: str, key: str) -> Subquery:
        rows: QuerySet = self.model._base_manager.filter(**{key: OuterRef("pk")})
        rows = rows.exclude(**{f"{path}__isnull": True}).order_by().values(key)
        return Subquery(rows.annotate(found=JsonList(path)).values("found"))

    def facts(
        self, obj: Any, needed: frozenset[str], request: HttpRequest | None = None
    ) -> Facts:
        found: dict[str, Any] = {}
        if "price" in needed or "cost" in needed:
            money = (self._shown("price", obj), self._shown("currency", obj))
            found["price"] = self._money(*money)
        for fact in needed:
            if fact.startswith(ATTRIBUTE):
                traits = found.setdefault("attributes", {})
                traits[fact.removeprefix(ATTRIBUTE)] = self._words(fact, obj)
            elif fact in OTHERS:
                name, read = OTHERS[fact]
                found[name] = read(self, obj)
        return Facts(**found)

    def _main_and_other_categories(self, obj: Any) -> tuple[str, ...]:
        words = self._words("category", obj)
        if not any(source.many for source in self.fact_sources.get("category", ())):
            return words
        main = self.category(obj).strip()
        return tuple(dict.fromkeys((main, *words) if main else words))

    def _words(self, fact: str, obj: Any) -> tuple[str, ...]:
        """Texts of a fact, each once."""
        found: dict[str, None] = {}
        for read in self._readers.get(fact, ()):
            for value in read(obj):
                word = "" if value is None else str(value).strip()
                if word:
                    found[word] = None
        return tuple(found)

    def _single(self, fact: str, obj: Any) -> Any:
        readers = self._readers.get(fact, ())
        return next((value for read in readers for value in read(obj)), None)

    @cached_property
    def _readers(self) -> dict[str, list[Callable[[Any], Sequence[Any]]]]:
        sources = self.fact_sources.items()
        return {name: [_reader(one) for one in found] for name, found in sources}

    def _level(self, obj: Any) -> int | None:
        """Units in stock, those of all variants together where there are any."""
        variants = obj.__dict__.get(OF_VARIANTS + self.sources["stock"].path)
        own = self._readers.get("stock", ())
        levels = json.loads(variants) if variants else []
        levels = levels or [value for read in own for value in read(obj)]
        known = [level for level in map(values.whole, levels) if level is not None]
        return sum(known) if known else None


OTHERS: dict[str, tuple[str, Callable[[Knowing, Any], Any]]] = {
    "category": ("categories", Knowing._main_and_other_categories),
    "brand": ("brand", lambda self, obj: next(iter(self._words("brand", obj)), "")),
    "stock": ("stock", Knowing._level),
    "created": (
        "created",
        lambda self, obj: values.moment(self._single("created", obj)),
    ),
    "cost": (
        "cost",
        lambda self, obj: values.price(self._single("cost", obj), self.scale),
    ),
}
"""What is told under which name of ``Facts``, by fact."""


def _reader(source: Source) -> Callable[[Any], Sequence[Any]]:
    """Reads the values of a source: as fetched, else along the product's attributes."""
    is_joined = source.many or "__" in source.path
    key = FACT + source.path if is_joined else source.path

    def read(obj: Any) -> Sequence[Any]:
        fetched: Any = obj.__dict__.get(key, MISSING) if source.path else MISSING
        if fetched is MISSING:
            value = source.of(obj)
            return value if isinstance(value, list | tuple) else (value,)
        given = json.loads(fetched or "[]") if source.many else (fetched,)
        return [source.word(one) for one in given] if source.labels else given

    return read

"""Facts of products for rules and objectives, fetched with the products themselves."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
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
            if name in KINDS or name.startswith("attribute:"):
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
        traits = [n for n in needed if n.startswith("attribute:") and self.knows(n)]
        return Facts(
            price=self._money(self._shown("price", obj), self._shown("currency", obj))
            if needed & {"price", "cost"}
            else None,
            categories=self._words("category", obj) if "category" in needed else (),
            brand=next(iter(self._words("brand", obj)), "")
            if "brand" in needed
            else "",
            attributes={n.partition(":")[2]: self._words(n, obj) for n in traits},
            stock=self._level(obj) if "stock" in needed else None,
            created=values.moment(self._single("created", obj))
            if "created" in needed
            else None,
            cost=values.price(self._single("cost", obj), self.scale)
            if "cost" in needed
            else None,
        )

    def _words(self, fact: str, obj: Any) -> tuple[str, ...]:
        """Texts of a fact, each once."""
        sources = self.fact_sources.get(fact, ())
        found = [self.category(obj)] if fact == "category" and sources else []
        for source in sources:
            found += map(values.text, self._all(source, obj))
        words = (word.strip() for word in found)
        return tuple(dict.fromkeys(word for word in words if word))

    def _single(self, fact: str, obj: Any) -> Any:
        sources = self.fact_sources.get(fact, ())
        return next((v for s in sources for v in self._all(s, obj)), None)

    def _all(self, source: Source, obj: Any) -> list[Any]:
        fetched = obj.__dict__.get(FACT + source.path, obj)
        if fetched is obj:
            value = source.of(obj)
            return list(value) if isinstance(value, list | tuple) else [value]
        given = json.loads(fetched or "[]") if source.many else [fetched]
        return [source.word(value) for value in given]

    def _level(self, obj: Any) -> int | None:
        """Units in stock, those of all variants together where there are any."""
        stock = self.sources["stock"]
        variants = json.loads(obj.__dict__.get(OF_VARIANTS + stock.path) or "[]")
        levels = map(values.whole, variants or self._all(stock, obj))
        known = [level for level in levels if level is not None]
        return sum(known) if known else None

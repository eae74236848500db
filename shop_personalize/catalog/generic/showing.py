"""Products at render time: one query for all that a block's cards read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.described import Described
from shop_personalize.catalog.generic.filters import Filter
from shop_personalize.catalog.generic.sources import Source, compile_source
from shop_personalize.catalog.types import Card

logger = logging.getLogger("shop_personalize")
FIRST = "sp_first_"


class Showing(Described):
    """The part of the generic catalog that pages read."""

    def objects(
        self, ids: Sequence[str], request: HttpRequest | None = None
    ) -> dict[str, Any]:
        return self._sold(self._rendered(), ids, request)

    def _sold(
        self, rows: QuerySet, ids: Sequence[str], request: HttpRequest | None
    ) -> dict[str, Any]:
        found = rows.filter(self._for_sale(request), pk__in=self.pks(ids))
        tests = [rule.test for rule in self.filters.values() if rule.test]
        return {str(obj.pk): obj for obj in found if all(test(obj) for test in tests)}

    def newest(self, n: int, request: HttpRequest | None = None) -> dict[str, Any]:
        return self._latest(self._rendered(), n, request)

    def _latest(
        self, rows: QuerySet, n: int, request: HttpRequest | None
    ) -> dict[str, Any]:
        created = self.sources["created"]
        order = [f"-{created.path}"] if created.is_column else []
        rows = rows.filter(self._for_sale(request))
        if self.parent:
            rows = rows.filter(**{f"{self.parent}__isnull": True})
        tests = [rule.test for rule in self.filters.values() if rule.test]
        found = rows.order_by(*order, "-pk")[: n if not tests else 3 * n]
        fine = (obj for obj in found if all(test(obj) for test in tests))
        return {str(obj.pk): obj for obj in islice(fine, n)}

    def search(self, text: str, n: int) -> dict[str, str]:
        title = self.sources["title"]
        if not title.is_column:
            return super().search(text, n)  # type: ignore[misc]
        rows = self._canonical().order_by("pk")
        if text:
            rows = rows.filter(**{f"{title.path}__icontains": text})
            rows = rows.order_by(title.path, "pk")
        found = rows.values_list("pk", title.path)[:n]
        return {str(pk): values.text(name) for pk, name in found}

    def stored(self, ids: Sequence[str]) -> dict[str, Any]:
        rows = self._rendered().filter(pk__in=self.pks(ids))
        return {str(obj.pk): obj for obj in rows}

    def _rendered(self) -> QuerySet:
        """All that ``card`` and ``category`` read, fetched with the row itself."""
        shown = [self.sources[n] for n in ("title", "image", "price", "currency")]
        shown += [s for n, s in self.sources.items() if n.startswith("category:")]
        shown += [self.address]
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

    def _for_sale(self, request: HttpRequest | None) -> Q:
        """What may be shown and bought on this site, as one filter."""
        visible, available = self.filters["visible"], self.filters["available"]
        shown = visible.where(self.model) if visible.q is not None else Q()
        return shown & self._buyable(available, shown) & self._of_site(request)

    def _buyable(self, available: Filter, shown: Q) -> Q:
        """Available itself, or in one of its variants that is shown."""
        if available.q is None:
            return Q()
        q = available.where(self.model)
        if self.parent:
            of_it = Q(**{self.parent: OuterRef("pk")})
            q |= Q(Exists(self.model._base_manager.filter(q, of_it).filter(shown)))
        return q

    def _of_site(self, request: HttpRequest | None) -> Q:
        site = getattr(getattr(request, "personalize", None), "site", "")
        source = self.sources["site"]
        return Q(**{source.path: site}) if site and source.path else Q()

    def card(self, obj: Any, request: HttpRequest | None = None) -> Card:
        return Card(
            url=self._url(obj),
            title=self.title(obj),
            image=_address(self._shown("image", obj)),
            price=self._money(self._shown("price", obj), self._shown("currency", obj)),
        )

    def title(self, obj: Any, request: HttpRequest | None = None) -> str:
        return values.text(self._shown("title", obj)) or str(obj)

    def _shown(self, name: str, obj: Any) -> Any:
        source = self.sources[name]
        return self._of(source, obj)

    def _of(self, source: Source, obj: Any) -> Any:
        if source.many and hasattr(obj, FIRST + source.path):
            return source.word(getattr(obj, FIRST + source.path))
        return source.of(obj)

    @cached_property
    def address(self) -> Source:
        return compile_source(self.model, self.config.get("url"))

    def _url(self, obj: Any) -> str:
        try:
            return values.text(self.address.of(obj))
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

"""Oscar's products: parents and standalone ones; children roll up to their parent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest

from shop_personalize.catalog.base import Catalog
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.oscar.bulk import Bulk
from shop_personalize.catalog.oscar.facts import Knowing
from shop_personalize.catalog.types import Card, Facts, Item, Money

logger = logging.getLogger("shop_personalize")
IDS_A_QUERY = 5000


class OscarCatalog(Knowing, Catalog):
    """Reads any Oscar project, forked apps included."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        from oscar.core.loading import get_class, get_model

        self.model = get_model("catalogue", "Product")
        self._categories = get_model("catalogue", "Category")
        self._selector = get_class("partner.strategy", "Selector")

    # Bulk reads

    def _canonical(self) -> QuerySet:
        return self.model._default_manager.filter(parent__isnull=True)

    def count(self) -> int:
        return self._canonical().count()

    def iter_items(
        self,
        *,
        since: datetime | None = None,
        ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[Item]:
        bulk = Bulk(self.model, self._categories)
        for queryset in self._selected(since, ids):
            last = 0
            while True:
                rows = queryset.filter(pk__gt=last).order_by("pk")[:chunk]
                items, last = bulk.items(rows)
                yield from items
                if len(items) < chunk:
                    break

    def _selected(
        self, since: datetime | None, ids: Iterable[str] | None
    ) -> Iterator[QuerySet]:
        queryset = self._canonical()
        if since is not None:
            changed = Q(date_updated__gte=since) | Q(children__date_updated__gte=since)
            queryset = queryset.filter(changed).distinct()
        if ids is None:
            yield queryset
            return
        rest = iter(ids)
        while part := list(islice(rest, IDS_A_QUERY)):
            yield queryset.filter(pk__in=_numbers(part))

    # Ids

    def item_id(self, product: Any) -> str:
        if isinstance(product, self.model):
            return str(product.parent_id or product.pk)
        key = values.text(getattr(product, "pk", product))
        return self.item_ids([key]).get(key, key)

    def item_ids(self, pks: Iterable[Any]) -> dict[str, str]:
        """Also resolves UPCs, which other systems know the products by."""
        texts = list(dict.fromkeys(values.text(pk) for pk in pks))
        found = self._resolved("pk", _numbers(texts))
        left = [text for text in texts if text and text not in found]
        return found | (self._resolved("upc", left) if left else {})

    def _resolved(self, key: str, wanted: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for start in range(0, len(wanted), IDS_A_QUERY):
            part = wanted[start : start + IDS_A_QUERY]
            rows = self.model._base_manager.filter(**{f"{key}__in": part})
            for value, pk, parent in rows.values_list(key, "pk", "parent_id"):
                found[str(value)] = str(parent or pk)
        return found

    # At render time

    def objects(
        self, ids: Sequence[str], request: HttpRequest | None = None
    ) -> dict[str, Any]:
        return self.with_facts(ids, request, frozenset())

    def with_facts(
        self, ids: Sequence[str], request: HttpRequest | None, needed: frozenset[str]
    ) -> dict[str, Any]:
        rows = self._rendered().browsable().filter(pk__in=_numbers(ids))
        rows = rows.annotate(**self._joined(needed))
        strategy = self._strategy(request)
        return {
            str(product.pk): product
            for product in rows
            if self._info(product, strategy).availability.is_available_to_buy
        }

    def facts(
        self, obj: Any, needed: frozenset[str], request: HttpRequest | None = None
    ) -> Facts:
        return Facts(
            price=self._price(obj, request) if needed & {"price", "cost"} else None,
            categories=self._names(obj) if "category" in needed else (),
            brand=self._brand(obj) if "brand" in needed else "",
            attributes=self._traits(obj, needed),
            stock=self._level(obj) if "stock" in needed else None,
            created=obj.date_created if "created" in needed else None,
            cost=self._unit_cost(obj) if "cost" in needed else None,
        )

    def newest(self, n: int, request: HttpRequest | None = None) -> dict[str, Any]:
        rows = self.model._default_manager.browsable().order_by("-date_created", "-pk")
        pks = list(rows.values_list("pk", flat=True)[: 3 * n])
        found = self.objects([str(pk) for pk in pks], request)
        ordered = (str(pk) for pk in pks)
        return {pk: found[pk] for pk in islice((p for p in ordered if p in found), n)}

    def stored(self, ids: Sequence[str]) -> dict[str, Any]:
        rows = self._rendered().filter(pk__in=_numbers(ids))
        return {str(product.pk): product for product in rows}

    def search(self, text: str, n: int) -> dict[str, str]:
        rows = self._canonical().order_by("pk")
        if text:
            rows = rows.filter(title__icontains=text).order_by("title", "pk")
        return {str(pk): title for pk, title in rows.values_list("pk", "title")[:n]}

    def _rendered(self) -> Any:
        """All that prices, pictures and categories of a card need, prefetched."""
        children = self.model._default_manager.public().prefetch_related("stockrecords")
        return self.model._default_manager.base_queryset().prefetch_related(
            Prefetch("children", children, to_attr="_prefetched_public_children"),
            "categories",
        )

    def _strategy(self, request: HttpRequest | None) -> Any:
        own = getattr(request, "strategy", None)
        if own is not None:
            return own
        user = getattr(request, "user", None)
        usable = request if user is not None else None
        return self._selector().strategy(request=usable, user=user)

    def price_list(self, request: HttpRequest | None) -> str:
        strategy = type(self._strategy(request))
        return f"{strategy.__module__}.{strategy.__qualname__}"

    def _info(self, product: Any, strategy: Any) -> Any:
        if product.is_parent:
            return strategy.fetch_for_parent(product)
        return strategy.fetch_for_product(product)

    def card(self, obj: Any, request: HttpRequest | None = None) -> Card:
        return Card(
            url=obj.get_absolute_url(),
            title=self.title(obj),
            image=_picture(obj),
            price=self._price(obj, request),
        )

    def title(self, obj: Any, request: HttpRequest | None = None) -> str:
        return values.text(obj.get_title())

    def _price(self, obj: Any, request: HttpRequest | None) -> Money | None:
        price = self._info(obj, self._strategy(request)).price
        if not price.exists:
            return None
        shown = price.incl_tax if price.is_tax_known else price.excl_tax
        amount = values.price(shown)
        return (
            None if amount is None else Money(amount, values.currency(price.currency))
        )

    def category(self, obj: Any) -> str:
        owner = obj.parent if obj.is_child else obj
        found = next(iter(owner.categories.all()), None)
        return found.name if found else ""


def _numbers(ids: Iterable[str]) -> list[int]:
    """Oscar's keys are numbers; what is none cannot be one."""
    return [
        int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 19
    ]


def _picture(product: Any) -> str:
    """The address of the first picture; a product without one shows none."""
    image = next(iter(product.images.all()), None)
    if image is None or not image.original:
        return ""
    try:
        return values.text(image.original.url)
    except Exception:
        if settings.DEBUG:
            raise
        logger.warning("a product picture has no URL", exc_info=True)
        return ""

"""The adapter: the only door between the app and the host shop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest

from shop_personalize.catalog.types import Card, Facts, Item, Link, OrderLine

SEARCHED = 5000


class Catalog(ABC):
    """Products of the shop. Ids are text; variants roll up to their parent."""

    @abstractmethod
    def count(self) -> int:
        """How many canonical products there are, shown or not."""

    @abstractmethod
    def iter_items(
        self,
        *,
        since: datetime | None = None,
        ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[Item]:
        """Canonical items by keyset, with a bounded number of queries."""

    @abstractmethod
    def item_id(self, product: Any) -> str:
        """The canonical id of a product instance or of anything that identifies one."""

    @abstractmethod
    def item_ids(self, pks: Iterable[Any]) -> dict[str, str]:
        """Canonical ids by the given pks (as text); unknown pks are left out."""

    @abstractmethod
    def objects(
        self, ids: Sequence[str], request: HttpRequest | None = None
    ) -> dict[str, Any]:
        """Products showable and buyable for this request, by id, in O(1) queries."""

    def newest(self, n: int, request: HttpRequest | None = None) -> dict[str, Any]:
        """Showable products, the latest first: all there is to show before any model.

        An adapter that knows its dates answers in one query; this takes what it finds.
        """
        ids = [item.id for item in islice(self.iter_items(chunk=n), n)]
        return self.objects(ids, request)

    @abstractmethod
    def card(self, obj: Any, request: HttpRequest | None = None) -> Card:
        """URL, title, picture and price now; no query where ``objects`` fetched all."""

    def title(self, obj: Any, request: HttpRequest | None = None) -> str:
        """The title alone, for a sentence about the product."""
        return self.card(obj, request).title

    def price_list(self, request: HttpRequest | None) -> str:
        """What prices depend on besides the product, such as the request's currency.

        Blocks that are kept for everyone are kept apart by it.
        """
        return ""

    def stored(self, ids: Sequence[str]) -> dict[str, Any]:
        """Products by id whether showable or not (staff pages, reasons)."""
        return self.objects(ids)

    def search(self, text: str, n: int) -> dict[str, str]:
        """Titles by id of ``n`` products whose title holds a text, for staff.

        With an empty text the first there are. An adapter that can ask its database
        does; this reads what comes first.
        """
        wanted = text.casefold()
        items = islice(self.iter_items(), SEARCHED)
        found = ((i.id, i.title) for i in items if wanted in i.title.casefold())
        return dict(islice(found, n))

    def category(self, obj: Any) -> str:
        """The main category of a product as one text, "" if none; no query."""
        return ""

    def fact_names(self) -> tuple[str, ...]:
        """The facts that rules and objectives may ask for: ``price``, ``category``,
        ``brand``, ``stock``, ``created``, ``cost``, and ``attribute:<name>``.

        For staff pages; may ask the database.
        """
        return ("price", "category")

    def knows(self, fact: str) -> bool:
        """Whether ``facts`` can say this of a product; no query."""
        return fact in self.fact_names()

    def with_facts(
        self, ids: Sequence[str], request: HttpRequest | None, needed: frozenset[str]
    ) -> dict[str, Any]:
        """Like ``objects``, of products whose needed ``facts`` then take no query."""
        return self.objects(ids, request)

    def matching(
        self,
        words: Mapping[str, Collection[str]],
        n: int,
        request: HttpRequest | None,
        needed: frozenset[str],
    ) -> dict[str, Any]:
        """Products for sale, the latest first, that have one of the words of each fact.

        For rules that only few products fulfil, which no model may ever propose. What
        comes is looked at again, so an adapter may return others too, as this does.
        """
        return self.with_facts(list(self.newest(n, request)), request, needed)

    def facts(
        self, obj: Any, needed: frozenset[str], request: HttpRequest | None = None
    ) -> Facts:
        """The needed facts of a product from ``with_facts``; no query."""
        category = self.category(obj) if "category" in needed else ""
        return Facts(
            price=self.card(obj, request).price if "price" in needed else None,
            categories=(category,) if category else (),
        )


class Orders(ABC):
    """Order lines of the shop, pulled and idempotent; signals are only hints."""

    @abstractmethod
    def iter_lines(
        self,
        *,
        since: datetime | None = None,
        order_ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[OrderLine]:
        """Lines whose order was placed or changed at or after ``since``."""

    @abstractmethod
    def count(self) -> int:
        """How many lines there are."""

    def connect(self, changed: Callable[[Any], None]) -> None:  # noqa: B027
        """Call ``changed(order_id)`` when the shop says an order changed."""


class Events:
    """Signals of the shop that are events."""

    def connect(self, record: Callable[..., None]) -> None:
        """Connect the shop's signals to ``record(kind, product, request=…)``."""


class Connections(ABC):
    """Who is tied to whom in the shop; only what the people concerned know of."""

    @abstractmethod
    def iter_connections(
        self, *, since: datetime | None = None, chunk: int = 2000
    ) -> Iterator[Link]:
        """Ties made or changed at or after ``since``; all there are without it."""

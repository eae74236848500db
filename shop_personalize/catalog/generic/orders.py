"""The orders of a shop described by settings alone, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from shop_personalize.catalog.base import Orders
from shop_personalize.catalog.discovery import guess_orders
from shop_personalize.catalog.generic import hints, values
from shop_personalize.catalog.generic.config import merged, model_of
from shop_personalize.catalog.generic.filters import Filter, compile_filter
from shop_personalize.catalog.generic.products import GenericCatalog
from shop_personalize.catalog.generic.reader import Columns, Reader
from shop_personalize.catalog.generic.sources import Source, compile_source
from shop_personalize.catalog.paths import walk
from shop_personalize.catalog.types import LineState, Money, OrderLine

ORDERS_A_QUERY = 500
PLAIN = (
    "key",
    "order",
    "variant",
    "quantity",
    "unit_price",
    "line_total",
    "currency",
    "user",
    "email",
    "placed_at",
    "updated",
    "site",
)

CELLS = (
    "order",
    "quantity",
    "unit_price",
    "line_total",
    "currency",
    "user",
    "email",
    "site",
)


class GenericOrders(Orders):
    """``ORDERS = {"model": "orders.OrderItem"}``: every path starts at the line."""

    def __init__(
        self, given: dict[str, Any], catalog: GenericCatalog | None = None
    ) -> None:
        self.model = model_of(given["model"])
        self.catalog = catalog
        product = catalog.model if catalog else None
        guessed = {key: g.value for key, g in guess_orders(self.model, product).items()}
        if "product" in given:
            # A guessed variant or key belongs to the guessed product only.
            guessed.pop("product_key", None)
            guessed.pop("variant", None)
        self.config = merged(guessed, given)
        self.scale = self.config.get("price_scale") or 1

    @cached_property
    def sources(self) -> dict[str, Source]:
        found = {n: compile_source(self.model, self.config.get(n)) for n in PLAIN}
        if path := self._currency_path():
            found["currency"] = compile_source(self.model, path)
        found["product"] = compile_source(self.model, self.config.get("product"))
        if path := self._parent_path():
            found["parent"] = compile_source(self.model, path)
        return found

    def _parent_path(self) -> str:
        """Where the line's product is a variant: the way to its parent's key."""
        product = self.config.get("product")
        if not self._is_key or self.catalog is None or not self.catalog.parent:
            return ""
        return f"{product}__{self.catalog.config['parent']}"

    def _currency_path(self) -> str:
        """Lines that name no currency were paid in that of their product."""
        own = self.catalog.sources["currency"] if self.catalog else Source()
        if "currency" in self.config or not (self._is_key and own.is_column):
            return ""
        return f"{self.config['product']}__{own.path}"

    @cached_property
    def _is_key(self) -> bool:
        """Whether the line points at the product by foreign key, not by text."""
        spec = self.config.get("product")
        if not isinstance(spec, str) or "." in spec or spec[:1] in {"=", "("}:
            return False
        return walk(self.model, spec).relation is not None

    @cached_property
    def filters(self) -> dict[str, Filter]:
        names = ("counted", "cancelled", "refunded")
        return {n: self._filter(n) for n in names}

    def _filter(self, name: str) -> Filter:
        """Filters read the same joined order as the columns, so rows stay whole."""
        found = compile_filter(self.model, self.config.get(name))
        return Filter(q=found.q, test=found.test) if self._fans else found

    @cached_property
    def _fans(self) -> bool:
        """Whether lines reach their order through a many-to-many."""
        return self.sources["order"].many

    @cached_property
    def reader(self) -> Reader:
        single = {
            name: _as_column(source) if self._fans else source
            for name, source in self.sources.items()
        }
        return Reader(self.model, single, self.filters)

    def count(self) -> int:
        return self._all().count()

    def _all(self) -> QuerySet:
        """Lines that belong to an order; a cart line outside of one is none."""
        order = self.sources["order"]
        found = self.model._base_manager.all()
        if order.kind == "path":
            found = found.filter(**{f"{order.path}__isnull": False})
        return found

    def iter_lines(
        self,
        *,
        since: datetime | None = None,
        order_ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[OrderLine]:
        for queryset in self._selected(since, order_ids):
            chunks = self._fanned if self._fans else self.reader.chunks
            for columns in chunks(queryset, chunk):
                yield from self._lines(columns)

    def _selected(
        self, since: datetime | None, order_ids: Iterable[str] | None
    ) -> Iterator[QuerySet]:
        queryset = self._all()
        if since is not None:
            queryset = queryset.filter(self._changed_since(since))
        if order_ids is None:
            yield queryset
            return
        rest = iter(order_ids)
        while part := list(islice(rest, ORDERS_A_QUERY)):
            path = self.sources["order"].path or "pk"
            yield queryset.filter(**{f"{path}__in": self._order_keys(path, part)})

    def _order_keys(self, path: str, texts: Sequence[str]) -> list[Any]:
        field = walk(self.model, path).field
        target = field.target_field if field.is_relation else field
        found = []
        for text in texts:
            with suppress(ValidationError, ValueError, OverflowError):
                found.append(target.to_python(text))
        return [key for key in found if values.storable(key)]

    def _changed_since(self, since: datetime) -> Q:
        q = Q()
        for name in ("placed_at", "updated"):
            if self.sources[name].kind == "path":
                q |= Q(**{f"{self.sources[name].path}__gte": since})
        return q

    def _fanned(self, queryset: QuerySet, size: int) -> Iterator[Columns]:
        """Keyset over lines that may be in several orders: whole lines a chunk."""
        last = None
        keys = queryset.order_by("pk").values_list("pk", flat=True).distinct()
        while True:
            pks = list((keys if last is None else keys.filter(pk__gt=last))[:size])
            if not pks:
                return
            order = self.sources["order"].path
            rows = self.model._base_manager.filter(
                pk__in=pks, **{f"{order}__isnull": False}
            )
            columns = self.reader.columns(rows.order_by("pk"))
            orders = columns["order"]
            columns["key"] = [
                f"{pk}:{order}" for pk, order in zip(columns["pk"], orders, strict=True)
            ]
            yield columns
            last = pks[-1]

    def _lines(self, columns: Columns) -> Iterator[OrderLine]:
        items, variants = self._products(columns)
        states = self._states(columns)
        keys = columns["key"] if any(columns["key"]) else columns["pk"]
        placed = values.moments(columns["placed_at"])
        changed = values.moments(columns["updated"])
        table = zip(*(columns[name] for name in CELLS), strict=True)
        for at, (order, count, price, total, code, user, email, site) in enumerate(
            table
        ):
            moment = placed[at] or changed[at]
            if moment is None:
                continue
            quantity = values.quantity(count)
            yield OrderLine(
                key=str(keys[at]),
                order_id=values.text(order, 64),
                item_id=items[at],
                variant_id=variants[at],
                quantity=quantity,
                unit_price=self._price(price, total, quantity, code),
                placed_at=moment,
                state=states[at],
                user_id=values.text(user),
                email=values.text(email).strip(),
                site=values.text(site, 32),
            )

    def _products(self, columns: Columns) -> tuple[list[str], list[str]]:
        """Canonical ids, and the ids of the variants bought where they differ."""
        given = [values.text(value, 64) for value in columns["product"]]
        bought = [values.text(value, 64) for value in columns["variant"]]
        if not self._is_key:
            known = self._by_text(given)
            return [known.get(text, "") for text in given], bought
        parents = columns.get("parent")
        if parents is None:
            return given, bought
        items = [
            values.text(parent) if parent is not None else own
            for parent, own in zip(parents, given, strict=True)
        ]
        family = zip(given, items, bought, strict=True)
        return items, [b or (own if own != item else "") for own, item, b in family]

    def _by_text(self, texts: Sequence[str]) -> dict[str, str]:
        if self.catalog is None:
            return {text: text for text in texts}
        wanted = list(dict.fromkeys(text for text in texts if text))
        key = self.config.get("product_key") or "pk"
        return self.catalog.resolve(key, wanted)

    def _states(self, columns: Columns) -> list[LineState]:
        marks = zip(
            columns["refunded"], columns["cancelled"], columns["counted"], strict=True
        )
        stops = [not self.filters[name].is_empty for name in ("refunded", "cancelled")]
        return [
            LineState.REFUNDED
            if refunded and stops[0]
            else LineState.CANCELLED
            if cancelled and stops[1]
            else LineState.PURCHASED
            if counted
            else LineState.OPEN
            for refunded, cancelled, counted in marks
        ]

    def _price(
        self, price: Any, total: Any, quantity: Decimal, code: Any
    ) -> Money | None:
        amount = values.price(price, self.scale)
        if amount is None and quantity:
            whole = values.price(total, self.scale)
            amount = None if whole is None else values.price(whole / quantity)
        if amount is None:
            return None
        money = values.currency(code or getattr(price, "currency", ""))
        return Money(amount, money or self._shop_currency)

    @cached_property
    def _shop_currency(self) -> str:
        """Where the shop has one currency for all, the catalog knows it."""
        source = self.catalog.sources["currency"] if self.catalog else Source()
        return values.currency(source.value) if source.kind == "const" else ""

    def connect(self, changed: Callable[[Any], None]) -> None:
        hints.connect(self.model, self.config.get("order"), changed)


def _as_column(source: Source) -> Source:
    """Through one join all columns of a line's order come from the same order."""
    return replace(source, many=False)

"""Facts of Oscar's products for rules and objectives, with no query of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery, TextField
from django.db.models.functions import Cast, Coalesce

from shop_personalize.catalog.discovery.product_words import COST
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.oscar.bulk import category_paths

FACT, ATTRIBUTE = "sp_fact_", "attribute:"
PLAIN = ("price", "category", "brand", "stock", "created")
BRANDS = ("brand", "manufacturer")
CATEGORIES_KEPT_SECONDS = 60.0


class Knowing:
    """What rules ask of Oscar: stock and cost of its records, its own attributes."""

    model: Any
    _categories: Any
    _paths: tuple[float, dict[int, tuple[str, ...]]] = (float("-inf"), {})

    def fact_names(self) -> tuple[str, ...]:
        rows = self.model._meta.get_field("attributes").related_model._base_manager
        codes = rows.order_by("code").values_list("code", flat=True).distinct()
        cost = ("cost",) if self._cost else ()
        return (*PLAIN, *cost, *(ATTRIBUTE + code for code in codes))

    def knows(self, fact: str) -> bool:
        is_own = fact.startswith(ATTRIBUTE) or (fact == "cost" and bool(self._cost))
        return fact in PLAIN or is_own

    @cached_property
    def _cost(self) -> str:
        """The field of a stock record that says what a unit costs; Oscar has none."""
        records = self.model._meta.get_field("stockrecords").related_model
        own = {field.name for field in records._meta.concrete_fields}
        return next((word for word in COST if word in own), "")

    def _joined(self, needed: frozenset[str]) -> dict[str, Subquery]:
        """The attributes that are needed, as columns of the products."""
        codes = [n.removeprefix(ATTRIBUTE) for n in needed if n.startswith(ATTRIBUTE)]
        codes += BRANDS if "brand" in needed else ()
        return {_column(code): self._value(code) for code in codes}

    def _value(self, code: str) -> Subquery:
        rows = self.model._meta.get_field("attribute_values").related_model
        text = Coalesce(
            "value_option__option",
            "value_text",
            Cast("value_integer", TextField()),
            Cast("value_float", TextField()),
            output_field=TextField(),
        )
        found = rows._base_manager.filter(product=OuterRef("pk"), attribute__code=code)
        return Subquery(found.order_by("pk").values_list(text)[:1])

    def _brand(self, obj: Any) -> str:
        found = (obj.__dict__.get(_column(code)) for code in BRANDS)
        return next((values.text(word) for word in found if word), "")

    def _traits(self, obj: Any, needed: frozenset[str]) -> dict[str, tuple[str, ...]]:
        codes = [n.removeprefix(ATTRIBUTE) for n in needed if n.startswith(ATTRIBUTE)]
        words = {code: obj.__dict__.get(_column(code)) for code in codes}
        return {c: (values.text(word),) if word else () for c, word in words.items()}

    def _names(self, obj: Any) -> tuple[str, ...]:
        """Names of its categories and of all above them, its first one first."""
        owner = obj.parent if obj.is_child else obj
        paths = self._category_paths()
        found = (paths.get(one.pk, ()) for one in owner.categories.all())
        return tuple(dict.fromkeys(name for path in found for name in reversed(path)))

    def _category_paths(self) -> dict[int, tuple[str, ...]]:
        """The tree by key, read at most once a minute in a process."""
        read_at, found = self._paths
        if time.monotonic() - read_at > CATEGORIES_KEPT_SECONDS:
            found = category_paths(self._categories)
            self._paths = (time.monotonic(), found)
        return found

    def _records(self, obj: Any) -> Iterator[Any]:
        family = getattr(obj, "_prefetched_public_children", None)
        sold: Sequence[Any] = family if obj.is_parent and family is not None else [obj]
        for one in sold:
            yield from one.stockrecords.all()

    def _level(self, obj: Any) -> int | None:
        """Units free to sell, of all variants together; ``None`` if nobody counts."""
        kind, records = obj.get_product_class(), list(self._records(obj))
        if not records or not kind.track_stock:
            return None
        return sum(r.net_stock_level for r in records)

    def _unit_cost(self, obj: Any) -> Decimal | None:
        if not self._cost:
            return None
        costs = (values.price(getattr(r, self._cost)) for r in self._records(obj))
        return min((cost for cost in costs if cost is not None), default=None)


def _column(code: str) -> str:
    return FACT + re.sub(r"\W", "_", code)

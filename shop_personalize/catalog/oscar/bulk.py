"""One chunk of Oscar products in six queries: rows, children, stock, categories, …"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet

from shop_personalize.catalog.generic import values
from shop_personalize.catalog.types import Item, Money

COLUMNS = (
    "pk",
    "upc",
    "title",
    "description",
    "is_public",
    "date_created",
    "date_updated",
    "product_class__track_stock",
)


class _Stock(NamedTuple):
    price: Any
    currency: str
    in_stock: int | None
    allocated: int | None

    @property
    def net(self) -> int:
        return (self.in_stock or 0) - (self.allocated or 0)


class Bulk:
    """Reads products as columns; the category tree is read once a pass."""

    def __init__(self, model: Any, categories: Any) -> None:
        self.model = model
        self.paths = category_paths(categories)
        self.rank = {pk: at for at, pk in enumerate(self.paths)}

    def items(self, queryset: QuerySet) -> tuple[list[Item], int]:
        """The items of a chunk and the last key."""
        rows = list(queryset.values_list(*COLUMNS))
        pks = [row[0] for row in rows]
        children = self._children(pks)
        everyone = [
            *pks,
            *(pk for family in children.values() for pk, _public in family),
        ]
        stock = self._stock(everyone)
        categories = self._grouped("categories", pks)
        pictures = self._first_picture(pks)
        attributes = self._attributes(pks)
        items = [
            self._item(
                row,
                children[row[0]],
                stock,
                categories[row[0]],
                pictures.get(row[0], ""),
                attributes[row[0]],
            )
            for row in rows
        ]
        return items, pks[-1] if pks else 0

    def _item(
        self,
        row: Sequence[Any],
        family: list[tuple[int, bool]],
        stock: dict[int, list[_Stock]],
        categories: list[int],
        picture: str,
        attributes: dict[str, str],
    ) -> Item:
        pk, _upc, title, text, public, created, updated, tracked = row
        known = [one for one in categories if one in self.paths]
        sold = [child for child, shown in family if shown] if family else [pk]
        records = [record for one in sold for record in stock[one]]
        prices = [
            Money(amount, record.currency)
            for record in records
            if (amount := values.price(record.price)) is not None
        ]
        return Item(
            id=str(pk),
            title=values.text(title, 500),
            text=values.text(text),
            image=picture,
            price=min(prices, key=lambda money: money.amount, default=None),
            categories=tuple(
                self.paths[one] for one in sorted(known, key=self.rank.__getitem__)
            ),
            attributes=attributes,
            brand=attributes.get("brand", attributes.get("manufacturer", "")),
            variants=tuple(str(child) for child, _shown in family),
            visible=bool(public),
            available=any(not tracked or record.net > 0 for record in records),
            stock=sum(record.net for record in records)
            if tracked and records
            else None,
            created=created,
            updated=updated,
        )

    def _children(self, pks: list[int]) -> dict[int, list[tuple[int, bool]]]:
        found: dict[int, list[tuple[int, bool]]] = defaultdict(list)
        rows = self.model._base_manager.filter(parent__in=pks).order_by("pk")
        for parent, pk, public in rows.values_list("parent_id", "pk", "is_public"):
            found[parent].append((pk, public))
        return found

    def _stock(self, pks: list[int]) -> dict[int, list[_Stock]]:
        found: dict[int, list[_Stock]] = defaultdict(list)
        records = self.model._meta.get_field("stockrecords").related_model
        for product, *rest in records._base_manager.filter(product__in=pks).values_list(
            "product_id", "price", "price_currency", "num_in_stock", "num_allocated"
        ):
            found[product].append(_Stock(*rest))
        return found

    def _grouped(self, relation: str, pks: list[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        through = self.model._meta.get_field(relation).remote_field.through
        rows = through._base_manager.filter(product__in=pks)
        for product, other in rows.values_list("product_id", "category_id"):
            found[product].append(other)
        return found

    def _first_picture(self, pks: list[int]) -> dict[int, str]:
        images = self.model._meta.get_field("images").related_model
        rows = images._base_manager.filter(product__in=pks).order_by("-display_order")
        return dict(rows.values_list("product_id", "original"))

    def _attributes(self, pks: list[int]) -> dict[int, dict[str, str]]:
        """Texts, numbers and single options; the other kinds have no plain words."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        kinds = ("value_text", "value_integer", "value_float", "value_option__option")
        rows = self.model._meta.get_field("attribute_values").related_model
        for product, code, *cells in rows._base_manager.filter(
            product__in=pks
        ).values_list("product_id", "attribute__code", *kinds):
            word = next((c for c in cells if c not in (None, "")), None)
            if word is not None:
                found[product][code] = values.text(word, 200)
        return found


def category_paths(model: Any) -> dict[int, tuple[str, ...]]:
    """Names from the root down, by key: Oscar's tree keeps the way in ``path``."""
    step = model.steplen
    rows: Iterable[tuple[int, str, str]] = model._base_manager.order_by(
        "path"
    ).values_list("pk", "path", "name")
    table = list(rows)
    names = {path: name for _pk, path, name in table}
    return {
        pk: tuple(names.get(path[:end], "") for end in range(step, len(path) + 1, step))
        for pk, path, _name in table
    }

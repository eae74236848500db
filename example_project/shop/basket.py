from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.sessions.backends.base import SessionBase

from example_project.shop.models import Product
from shop_personalize.catalog.types import Money
from shop_personalize.recommend.bundle import saving

KEY, SETS = "basket", "basket_sets"
MOST = 999


@dataclass(frozen=True)
class Line:
    product: Product
    quantity: int

    @property
    def total(self) -> Decimal:
        return self.product.price * self.quantity


class Basket:
    """What a visitor means to buy, kept in the session as ``{pk: quantity}``."""

    def __init__(self, session: SessionBase) -> None:
        self.session = session
        self.quantities: dict[str, int] = dict(session.get(KEY, {}))
        self.sets: list[list[str]] = list(session.get(SETS, []))
        self._lines: list[Line] | None = None

    def add(self, product: Product, quantity: int) -> None:
        have = self.quantities.get(str(product.pk), 0)
        self.set(product, have + quantity)

    def set(self, product: Product, quantity: int) -> None:
        if quantity <= 0:
            self.quantities.pop(str(product.pk), None)
        else:
            self.quantities[str(product.pk)] = min(quantity, product.stock, MOST)
        self._save()

    def add_set(self, products: list[Product]) -> None:
        """Products offered as a set: cheaper as long as all of them stay."""
        for product in products:
            self.add(product, 1)
        pks = sorted(str(product.pk) for product in products)
        if pks not in self.sets:
            self.sets.append(pks)
        self._save()

    def clear(self) -> None:
        self.quantities, self.sets = {}, []
        self._save()

    def lines(self) -> list[Line]:
        if self._lines is None:
            found = Product.objects.select_related("category").in_bulk(
                [int(pk) for pk in self.quantities]
            )
            self._lines = [
                Line(found[int(pk)], quantity)
                for pk, quantity in self.quantities.items()
                if int(pk) in found
            ]
        return self._lines

    @property
    def products(self) -> list[Product]:
        return [line.product for line in self.lines()]

    @property
    def saved(self) -> Decimal:
        """What the sets take off, each once."""
        known = {str(product.pk): product for product in self.products}
        whole = [[known[pk] for pk in pks] for pks in self.sets if {*pks} <= {*known}]
        return sum((_saving(products) for products in whole), Decimal(0))

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines()), Decimal(0)) - self.saved

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines())

    def __len__(self) -> int:
        return sum(self.quantities.values())

    def __bool__(self) -> bool:
        return bool(self.quantities)

    def _save(self) -> None:
        self.session[KEY], self.session[SETS] = self.quantities, self.sets
        self._lines = None


def _saving(products: list[Product]) -> Decimal:
    total = Money(sum((product.price for product in products), Decimal(0)), "GBP")
    return saving(None, products, total) or Decimal(0)

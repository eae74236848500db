"""What the shop says of its products: price, cost, stock; as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Money

if TYPE_CHECKING:
    from shop_personalize.catalog.base import Catalog
    from shop_personalize.catalog.types import Item

CHUNK = 2000
COST = frozenset({"cost", "price"})


@dataclass(frozen=True, slots=True)
class Product:
    """A product on sale; ``cost`` is in the currency of its price."""

    id: str
    title: str
    category: str
    brand: str
    price: Money | None
    cost: Decimal | None
    stock: int | None

    @property
    def amount(self) -> Decimal:
        """The price without its currency; 0 where there is none."""
        return self.price.amount if self.price else Decimal(0)

    @property
    def currency(self) -> str:
        return self.price.currency if self.price else ""


def products(ids: Iterable[str] | None = None) -> Iterator[Product]:
    """Products that are visible and for sale, in a bounded number of queries."""
    catalog = get_catalog()
    rest = iter(catalog.iter_items(ids=ids, chunk=CHUNK))
    while chunk := list(islice(rest, CHUNK)):
        sold = [item for item in chunk if item.visible and item.available]
        costs = _costs(catalog, [item.id for item in sold])
        yield from (_product(item, costs.get(item.id)) for item in sold)


def product(item_id: str) -> Product | None:
    """One product on sale, asked now."""
    return next(products([item_id]), None)


def price_of(item_id: str) -> Money | None:
    """Its price at this moment, whether it is for sale or not."""
    catalog = get_catalog()
    found = catalog.stored([item_id]).get(item_id)
    return None if found is None else catalog.card(found).price


def _costs(catalog: Catalog, ids: list[str]) -> dict[str, Decimal | None]:
    if not ids or not catalog.knows("cost"):
        return {}
    found = catalog.with_facts(ids, None, COST)
    return {key: catalog.facts(obj, COST).cost for key, obj in found.items()}


def _product(item: Item, cost: Decimal | None) -> Product:
    return Product(
        id=item.id,
        title=item.title[:200],
        category=next((path[0][:120] for path in item.categories if path), ""),
        brand=item.brand[:120],
        price=item.price if item.price and item.price.amount > 0 else None,
        cost=cost if cost is not None and cost > 0 else None,
        stock=item.stock,
    )

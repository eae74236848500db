"""Fill the shop from the shards, fast: rows go to the driver without model objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.text import slugify

from example_project.shop.costs import invented
from example_project.shop.departments import DEPARTMENTS
from example_project.shop.models import Category, Order, OrderLine, Product

DATA = Path(__file__).resolve().parent.parent / "data"
BATCH = 20_000
UNLISTED_AFTER_DAYS = 365
SOLD_OUT_AFTER_DAYS = 150

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Shards:
    """Columns of the three Parquet files as lists, shifted to end yesterday."""

    products: dict[str, list[Any]]
    orders: dict[str, list[Any]]
    lines: dict[str, list[Any]]
    shift: timedelta

    @property
    def end(self) -> int:
        return max(self.orders["at"])

    def when(self, minutes: int) -> datetime:
        return datetime.fromtimestamp(minutes * 60, UTC) + self.shift


def read(last_orders: int | None = None) -> Shards:
    """The shards; with ``last_orders`` only so many of the latest orders."""
    import pyarrow.parquet as pq

    tables = {
        name: pq.read_table(DATA / f"{name}.parquet") for name in ("orders", "lines")
    }
    if last_orders is not None:
        orders = tables["orders"].slice(tables["orders"].num_rows - last_orders)
        count = sum(orders["lines"].to_pylist())
        tables["orders"] = orders
        tables["lines"] = tables["lines"].slice(tables["lines"].num_rows - count)
    columns = {name: table.to_pydict() for name, table in tables.items()}
    products = pq.read_table(DATA / "products.parquet").to_pydict()
    last = datetime.fromtimestamp(max(columns["orders"]["at"]) * 60, UTC).date()
    yesterday = timezone.now().astimezone(UTC).date() - timedelta(days=1)
    return Shards(products, columns["orders"], columns["lines"], yesterday - last)


@transaction.atomic
def load(shards: Shards, *, password: str, progress: Progress) -> dict[str, int]:
    """Create categories, products, customers, orders and lines; return their counts."""
    progress(0.0, "categories and products")
    add_products(shards, add_categories())
    progress(0.05, "customers")
    users = add_customers(shards, password)
    progress(0.1, "orders")
    insert(Order, ORDER_FIELDS, order_rows(shards, users))
    total = len(shards.lines["product"])
    rows = line_rows(shards)
    insert(
        OrderLine,
        LINE_FIELDS,
        rows,
        done=lambda n: progress(0.15 + 0.8 * n / total, f"{n:,} order lines"),
    )
    reset_sequences(Category, Product, User, Order, OrderLine)
    counted = (Category, Product, User, Order, OrderLine)
    return {
        str(m._meta.verbose_name_plural): m._default_manager.count() for m in counted
    }


def add_categories() -> dict[str, Category]:
    Category.objects.bulk_create(
        Category(**department._asdict(), position=at)
        for at, department in enumerate(DEPARTMENTS)
    )
    return {category.slug: category for category in Category.objects.all()}


def add_products(shards: Shards, categories: dict[str, Category]) -> None:
    columns = shards.products
    now = timezone.now()
    rows = zip(*(columns[n] for n in PRODUCT_COLUMNS), strict=True)
    products = []
    for pk, (sku, title, category, price, first, last) in enumerate(rows, start=1):
        idle = (shards.end - last) // 1440
        listed = bool(category) and idle <= UNLISTED_AFTER_DAYS
        in_stock = listed and idle <= SOLD_OUT_AFTER_DAYS
        products.append(
            Product(
                pk=pk,
                sku=sku,
                title=title,
                slug=slugify(title)[:80] or "product",
                category=categories.get(category),
                price=price,
                cost=invented(sku, Decimal(str(price))),
                stock=12 + crc32(sku.encode()) % 180 if in_stock else 0,
                available=listed,
                created=shards.when(first),
                updated=now,
            )
        )
    Product.objects.bulk_create(products, batch_size=500)


def add_customers(shards: Shards, password: str) -> dict[int, int]:
    """One account a customer number, all with one password; hashing it once."""
    hashed = make_password(password)
    numbers = sorted({n for n in shards.orders["customer"] if n is not None})
    joined = timezone.now()
    User.objects.bulk_create(
        (
            User(
                username=f"customer-{n}",
                email=f"customer-{n}@example.com",
                first_name="Customer",
                last_name=str(n),
                password=hashed,
                date_joined=joined,
            )
            for n in numbers
        ),
        batch_size=500,
    )
    found = User.objects.filter(username__startswith="customer-")
    return {int(name[9:]): pk for name, pk in found.values_list("username", "pk")}


PRODUCT_COLUMNS = ("code", "title", "category", "price", "first", "last")
ORDER_FIELDS = (
    "id", "number", "user", "email", "country", "status", "total", "placed_at",
    "updated",
)  # fmt: skip
LINE_FIELDS = ("order", "product", "quantity", "unit_price", "refunded", "returned")


def order_rows(shards: Shards, users: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    orders = shards.orders
    columns = (orders[n] for n in ("number", "customer", "at", "country", "lines"))
    start = 0
    for pk, row in enumerate(zip(*columns, strict=True), start=1):
        number, customer, at, country, count = row
        own = slice(start, start + count)
        start += count
        quantities, prices = shards.lines["quantity"][own], shards.lines["price"][own]
        total = sum(q * p for q, p in zip(quantities, prices, strict=True))
        who = f"customer-{customer}" if customer else f"guest-{number}"
        placed = connection.ops.adapt_datetimefield_value(shards.when(at))
        user = users[customer] if customer else None
        yield (
            pk, number, user, f"{who}@example.com", country, Order.Status.PAID.value,
            round(total, 2), placed, placed,
        )  # fmt: skip


def line_rows(shards: Shards) -> Iterator[tuple[Any, ...]]:
    lines = shards.lines
    columns = zip(
        *(lines[n] for n in ("product", "quantity", "price", "refunded")), strict=True
    )
    for order, count in enumerate(shards.orders["lines"], start=1):
        for product, quantity, price, refunded in islice(columns, count):
            yield order, product + 1, quantity, price, refunded, refunded >= quantity


def insert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    done: Callable[[int], None] = lambda n: None,
) -> None:
    """``INSERT`` in batches, or ``COPY`` where the database has it."""
    columns = [model._meta.get_field(name).column for name in fields]
    names = ", ".join(map(connection.ops.quote_name, columns))
    table = connection.ops.quote_name(model._meta.db_table)
    places = ", ".join(["%s"] * len(columns))
    iterator, written = iter(rows), 0
    with connection.cursor() as cursor:
        while batch := list(islice(iterator, BATCH)):
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
            else:
                sql = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
                cursor.executemany(sql, batch)
            written += len(batch)
            done(written)


def reset_sequences(*tables: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(sql)


@transaction.atomic
def empty() -> None:
    """Take all goods, orders and customers out; staff stays."""
    with connection.cursor() as cursor:
        for model in (OrderLine, Order, Product, Category):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    User.objects.filter(username__startswith="customer-").delete()

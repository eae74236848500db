"""A synthetic shop of three years, written with COPY.

Visits are drawn one by one: a visitor by activity (rank to the power -0.6, so some come
often and most once or twice), a time that grows by half over the years and follows
weeks and seasons, products by Zipf's law. A visit holds views, recommendations seen and
clicked, searches, baskets, a checkout and an order with several lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.core.management.color import no_style
from django.db import connection

PRODUCTS, CATEGORIES, TERMS = 20_000, 40, 3_000
DAYS = 1095
EVENTS_A_VISIT = 6.95
VISITS_A_VISITOR = 2.2
AT_ONCE = 50_000
PLACES = 6
MARK = "bench-"
SAY = Callable[[str], Any]
COLUMNS = (
    "event_id, visitor_id, kind, item_id, quantity, value, currency, order_id, rid,"
    " flag, source, site, context, occurred_at, received_at"
)


@dataclass
class Draw:
    rng: np.random.Generator
    visitors: int
    start: datetime
    reach: np.ndarray
    """Sums of the products' shares, by which one is found for a number in 0..1."""
    activity: np.ndarray
    events: int = 0
    orders: int = 0

    def items(self, count: int) -> np.ndarray:
        found = np.searchsorted(self.reach, self.rng.random(count))
        return found.clip(max=PRODUCTS - 1)


def is_filled() -> bool:
    from shop_personalize.models import Interaction, Visitor

    if not Interaction.objects.exists():
        return False
    if not Visitor.objects.filter(key__startswith=MARK).exists():
        raise RuntimeError("the database holds a shop that this benchmark did not make")
    return True


def interactions() -> int:
    from shop_personalize.models import Interaction

    return Interaction.objects.count()


def sizes() -> dict[str, str]:
    """Rows and size on disk of the tables that matter."""
    from shop_personalize.insight import models as insight
    from shop_personalize.models import BlockDay, Interaction, VisitorDay

    own = [getattr(insight, name) for name in insight.__all__]
    found = {}
    with connection.cursor() as cursor:
        for model in (Interaction, VisitorDay, BlockDay, *own):
            table = model._meta.db_table
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            size = cursor.fetchone()[0] / 1e6
            rows = model._default_manager.count()
            found[model.__name__] = f"{rows:,} rows, {size:,.0f} MB"
    return found


def fill(size: int, say: SAY) -> dict[str, int]:
    from shop_personalize.models import Visitor

    visits = int(size / EVENTS_A_VISIT)
    draw = _draw(max(1, int(visits / VISITS_A_VISITOR)))
    _products()
    _visitors(draw)
    ages = np.sort(_times(draw.rng, visits))
    for start in range(0, visits, AT_ONCE):
        _visits(draw, ages[start : start + AT_ONCE])
        say(f"{draw.events:,} interactions")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Visitor]):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return {"interactions": draw.events, "orders": draw.orders}


def _draw(visitors: int) -> Draw:
    share = 1 / np.arange(1, PRODUCTS + 1) ** 0.9
    busy = np.cumsum(1 / np.arange(1, visitors + 1) ** 0.6)
    return Draw(
        rng=np.random.default_rng(1),
        visitors=visitors,
        start=datetime.now(UTC) - timedelta(days=DAYS),
        reach=np.cumsum(share / share.sum()),
        activity=busy / busy[-1],
    )


def _times(rng: np.random.Generator, count: int) -> np.ndarray:
    """Days since the beginning, thinned to growth, seasons, weeks and hours."""
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        at = rng.uniform(0, DAYS - 0.01, count)
        likely = (1 + 0.5 * at / DAYS) * (1 + 0.3 * np.sin(2 * math.pi * at / 365))
        likely *= np.where(at.astype(int) % 7 > 4, 0.7, 1.0)
        likely *= 1 + 0.8 * np.sin(2 * math.pi * (at % 1 - 0.3))
        kept.append(at[rng.random(count) < likely / 3.6])
    return np.concatenate(kept)[:count]


def _products() -> None:
    from tests.projects.gifts.models import Category, Product

    rooms = [Category.objects.create(name=f"Room {n}") for n in range(CATEGORIES)]
    now = datetime.now(UTC)
    made = Product.objects.bulk_create(
        (
            Product(name=f"Gift {n}", price=2 + n % 60, category=rooms[n % CATEGORIES])
            for n in range(PRODUCTS)
        ),
        batch_size=2000,
    )
    # One in ten is new, spread over the ranks.
    for n, product in enumerate(made):
        product.created = now - timedelta(days=30 if n % 10 == 3 else 800)
    Product.objects.bulk_update(made, ["created"], batch_size=2000)


def _visitors(draw: Draw) -> None:
    first = draw.start.isoformat()
    kinds = ("user", "guest", "guest")
    rows = (
        f"{n + 1}\t{MARK}{n:037d}\t{kinds[n % 3]}\tf\tf\t\t{first}\n"
        for n in range(draw.visitors)
    )
    _copy(
        "shop_personalize_visitor",
        "id, key, kind, is_bot, is_erased, site, first_seen",
        rows,
    )


def _visits(draw: Draw, ages: np.ndarray) -> None:
    placed: list[str] = []
    visits = _drawn(draw, ages)
    rows = (line for each in visits for line in each.lines(draw, placed))
    _copy("shop_personalize_interaction", COLUMNS, rows)
    columns = "order_id, visitor_id, rids, created_at"
    _copy("shop_personalize_ordervisitor", columns, iter(placed))


def _drawn(draw: Draw, ages: np.ndarray) -> Iterator[Visit]:
    rng, n = draw.rng, len(ages)
    who = 1 + np.searchsorted(draw.activity, rng.random(n)).clip(max=draw.visitors - 1)
    views = rng.geometric(1 / 4.6, n)
    shown = np.where(rng.random(n) < 0.35, PLACES, 0)
    carts = np.where(rng.random(n) < 0.2, 1 + rng.poisson(1.0, n), 0)
    checks = (carts > 0) & (rng.random(n) < 0.55)
    bought = checks & (rng.random(n) < 0.6)
    terms = np.where(rng.random(n) < 0.3, (TERMS ** rng.random(n)).astype(int), 0)
    clicks = rng.random(n) < 0.25
    ends = np.cumsum(views + shown)
    items = [str(code) for code in draw.items(int(ends[-1])) + 1]
    for k in range(n):
        own = items[ends[k] - views[k] - shown[k] : ends[k]]
        yield Visit(
            visitor=int(who[k]),
            at=draw.start + timedelta(days=float(ages[k])),
            viewed=own[: views[k]],
            shown=own[views[k] :],
            seen=2 + k % 5,
            clicks=bool(clicks[k]),
            term=int(terms[k]),
            carts=int(carts[k]),
            checks=bool(checks[k]),
            buys=bool(bought[k]),
        )


@dataclass
class Visit:
    visitor: int
    at: datetime
    viewed: list[str]
    shown: list[str]
    seen: int
    """How many of the products shown came into view."""
    clicks: bool
    term: int
    carts: int
    checks: bool
    buys: bool

    def lines(self, draw: Draw, placed: list[str]) -> Iterator[str]:
        if self.term:
            found = 0 if self.term % 9 == 0 else self.term % 50
            context = f'{{"query": "gift {self.term}", "results": {found}}}'
            yield self.line(draw, "search", context=context)
        for item in self.viewed:
            yield self.line(draw, "view", item)
        yield from self._recommended(draw)
        basket = [self.viewed[c % len(self.viewed)] for c in range(self.carts)]
        for item in basket:
            yield self.line(draw, "add_to_cart", item)
        if self.checks:
            yield self.line(draw, "checkout")
        if self.buys:
            draw.orders += 1
            placed.append(
                f"order-{draw.orders}\t{self.visitor}\t{{}}\t{self.at.isoformat()}\n"
            )
            for item in dict.fromkeys(basket):
                yield self.line(draw, "purchase", item)

    def _recommended(self, draw: Draw) -> Iterator[str]:
        from shop_personalize.attribution import Token, sign

        moment = int(self.at.timestamp())
        for place, item in enumerate(self.shown[: self.seen], 1):
            rid = sign(Token("home-for-you", "for_you", 1, place, item, moment))
            yield self.line(draw, "rec_view", item, rid)
            if place == 1 and self.clicks:
                yield self.line(draw, "click", item, rid)

    def line(
        self,
        draw: Draw,
        kind: str,
        item: str = "",
        rid: str = "",
        context: str = "{}",
    ) -> str:
        draw.events += 1
        self.at += timedelta(seconds=20)
        at = self.at.isoformat()
        bought = kind == "purchase"
        price = f"{2 + int(item) % 60}.50" if bought else "\\N"
        currency, source = ("GBP", "orders") if bought else ("", "native")
        order = f"order-{draw.orders}" if bought else ""
        flag = "bot" if draw.events % 97 == 0 and not bought else ""
        return (
            f"{draw.events:032x}\t{self.visitor}\t{kind}\t{item}\t1\t{price}"
            f"\t{currency}\t{order}\t{rid}\t{flag}\t{source}\t\t{context}"
            f"\t{at}\t{at}\n"
        )


def _copy(table: str, columns: str, rows: Iterator[str]) -> None:
    lines: list[str] = []
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for text in rows:
            lines.append(text)
            if len(lines) == 5000:
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))

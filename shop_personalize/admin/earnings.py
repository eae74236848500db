"""What the blocks led to: this period beside the one before, by block and by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from django.db.models import Sum

from shop_personalize.models import BlockDay

if TYPE_CHECKING:
    from collections.abc import Iterable

DAYS = 28
COUNTS = ("shown", "seen", "clicked", "carted", "bought")


@dataclass
class Led:
    """Shown on a page, seen, clicked, put into the basket, bought; one currency."""

    shown: int = 0
    seen: int = 0
    clicked: int = 0
    carted: int = 0
    bought: int = 0
    revenue: Decimal = Decimal(0)

    def add(self, other: Led) -> None:
        for name in (f.name for f in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def seen_rate(self) -> float | None:
        return self.seen / self.shown if self.shown else None

    @property
    def click_rate(self) -> float | None:
        return self.clicked / self.seen if self.seen else None


@dataclass(frozen=True)
class Earnings:
    """``currency`` is the one with most revenue; amounts in others are named apart."""

    currency: str
    now: Led
    before: Led
    blocks: list[tuple[str, Led]]
    days: list[tuple[date, Led]]
    others: list[tuple[str, Decimal]]


def measure(today: date, days: int = DAYS) -> Earnings:
    """The last ``days`` days, today included, beside as many before."""
    first = today - timedelta(days=days - 1)
    sums = [Sum(name) for name in (*COUNTS, "revenue")]
    rows = list(
        BlockDay.objects.filter(day__gte=first - timedelta(days=days), day__lte=today)
        .values_list("day", "block", "currency")
        .annotate(*sums)
        .order_by()
    )
    currency, others = _currencies(rows, first)
    now, before = Led(), Led()
    blocks: dict[str, Led] = defaultdict(Led)
    by_day = {first + timedelta(days=k): Led() for k in range(days)}
    for day, block, row_currency, *counts, revenue in rows:
        led = _led(counts, revenue if row_currency == currency else Decimal(0))
        if day < first:
            before.add(led)
            continue
        now.add(led)
        blocks[block].add(led)
        by_day[day].add(led)
    best = sorted(blocks.items(), key=lambda b: (-b[1].revenue, -b[1].clicked, b[0]))
    return Earnings(currency, now, before, best, list(by_day.items()), others)


def split(
    by: Literal["position", "variant", "recommender"],
    today: date,
    currency: str,
    *,
    block: str = "",
    days: int = DAYS,
) -> list[tuple[int | str, Led]]:
    """The last ``days`` days by place, arm or recommender, of one block or of all."""
    rows = BlockDay.objects.filter(day__gt=today - timedelta(days=days), day__lte=today)
    if block:
        rows = rows.filter(block=block)
    sums = [Sum(name) for name in (*COUNTS, "revenue")]
    found: dict[int | str, Led] = defaultdict(Led)
    for value, row_currency, *counts, revenue in (
        rows.values_list(by, "currency").annotate(*sums).order_by()
    ):
        ours = revenue if row_currency == currency else Decimal(0)
        found[value].add(_led(counts, ours))
    return sorted(found.items())


def _led(counts: list[int], revenue: Decimal) -> Led:
    return Led(**dict(zip(COUNTS, counts, strict=True)), revenue=revenue)


def _currencies(
    rows: Iterable[tuple], first: date
) -> tuple[str, list[tuple[str, Decimal]]]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for day, _block, currency, *_counts, revenue in rows:
        if day >= first:
            totals[currency] += revenue
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ordered:
        return "", []
    return ordered[0][0], [pair for pair in ordered[1:] if pair[1]]

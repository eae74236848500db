"""What an order holds: how much, worth how much, and what goes together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter

import numpy as np
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from shop_personalize.attribution import days
from shop_personalize.insight.models import Basket
from shop_personalize.insight.selectors.customers import main_currency
from shop_personalize.insight.selectors.period import FEW, Period
from shop_personalize.insight.selectors.sales import Sold, sold
from shop_personalize.models import Interaction

SIZES = 10
"""Sizes told apart; the last one stands for all larger ones."""
VALUES = 12
TOP, FREQUENT = 50, 300
"""Pairs told; products among which they are looked for, those in most orders."""
NEWEST, AT_ONCE = 20_000, 500
"""Orders looked at for pairs, the newest; orders asked for at a time."""


@dataclass(frozen=True)
class Pair:
    """``lift``: how many times as often together as two products would be by chance."""

    one: str
    other: str
    orders: int
    lift: float


@dataclass(frozen=True)
class Baskets:
    """``sizes[k]`` orders of k + 1 different products; values in one currency."""

    orders: int
    before: int
    value: float | None
    value_before: float | None
    middle: float | None
    products: float | None
    single: int
    sizes: tuple[int, ...]
    size_values: tuple[float | None, ...]
    """The average value of an order of each size."""
    steps: tuple[float, ...]
    """Where the columns of ``values`` begin, in money."""
    values: tuple[int, ...]
    pairs: tuple[Pair, ...]
    looked_at: int
    currency: str

    @property
    def single_share(self) -> float | None:
        return self.single / self.orders if self.orders else None


def measure(period: Period) -> Baskets:
    currency, _others = main_currency(period.first, period.until)
    worth, sizes = _read(period, currency)
    earlier, _sizes = _read(period.before, currency)
    place = np.minimum(sizes, SIZES) - 1
    counts = np.bincount(place, minlength=SIZES)
    sums = np.bincount(place, worth, minlength=SIZES)
    steps, values = _columns(worth)
    pairs, looked_at = _pairs(period)
    return Baskets(
        orders=len(worth),
        before=len(earlier),
        value=_mean(worth),
        value_before=_mean(earlier),
        middle=float(np.median(worth)) if len(worth) else None,
        products=_mean(sizes),
        single=int(counts[0]),
        sizes=tuple(counts.tolist()),
        size_values=tuple(
            round(float(total / count), 2) if count else None
            for total, count in zip(sums, counts, strict=True)
        ),
        steps=steps,
        values=values,
        pairs=pairs,
        looked_at=looked_at,
        currency=currency,
    )


def _read(
    period: Period, currency: str
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Value and number of products of each order."""
    rows = Basket.objects.filter(**period.lookups(), currency=currency)
    told = rows.values_list("value", "products").iterator()
    pair = np.dtype([("value", np.float64), ("products", np.int64)])
    table = np.fromiter(((float(value), max(1, n)) for value, n in told), pair)
    return table["value"], table["products"]


def _mean(values: NDArray[np.float64] | NDArray[np.int64]) -> float | None:
    return round(float(values.mean()), 2) if len(values) else None


def _columns(
    worth: NDArray[np.float64],
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Columns of a round width, the last one for all that is worth more."""
    if not len(worth):
        return (), ()
    width = _round(float(np.quantile(worth, 0.95)) / (VALUES - 1))
    place = np.clip(worth // width, 0, VALUES - 1).astype(np.int64)
    counts = np.bincount(place, minlength=VALUES)
    return tuple(width * k for k in range(VALUES)), tuple(counts.tolist())


def _round(width: float) -> float:
    """1, 2, 5, 10, 20, …: the least of them that is not smaller."""
    power = 10.0 ** np.floor(np.log10(max(width, 0.01)))
    return float(next(s * power for s in (1, 2, 5, 10) if s * power >= width - 1e-9))


def _pairs(period: Period) -> tuple[tuple[Pair, ...], int]:
    """The most bought pairs of often sold products, by at least ten orders."""
    often = _often(sold(period, ""))
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    orders = _newest(period)
    for items in _lines(orders, often):
        singles.update(items)
        pairs.update(combinations(items, 2))
    enough = [(pair, n) for pair, n in pairs.items() if n >= FEW]
    best = sorted(enough, key=lambda each: (-each[1], each[0]))[:TOP]
    made = (
        Pair(one, other, n, round(n * len(orders) / (singles[one] * singles[other]), 2))
        for (one, other), n in best
    )
    return tuple(made), len(orders)


def _often(sales: dict[str, Sold]) -> set[str]:
    ordered = sorted(sales, key=lambda item: (-sales[item].orders, item))
    return set(ordered[:FREQUENT])


def _newest(period: Period) -> list[str]:
    rows = _bought().filter(**days.between(period.first, period.until))
    newest = rows.order_by().values_list("order_id").annotate(at=Max("occurred_at"))
    ordered = newest.order_by("-at", "-order_id")[:NEWEST]
    return [order for order, _at in ordered]


def _bought() -> QuerySet[Interaction]:
    return Interaction.objects.filter(kind="purchase", flag="").exclude(order_id="")


def _lines(orders: list[str], often: set[str]) -> Iterator[list[str]]:
    """What each order holds of the often sold products, sorted."""
    for start in range(0, len(orders), AT_ONCE):
        rows = _bought().filter(order_id__in=orders[start : start + AT_ONCE])
        told = rows.order_by("order_id").values_list("order_id", "item_id")
        for _order, lines in groupby(told, key=itemgetter(0)):
            yield sorted({item for _id, item in lines} & often)

"""What was sold, as panels: by product, by category, of the whole shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import FloatField, Min, Sum
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.supply.censored import begun, uncensored, unknown
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import DemandDay, Grain, StockDay
from shop_personalize.supply.selectors.calendar import drivers
from shop_personalize.supply.selectors.goods import Good
from shop_personalize.supply.selectors.periods import SEASONS, Span, complete

ROWS = 50_000
"""Rows turned into numbers at a time."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Demand:
    """``products`` of the catalog that ever sold, one a row of ``panel``.

    ``groups`` are the categories and, last, "" for the whole shop, rows of
    ``group_panel``; ``group_of`` int64 (products,): the row of a product's category,
    −1 without one. ``price`` float64 (products,): the last mean price paid.
    """

    span: Span
    products: list[str]
    panel: Panel
    groups: list[str]
    group_panel: Panel
    group_of: NDArray[np.int64]
    price: Matrix
    currency: str

    def group_by_product(self) -> dict[str, str]:
        """The category of each product that has one."""
        pairs = zip(self.products, self.group_of.tolist(), strict=True)
        return {item: self.groups[at] for item, at in pairs if at >= 0}


NOTHING = {
    Grain.DAY: gettext_noop("no whole day with a sale is known yet"),
    Grain.WEEK: gettext_noop("no whole week with a sale is known yet"),
    Grain.MONTH: gettext_noop("no whole month with a sale is known yet"),
}


class NothingSoldError(ValueError):
    """There is no whole period with a sale; the message is one of ``NOTHING``."""


def measure(grain: str, horizon: int, goods: Mapping[str, Good]) -> Demand:
    """Everything a forecast of a grain is learned from; some passes over the days."""
    span = history(grain)
    if not span.count:
        raise NothingSoldError(NOTHING[Grain(grain)])
    currency = main_currency()
    items, sold, units, paid = _sums(span, currency)
    known = [at for at, item in enumerate(items) if _is_offered(goods.get(item))]
    products = [items[at] for at in known]
    rows = np.array(known, np.int64)
    shares = _sold_out(span, {item: at for at, item in enumerate(products)})
    named = sorted({goods[item].category for item in products} - {""})
    place = {name: at for at, name in enumerate(named)}
    group_of = np.array([place.get(goods[i].category, -1) for i in products], np.int64)
    whole = span.longer(horizon)
    events = drivers(whole, span.count)
    prices = _prices(paid[rows], units[rows], horizon)
    return Demand(
        span=span,
        products=products,
        panel=Panel(
            values=begun(uncensored(sold[rows], shares)),
            season=SEASONS[Grain(grain)],
            censored=unknown(shares),
            drivers={
                **_of_groups(events, group_of, named),
                **({"price": prices} if prices.size else {}),
            },
        ),
        groups=[*named, ""],
        group_panel=Panel(
            values=begun(_grouped(items, sold, goods, place)),
            season=SEASONS[Grain(grain)],
            drivers=_of_groups(
                events, np.append(np.arange(len(named)), -1), [*named, ""]
            ),
        ),
        group_of=group_of,
        price=_last(paid[rows], units[rows]),
        currency=currency,
    )


def history(grain: str) -> Span:
    """The whole periods of which sales are known."""
    first = DemandDay.objects.filter(units__gt=0).aggregate(first=Min("day"))["first"]
    today = timezone.localdate()
    return complete(grain, first or today, today, supply_settings().history)


def main_currency() -> str:
    """The currency in which most was paid."""
    sums = DemandDay.objects.order_by().values("currency").annotate(all=Sum("paid"))
    found = sorted(sums, key=lambda one: (-one["all"], one["currency"]))
    return found[0]["currency"] if found else ""


def of_item(item_id: str, span: Span) -> Matrix:
    """Units less what came back of one product: float64 (periods,), never below 0."""
    days = DemandDay.objects.filter(item_id=item_id)
    found = np.zeros(span.count)
    for day, bought, back in days.values_list("day", "units", "returned"):
        at = span.place(day)
        if 0 <= at < span.count:
            found[at] += float(bought - back)
    return np.maximum(found, 0.0)


def of_groups(span: Span, goods: Mapping[str, Good]) -> dict[str, Matrix]:
    """The same of every category, and of the whole shop under ""."""
    items, sold, _units, _paid = _sums(span, "")
    named = sorted({good.category for good in goods.values()} - {""})
    place = {name: at for at, name in enumerate(named)}
    sums = _grouped(items, sold, goods, place)
    return dict(zip([*named, ""], sums, strict=True))


def of_products(span: Span) -> dict[str, Matrix]:
    items, sold, _units, _paid = _sums(span, "")
    return dict(zip(items, sold, strict=True))


def _is_offered(good: Good | None) -> bool:
    return good is not None and good.is_sold


def _sums(span: Span, currency: str) -> tuple[list[str], Matrix, Matrix, Matrix]:
    """Products; units less returns in all currencies; units and money in one."""
    index: dict[str, int] = {}
    days: dict[date, int] = {}
    rows = DemandDay.objects.filter(day__gte=span.begin, day__lt=span.end).order_by()
    names = ("units", "returned", "paid")
    numbers = [Cast(name, FloatField()) for name in names]
    told = rows.values_list("item_id", "day", "currency", *numbers)
    found = (
        (
            index.setdefault(item, len(index)),
            days.setdefault(day, span.place(day)),
            paid_in == currency,
            *values,
        )
        for item, day, paid_in, *values in _read(told)
    )
    # Numbers alone are held, not the rows that they came in: there are millions.
    table: Any = np.fromiter(found, np.dtype((np.float64, 6)))
    shape = (len(index), span.count)
    cells = (table[:, 0].astype(np.int64), table[:, 1].astype(np.int64))
    own = table[:, 2]
    sold = _added(shape, cells, table[:, 3] - table[:, 4])
    units = _added(shape, cells, table[:, 3] * own)
    paid = _added(shape, cells, table[:, 5] * own)
    return list(index), np.maximum(sold, 0.0), units, paid


def _read(rows: Any) -> Iterator[tuple[Any, ...]]:
    return iter(rows.iterator(chunk_size=ROWS))


def _added(
    shape: tuple[int, int],
    cells: tuple[NDArray[np.int64], NDArray[np.int64]],
    values: Matrix,
) -> Matrix:
    flat = cells[0] * shape[1] + cells[1]
    size = shape[0] * shape[1]
    return np.bincount(flat, values, size).reshape(shape).astype(np.float64)


def _grouped(
    items: list[str],
    sold: Matrix,
    goods: Mapping[str, Good],
    place: Mapping[str, int],
) -> Matrix:
    """Categories, and last the shop, which has also what is in no category."""
    found = np.zeros((len(place) + 1, sold.shape[1]))
    rows = np.array(
        [place.get(goods[i].category, -1) if i in goods else -1 for i in items],
        np.int64,
    )
    np.add.at(found, rows[rows >= 0], sold[rows >= 0])
    found[-1] = sold.sum(axis=0)
    return found


def _sold_out(span: Span, index: Mapping[str, int]) -> Matrix:
    """The share of each period's days on which a product was sold out."""
    found = np.zeros((len(index), span.count))
    rows = StockDay.objects.filter(
        day__gte=span.begin, day__lt=span.end, stock__lte=0
    ).order_by()
    for item, day in rows.values_list("item_id", "day").iterator(chunk_size=ROWS):
        at = index.get(item)
        if at is not None:
            found[at, span.place(day)] += 1.0
    return np.minimum(found / span.lengths(), 1.0)


def _prices(paid: Matrix, units: Matrix, horizon: int) -> Matrix:
    """Mean price beside the product's usual one; where nothing was sold, the last."""
    if not len(paid):
        return np.zeros((0, 0))
    price = np.divide(paid, units, out=np.full_like(paid, np.nan), where=units > 0)
    known = np.where(np.isnan(price), 0, np.arange(price.shape[1]))
    last = np.maximum.accumulate(known, axis=1)
    filled = np.take_along_axis(price, last, axis=1)
    unpaid = np.isnan(price).all(axis=1, keepdims=True)
    usual = np.nanmedian(np.where(unpaid, 1.0, price), axis=1)
    usual = np.where(usual > 0, usual, 1.0)
    relative = np.nan_to_num(filled / usual[:, None], nan=1.0)
    ahead = np.repeat(relative[:, -1:], horizon, axis=1)
    return np.concatenate([relative, ahead], axis=1)


def _last(paid: Matrix, units: Matrix) -> Matrix:
    """The last mean price paid; NaN of what was never paid for."""
    found = np.full(len(paid), np.nan)
    for rest in range(paid.shape[1] - 1, -1, -1):
        here = np.isnan(found) & (units[:, rest] > 0)
        found[here] = paid[here, rest] / units[here, rest]
        if not np.isnan(found).any():
            break
    return found


def _of_groups(
    events: Mapping[tuple[str, str], Matrix],
    group_of: NDArray[np.int64],
    groups: list[str],
) -> dict[str, Matrix]:
    """Events of the whole shop as they are; of a category, only for its rows."""
    found: dict[str, Matrix] = {}
    for (name, category), column in events.items():
        if not category:
            found[name] = column
            continue
        if category not in groups:
            continue
        own = (group_of == groups.index(category)).astype(np.float64)
        found[f"{name}: {category}"] = own[:, None] * column
    return found

"""Facts of the items a ranker looks at, as they are at the moment of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.ranking.features import LONG_AGO, MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Arrays

TARGETS = ("purchase", "add_to_cart", "view")
FADES = (4.0, 10.0, 21.0, 60.0)
"""Time constants in days of an item's audience."""
MONTH, YEAR = 28.0, 365.0
PRIOR = 2.0
"""Visitors that pull a growth to 1."""


def target_of(data: TrainingData) -> str:
    """Return the strongest kind of event there is, or the only one."""
    present: list[str] = [data.kinds[kind] for kind in np.unique(data.kind)]
    for kind in (*TARGETS, *present):
        if kind in present:
            return kind
    return TARGETS[0]


def item_facts(data: TrainingData, target: str) -> tuple[list[str], Arrays]:
    """Return names of the columns of ``ranker__facts`` (n, f), and all arrays.

    Besides, ``ranker__category`` and ``ranker__brand`` int (n,), -1 where unknown.
    """
    rows = data.of_kinds(target)
    facts = {**_audience(rows), **_ages(rows, data), **_terms(rows, data)}
    table = np.column_stack(list(facts.values())) if data.n_items else np.empty((0, 1))
    arrays: Arrays = {
        "ranker__facts": np.nan_to_num(table, nan=float(MISSING)).astype(np.float32),
        "ranker__category": _coded(
            [each[-1] if each else "" for each in data.items.categories]
        ),
        "ranker__brand": _coded(data.items.brands),
    }
    return list(facts), arrays


def _audience(rows: TrainingData) -> dict[str, NDArray[Any]]:
    """Distinct visitors of each item: fading, in recent weeks, a year ago."""
    ages = _age(rows)
    last = _latest(rows, ages)
    item, age = last
    n = rows.n_items
    facts: dict[str, NDArray[Any]] = {
        f"audience, fading in {fade:g} days": np.bincount(item, np.exp(-age / fade), n)
        for fade in FADES
    }

    def within(start: float, stop: float) -> NDArray[Any]:
        _, items = _distinct(rows, (ages >= start) & (ages < stop))
        return np.bincount(items, minlength=n).astype(float)

    week, fortnight = within(0, MONTH / 4), within(0, MONTH / 2)
    month, before = within(0, MONTH), within(MONTH, 2 * MONTH)
    coming = within(YEAR - MONTH, YEAR)
    then = within(YEAR, YEAR + MONTH)
    return {
        **facts,
        "audience of a week": week,
        "audience of two weeks": fortnight,
        "audience of four weeks": month,
        "audience of the four weeks before": before,
        "audience ever": np.bincount(item, minlength=n).astype(float),
        "growth of the week": (4 * week + PRIOR) / (month + PRIOR),
        "growth of four weeks": (month + PRIOR) / (before + PRIOR),
        "audience of the coming weeks a year ago": coming,
        "growth in the coming weeks a year ago": (coming + PRIOR) / (then + PRIOR),
    }


def _ages(rows: TrainingData, data: TrainingData) -> dict[str, NDArray[Any]]:
    """Days since an item was first and last wanted, and since it was made."""
    ages, n = _age(rows), rows.n_items
    first, last = np.full(n, -1.0), np.full(n, LONG_AGO)
    np.maximum.at(first, rows.item, ages)
    np.minimum.at(last, rows.item, ages)
    return {
        "days since first wanted": np.where(first < 0, np.nan, first),
        "days since last wanted": last,
        "days in the catalog": data.now - data.items.created,
    }


def _terms(rows: TrainingData, data: TrainingData) -> dict[str, NDArray[Any]]:
    """Price, quantity, and how often the same visitor comes back for the item."""
    n = rows.n_items
    count = np.bincount(rows.item, minlength=n)
    units = np.bincount(rows.item, np.log(np.maximum(rows.quantity, 1e-3)), minlength=n)
    price = _median(rows.item, rows.value, n)
    price = np.where(np.isfinite(price), price, data.items.prices)
    return {
        "price": np.log(np.where(price > 0, price, np.nan)),
        "mean log quantity": np.where(count > 0, units / np.maximum(count, 1), np.nan),
        "share who come back": _again(rows),
    }


def _again(rows: TrainingData) -> NDArray[np.float64]:
    """Share of an item's visitors who wanted it on two days or more."""
    n = max(rows.n_items, 1)
    start = rows.time.min(initial=0.0) if len(rows) else 0.0
    day = np.floor(rows.time - start).astype(np.int64)
    pair = rows.visitor.astype(np.int64) * n + rows.item
    once, _ = pairs(pair, day, 100_000)
    who, times = np.unique(once, return_counts=True)
    item = who % n
    people = np.bincount(item, minlength=rows.n_items)
    again = np.bincount(item, times > 1, minlength=rows.n_items)
    return np.asarray((again + 0.5) / (people + 2.0))


def _age(rows: TrainingData) -> NDArray[np.float64]:
    latest = float(rows.time.max(initial=-np.inf))
    return np.asarray(np.maximum(latest - rows.time, 0.0))


def _latest(
    rows: TrainingData, ages: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Item and age of the latest event of each (visitor, item)."""
    n = max(rows.n_items, 1)
    key = rows.visitor.astype(np.int64) * n + rows.item
    order = np.lexsort((ages, key))
    first = np.ones(len(order), bool)
    first[1:] = key[order][1:] != key[order][:-1]
    keep = order[first]
    return rows.item[keep].astype(np.int64), ages[keep]


def _distinct(rows: TrainingData, mask: NDArray[np.bool_]) -> Any:
    return pairs(rows.visitor[mask], rows.item[mask], rows.n_items)


def _median(items: NDArray[Any], values: NDArray[Any], n: int) -> NDArray[np.float64]:
    """Median of the finite values of each item, NaN without one; (n,)."""
    known = np.isfinite(values)
    items, values = items[known], values[known]
    order = np.lexsort((values, items))
    items, values = items[order], values[order]
    count = np.bincount(items, minlength=n)
    start = np.cumsum(count) - count
    middle = np.minimum(start + count // 2, max(len(values) - 1, 0))
    if not len(values):
        return np.full(n, np.nan)
    return np.asarray(np.where(count > 0, values[middle], np.nan))


def _coded(names: Sequence[str]) -> NDArray[np.int32]:
    """Number of each name, -1 for none; (n,)."""
    if not len(names):
        return np.empty(0, np.int32)
    known, codes = np.unique(np.array(names, dtype=str), return_inverse=True)
    return np.where(known[codes] == "", -1, codes).astype(np.int32)

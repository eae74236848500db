"""Sums over the visitors of the arms: what ``TrialDay`` holds of each metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shop_personalize.attribution.chunks import Chunk, Floats, Ints
from shop_personalize.ml.trials import COLUMNS, Moments
from shop_personalize.models import TrialDay

Rows = NDArray[np.bool_]
Key = tuple[str, str]
"""A metric and its currency, "" for what is no money."""


class Metric(NamedTuple):
    """A column of a visitor's days, and the one it is divided by."""

    column: str
    per: str = ""
    is_money: bool = False


CONVERTED = "converted"
METRICS = {
    "revenue": Metric("revenue", is_money=True),
    "order_value": Metric("revenue", "orders", is_money=True),
    "orders": Metric("orders"),
    CONVERTED: Metric(CONVERTED),
    "carts": Metric("carts"),
    "views": Metric("views"),
}
MONEY = {name for name, metric in METRICS.items() if metric.is_money}


class Units(NamedTuple):
    """Who counts: people, as positions in their chunk, and the arm of each.

    A person may come twice: as a browser and as the account it was merged into.
    """

    who: Ints
    arm: Ints


class Span(NamedTuple):
    """Days that count, as ordinals, both included; ``first`` may be each person's."""

    first: Ints | int
    last: int


class Sums:
    """Of one trial up to one day, arm by arm."""

    def __init__(self, arms: int) -> None:
        self.arms = arms
        self.units = np.zeros(arms)
        self.tables: dict[Key, Floats] = {}

    def add(self, chunk: Chunk, units: Units, now: Span, before: Span) -> None:
        """Count the visitors of a chunk with all that their days tell."""
        self.count(units)
        inside, past = _within(chunk, now), _within(chunk, before)
        for name, metric in METRICS.items():
            for currency in _currencies(chunk) if metric.is_money else ("",):
                only = chunk.currency == currency if metric.is_money else True
                value = _values(chunk, metric.column, inside & only)
                per = _values(chunk, metric.per, inside & only)
                # A ratio is not adjusted by the time before.
                earlier = "" if metric.per else metric.column
                before_ = _values(chunk, earlier, past & only)
                self.add_values((name, currency), units, value, per, before_)

    def count(self, units: Units) -> None:
        self.units += np.bincount(units.arm, minlength=self.arms)

    def add_values(
        self, key: Key, units: Units, value: Floats, per: Floats, before: Floats
    ) -> None:
        """Values (m,) of people, each in every arm the person is in."""
        x, y, z = value[units.who], per[units.who], before[units.who]
        products = (x, x * x, y, y * y, x * y, z, z * z, x * z)
        sums = [np.bincount(units.arm, each, self.arms) for each in products]
        known = self.tables.setdefault(key, np.zeros((self.arms, len(COLUMNS) - 1)))
        known += np.column_stack(sums)

    def rows(self, trial: str, arms: Sequence[str], day: date) -> Iterator[TrialDay]:
        """A row an arm, also of arms in which nobody was yet."""
        for (metric, currency), table in sorted(self.tables.items()):
            if not currency and self._is_other_money(metric):
                continue
            for arm, units, sums in zip(arms, self.units, table, strict=True):
                moments = Moments(float(units), *map(float, sums))
                yield TrialDay(
                    trial=trial,
                    arm=arm,
                    metric=metric,
                    currency=currency,
                    day=day,
                    **vars(moments),
                )

    def _is_other_money(self, metric: str) -> bool:
        """Whether all that was sold was sold in named currencies.

        Where nothing was sold, that is a figure too.
        """
        if metric not in MONEY:
            return False
        sold = {
            currency
            for (name, currency), table in self.tables.items()
            if name == metric and table.any()
        }
        return bool(sold) and "" not in sold


def _within(chunk: Chunk, span: Span) -> Rows:
    first = span.first[chunk.of] if isinstance(span.first, np.ndarray) else span.first
    found: Rows = (chunk.day >= first) & (chunk.day <= span.last)
    return found


def _currencies(chunk: Chunk) -> list[str]:
    return [str(each) for each in np.unique(chunk.currency)]


def _values(chunk: Chunk, column: str, rows: Rows) -> Floats:
    if not column:
        return np.zeros(len(chunk.people))
    if column == CONVERTED:
        return (chunk.per_person("orders", rows) > 0).astype(np.float64)
    return chunk.per_person(column, rows)

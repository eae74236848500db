"""Small shops for the tests, written as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.data import IdMap, Items, TrainingData

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("add_to_cart", "click", "purchase", "refund", "view", "rating")
Row = tuple[Any, ...]


def shop(
    rows: Sequence[Row], items: Sequence[str] = (), now: float = 100.0
) -> TrainingData:
    """Rows are (visitor, item, kind, day[, order[, quantity[, value]]])."""
    rows = sorted(rows, key=lambda row: row[3])
    ids = IdMap.of([*items, *(row[1] for row in rows)])
    order = [row[4] if len(row) > 4 and row[4] is not None else -1 for row in rows]
    return TrainingData(
        ids=ids,
        items=Items.bare(len(ids)),
        kinds=KINDS,
        visitor=np.array([row[0] for row in rows], np.int32),
        item=ids.codes([row[1] for row in rows]).astype(np.int32),
        kind=np.array([KINDS.index(row[2]) for row in rows], np.int8),
        time=np.array([row[3] for row in rows], np.float64),
        quantity=np.array([row[5] if len(row) > 5 else 1 for row in rows], np.float32),
        value=np.array([row[6] if len(row) > 6 else 1 for row in rows], np.float32),
        order=np.array(order, np.int32),
        n_visitors=max((row[0] for row in rows), default=-1) + 1,
        now=now,
    )


def described(data: TrainingData, **facts: dict[str, Any]) -> TrainingData:
    """Set facts of items by id, such as ``titles={"a": "Red mug"}``."""
    items = Items.bare(data.n_items)
    for name, values in facts.items():
        column = getattr(items, name)
        for text, value in values.items():
            column[int(data.ids.codes([text])[0])] = value
    return replace(data, items=items)


def names(data: TrainingData, codes: Sequence[int]) -> list[str]:
    return data.ids.texts([int(code) for code in codes])


def busy(
    seed: int = 0, visitors: int = 60, items: int = 25, rows: int = 900
) -> TrainingData:
    """A shop with views, baskets, orders and some refunds, the same every time."""
    rng = np.random.default_rng(seed)
    found: list[Row] = []
    for number in range(rows):
        visitor, day = int(rng.integers(visitors)), float(rng.uniform(0, 100))
        item = (visitor % 5) * 5 + int(rng.integers(items // 5))
        kind = KINDS[int(rng.choice(5, p=[0.1, 0.05, 0.35, 0.02, 0.48]))]
        name = f"i{item:02d}"
        found.append((visitor, name, kind, day, number if kind == "purchase" else None))
        other = f"i{(visitor % 5) * 5 + (item + 1) % 5:02d}"
        if kind == "purchase":
            found.append((visitor, other, kind, day, number))
            stars = 1 + (visitor + item) % 5
            found.append((visitor, name, "rating", day, None, 1, stars))
        if kind == "view":
            found.append((visitor, other, kind, day + 2 / 1440, None))
    data = shop(found, [f"i{n:02d}" for n in range(items)])
    titles = {f"i{n:02d}": f"mug number {n % 7} of {n % 3} kinds" for n in range(items)}
    groups = {f"i{n:02d}": (f"group {n % 3}",) for n in range(items)}
    return described(data, titles=titles, categories=groups)

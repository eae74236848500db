"""Sales of juice in weeks to come, from prices, deals and features known by then."""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np

from benchmarks.price.dominicks import sales
from shop_personalize.ml.optimize.prices import CrossElasticities, Sales

DATA = ("orangejuice-dominicks",)
WEEKS = 13
PROTOCOL = (
    f"the last {WEEKS} of 121 weeks held out; log units by own and cross prices, deal "
    "and feat within store and brand; R² = 1 - squares / squares of the mean by store "
    f"and brand; shrinking or not chosen on the {WEEKS} weeks before, fitted to those "
    "before them"
)


def measure() -> dict[str, Any]:
    whole = sales()
    weeks = np.unique(whole.period)
    validation = {
        shrink: r2(whole, weeks[-2 * WEEKS], weeks[-WEEKS], shrink)
        for shrink in (False, True)
    }
    chosen = max(validation, key=lambda shrink: validation[shrink])
    began = monotonic()
    reached = r2(whole, weeks[-WEEKS], weeks[-1] + 1, chosen)
    return {
        "metrics": {
            "r2_above_mean": round(reached, 4),
            "validation_shrunken": round(validation[True], 4),
            "validation_least_squares": round(validation[False], 4),
            "shrunken": chosen,
        },
        "fit_s": round(monotonic() - began, 2),
    }


def r2(whole: Sales, first: int, end: int, shrink: bool) -> float:
    """Of weeks from ``first`` to before ``end``, learned from those before."""
    past = whole.period < first
    test = (whole.period >= first) & (whole.period < end)
    model = CrossElasticities(shrink=shrink).fit(sales(np.flatnonzero(past)))
    actual = np.log(whole.units[test])
    expected = model.predict(sales(np.flatnonzero(test)))
    mean = usual(whole, past)[test]
    known = ~(np.isnan(expected) | np.isnan(mean))
    squares = ((actual - expected)[known] ** 2).sum()
    return float(1 - squares / ((actual - mean)[known] ** 2).sum())


def usual(whole: Sales, past: np.ndarray) -> np.ndarray:
    """Mean log units by store and brand before the test, at each row."""
    cell = whole.places * (whole.item.max() + 1) + whole.item
    size = cell.max() + 1
    count = np.bincount(cell[past], minlength=size)
    total = np.bincount(cell[past], np.log(whole.units[past]), minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / count)[cell]

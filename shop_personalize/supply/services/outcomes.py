"""Forecasts held to what was sold since: once for every period that has passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from shop_personalize.supply.models import (
    ForecastOutcome,
    ForecastRun,
    ForecastSeries,
    Level,
)
from shop_personalize.supply.selectors import demand
from shop_personalize.supply.selectors.goods import Good
from shop_personalize.supply.selectors.periods import Span, number
from shop_personalize.supply.services.backtest import score

BANDS = ("low80", "high80", "low95", "high95")
Matrix = NDArray[np.float64]


def measure(*, goods: Mapping[str, Good]) -> int:
    """Write the outcomes that are missing; return how many."""
    done = ForecastRun.objects.filter(state=ForecastRun.State.DONE)
    return sum(_measure(run, goods) for run in done.exclude(start=None))


def _measure(run: ForecastRun, goods: Mapping[str, Good]) -> int:
    assert run.start is not None  # noqa: S101  excluded above, for mypy
    first = number(run.grain, run.start)
    passed = min(number(run.grain, timezone.localdate()) - first, run.horizon)
    known = set(run.outcomes.values_list("step", flat=True))
    missing = [step for step in range(1, passed + 1) if step not in known]
    if not missing:
        return 0
    span = Span(run.grain, first, passed)
    sold = _sold(span, goods)
    rows = [
        row for level in Level for row in _outcomes(run, level, span, sold, missing)
    ]
    # Another process that measures the same comes to the same.
    ForecastOutcome.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _sold(span: Span, goods: Mapping[str, Good]) -> dict[str, dict[str, Matrix]]:
    groups = demand.of_groups(span, goods)
    return {
        Level.PRODUCT: demand.of_products(span),
        Level.CATEGORY: {key: row for key, row in groups.items() if key},
        Level.SHOP: {"": groups[""]},
    }


def _outcomes(
    run: ForecastRun,
    level: str,
    span: Span,
    sold: Mapping[str, Mapping[str, Matrix]],
    steps: list[int],
) -> list[ForecastOutcome]:
    keys, told = _told(run, level)
    if not keys:
        return []
    nothing = np.zeros(span.count)
    truth = np.array([sold[level].get(key, nothing) for key in keys])
    return [_outcome(run, level, span, truth, told, step) for step in steps]


def _told(run: ForecastRun, level: str) -> tuple[list[str], dict[str, Matrix]]:
    rows = ForecastSeries.objects.filter(run=run, level=level)
    found = list(rows.values_list("key", "mean", *BANDS))
    columns = list(zip(*found, strict=True)) or [()] * 6
    names = ("mean", *BANDS)
    arrays = {name: np.array(columns[at + 1]) for at, name in enumerate(names)}
    return list(columns[0]), arrays


def _outcome(
    run: ForecastRun,
    level: str,
    span: Span,
    truth: Matrix,
    told: Mapping[str, Matrix],
    step: int,
) -> ForecastOutcome:
    at = step - 1
    own: dict[str, Any] = {name: each[:, at] for name, each in told.items()}
    bands = (own["low80"], own["high80"], own["low95"], own["high95"])
    found = score(truth[:, at], own["mean"], bands)
    return ForecastOutcome(
        run=run,
        level=level,
        step=step,
        period=span.starts[at],
        series_count=len(truth),
        actual=float(truth[:, at].sum()),
        forecast=float(own["mean"].sum()),
        **found,
    )

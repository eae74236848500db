"""Forecasts as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.supply.models import ForecastRun, ForecastSeries, Level

if TYPE_CHECKING:
    from shop_personalize.supply.services import backtest, engine

BATCH = 1000
FEW = 3
"""Points below which a forecast is little more than a guess, and is said to be."""
PLACES = 2


@dataclass(frozen=True, eq=False)
class Made:
    """Series of one level, before they are stored."""

    level: str
    keys: list[str]
    start: date
    panel: Panel
    answer: engine.Answer
    back: backtest.Backtest | None
    told_by: list[int] | None = None
    """By how many alike each is told that was never sold itself."""


def store(run: ForecastRun, parts: Iterable[Made]) -> None:
    """Batch by batch: nobody reads the series of a forecast that is not done."""
    for made in parts:
        rows = list(_rows(run, made))
        ForecastSeries.objects.bulk_create(rows, batch_size=BATCH)


def _rows(run: ForecastRun, made: Made) -> Iterator[ForecastSeries]:
    answer = made.answer
    names = ("low80", "high80", "low95", "high95")
    bands = [_plain(band) for band in answer.bands]
    means, totals = _plain(answer.mean), _plain(answer.totals)
    history = np.nan_to_num(made.panel.values)
    lengths = made.panel.periods - made.panel.starts
    for at, key in enumerate(made.keys):
        error = made.back.errors[at] if made.back is not None else np.nan
        is_group = made.level == Level.CATEGORY
        yield ForecastSeries(
            run=run,
            level=Level.SHOP if is_group and not key else made.level,
            key=key,
            start=made.start,
            mean=means[at],
            totals=totals[at],
            history=_plain(history[at]) if is_group else [],
            method=answer.methods[at],
            error=None if np.isnan(error) else round(float(error), 4),
            notes=_notes(int(lengths[at]))
            if made.told_by is None
            else [["alike", {"n": made.told_by[at]}]],
            **{name: band[at] for name, band in zip(names, bands, strict=True)},
        )


def _plain(values: NDArray[np.float64]) -> list[Any]:
    found: list[Any] = np.round(values, PLACES).tolist()
    return found


def _notes(known: int) -> list[list[Any]]:
    return [["few", {"n": known}]] if known <= FEW else []

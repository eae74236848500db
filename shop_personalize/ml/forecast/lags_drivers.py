"""What is known in advance, around a target: prices, promotions, holidays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.lags_running import Ints, Running
from shop_personalize.ml.forecast.panel import FloatMatrix, PanelError

FAR = 60
"""Events further away than this many periods are equally far."""
AROUND = 3
"""Periods before and after the target whose mean is told."""


def table_of(name: str, driver: FloatMatrix, n: int, needed: int) -> FloatMatrix:
    """The driver of each series: float64 (n, periods).

    Raises PanelError where it ends before the last period asked for.
    """
    values = np.asarray(driver, np.float64)
    if values.shape[-1] < needed:
        raise PanelError(
            f"driver {name!r} ends {needed - values.shape[-1]} periods before the"
            f" horizon does; it must have {needed} periods"
        )
    return np.broadcast_to(values, (n, values.shape[-1]))


def columns_of(
    name: str,
    values: FloatMatrix,
    origins: Ints,
    targets: Ints,
    window: int,
    *,
    own: bool,
) -> Iterator[tuple[str, FloatMatrix]]:
    """The driver at the target; where it changes also before, around and until then.

    ``own``: each series has values of its own, whose usual level tells something.
    """
    yield name, values[:, targets]
    if bool((values == values[:, :1]).all()):
        return
    if bool(np.isin(values, (0.0, 1.0)).all()):
        yield from _switched(name, values > 0, targets, window)
    elif own:
        past = Running(values, ~np.isnan(values))
        usual = past.mean(origins - window, origins)
        yield (
            f"{name} beside the usual",
            values[:, targets] / np.where(usual == 0, np.nan, usual),
        )


def _switched(
    name: str, on: NDArray[np.bool_], targets: Ints, window: int
) -> Iterator[tuple[str, FloatMatrix]]:
    run = Running(on.astype(np.float64), np.ones(on.shape, bool))
    yield f"{name} around", run.mean(targets - AROUND, targets + AROUND + 1)
    yield f"{name} of late", run.mean(targets - window, targets + 1)
    for word, state in (("on", on), ("off", ~on)):
        yield f"{name}: since {word}", _since(state)[:, targets]
        yield f"{name}: until {word}", _since(state[:, ::-1])[:, ::-1][:, targets]


def _since(on: NDArray[np.bool_]) -> FloatMatrix:
    """Periods since it was last so, 0 where it is, at most FAR."""
    here = np.arange(on.shape[1])
    last = np.maximum.accumulate(np.where(on, here, -FAR), axis=1)
    return np.minimum(here - last, FAR).astype(np.float64)

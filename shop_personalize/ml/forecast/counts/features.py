"""What a series looks like at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.forecast.intermittent import ADIDA, IMAPA, TSB
from shop_personalize.ml.forecast.intermittent.croston import means

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

LITTLE = 0.02
"""Added before the logarithm: far below the level of what sells once a year."""
CAP = 3.0
WINDOWS = (3, 6, 12, 24)
LEADING = ("mean 12", "mean", "mean 3", "share 12", "age", "since last")
"""Those whose products with one another a linear model needs too."""


def described(panel: Panel) -> dict[str, Levels]:
    """Logarithms by name, each float64 (n,): of levels, sizes, shares and waits."""
    values = panel.values
    levels = {f"mean {w}": _mean(values[:, -w:]) for w in WINDOWS}
    levels |= {f"share {w}": _mean(_sold(values[:, -w:])) for w in WINDOWS[1:]}
    levels |= {f"capped {w}": _mean(_capped(values[:, -w:])) for w in WINDOWS[1:]}
    levels |= {f"most {w}": np.nanmax(values[:, -w:], axis=1) for w in (12, 24)}
    levels["mean"] = _mean(values)
    levels["spread"] = np.nanstd(values, axis=1)
    levels["mean 13 to 24"] = _before(values, levels["mean"])
    levels["root 12"] = _mean(np.sqrt(np.maximum(values[:, -12:], 0.0)))
    levels["size"] = means(panel)[0]
    levels["size 12"] = _ratio(levels["mean 12"], levels["share 12"])
    levels["fading"] = TSB().fit(panel).level_
    levels["fast fading"] = TSB((0.2,), (0.3,)).fit(panel).level_
    levels["aggregated"] = ADIDA().fit(panel).level_
    levels["on all scales"] = IMAPA().fit(panel).level_
    small = {name: np.log(np.maximum(x, 0.0) + LITTLE) for name, x in levels.items()}
    return small | {name: np.log1p(x) for name, x in _waits(panel).items()}


def _waits(panel: Panel) -> dict[str, Levels]:
    """In periods, and the least that was ever sold at a time."""
    sold = panel.values > 0.0
    times, length = sold.sum(axis=1), (panel.periods - panel.starts).astype(np.float64)
    back = sold[:, ::-1].cumsum(axis=1)
    least = np.where(sold, panel.values, np.inf).min(axis=1)
    return {
        "since last": np.where(times > 0, (back >= 1).argmax(axis=1), length),
        "since last but one": np.where(times > 1, (back >= 2).argmax(axis=1), length),
        "interval": np.minimum(length / np.maximum(times, 1), 12.0),
        "age": np.where(times > 0, panel.periods - sold.argmax(axis=1), 0.0),
        "least": np.where(times > 0, least, 0.0),
    }


def _mean(values: FloatMatrix) -> Levels:
    return np.asarray(np.nanmean(values, axis=1), np.float64)


def _sold(values: FloatMatrix) -> FloatMatrix:
    return np.where(np.isnan(values), np.nan, values > 0.0)


def _capped(values: FloatMatrix) -> FloatMatrix:
    return np.minimum(values, CAP)


def _before(values: FloatMatrix, otherwise: Levels) -> Levels:
    """The mean of the year before the last; of all, where it is not known."""
    year = values[:, -24:-12]
    known = ~np.isnan(year)
    total = np.where(known, year, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), otherwise)


def _ratio(above: Levels, below: Levels) -> Levels:
    return np.divide(above, below, np.zeros_like(above), where=below > 0.0)

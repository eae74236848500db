"""Which forecaster suits which series, found out where the answer is known.

Each candidate forecasts from several earlier periods (rolling origins). A series takes
the one that erred least there, its own errors drawn to those of all series: a few
periods of one product say little (empirical Bayes).
References: Tashman (2000), "Out-of-sample tests of forecasting accuracy"; Fildes (2001)
on choosing per series or for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.intermittent import TSB
from shop_personalize.ml.forecast.lengths import known_lengths
from shop_personalize.ml.forecast.naive import MovingAverage, MovingMedian
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Cube = NDArray[np.float64]
Vector = NDArray[np.float64]

LEAST = 6
"""A forecast from fewer values than this is not judged."""
EQUAL = 1e-9


def usual() -> dict[str, Forecaster]:
    """What a shop's weekly sales are offered; the first is the default."""
    return {
        "combined": Combined(),
        "moving average": MovingAverage(),
        "moving median": MovingMedian(),
        "tsb": TSB(),
    }


class Chosen(Forecaster):
    """Per series the candidate with the least absolute error at earlier origins.

    ``candidates`` by name, the first is taken where nothing can be judged. ``horizon``
    periods are held back at each of ``origins``, one after the other. After ``fit``:
    ``chosen_`` names (n,), ``best_`` the name of what is best for all, ``ratios_``
    float64 (candidates, n) a series' error by that of its mean candidate, drawn to
    everybody's, and ``weight_`` (n,) how much of it is its own.
    """

    name: ClassVar[str] = "chosen"
    is_scale_equivariant: ClassVar[bool] = False

    def __init__(
        self,
        candidates: Mapping[str, Forecaster] | None = None,
        horizon: int = 8,
        origins: int = 3,
    ) -> None:
        self.candidates = candidates
        self.horizon = horizon
        self.origins = origins

    def _fit(self, panel: Panel) -> None:
        offered = dict(usual() if self.candidates is None else self.candidates)
        if not offered:
            raise PanelError("candidates must name one forecaster or more")
        if self.horizon < 1 or self.origins < 1:
            raise PanelError("horizon and origins must be 1 or more")
        names = np.array(list(offered))
        self.ratios_, self.weight_, everybody = _drawn(
            self._ratios(panel, list(offered.values()))
        )
        best = int(everybody.argmin())
        self.best_ = str(names[best])
        # Of equal errors the one that is best for all, so that nobody flips by chance.
        ranked = self.ratios_ - EQUAL * (np.arange(len(names)) == best)[:, None]
        self.chosen_ = names[ranked.argmin(axis=0)]
        used = np.unique(self.chosen_)
        self.fitted_ = {str(one): copy(offered[str(one)]).fit(panel) for one in used}

    def _predict(self, horizon: int) -> FloatMatrix:
        found = np.empty((len(self.chosen_), horizon))
        for name, fitted in self.fitted_.items():
            rows = self.chosen_ == name
            found[rows] = fitted.predict(horizon)[rows]
        return found

    def _ratios(self, panel: Panel, offered: list[Forecaster]) -> Cube:
        """Errors by the mean candidate's: (origins, candidates, n), NaN where none."""
        lengths = known_lengths(panel.values)
        horizon = min(self.horizon, int(lengths.max()) - LEAST)
        found = np.full((self.origins, len(offered), len(panel)), np.nan)
        for origin in range(self.origins if horizon > 0 else 0):
            ago = horizon * (origin + 1)
            rows = np.flatnonzero(lengths - ago >= LEAST)
            if not len(rows):
                break
            held, cut = panel.take(rows), panel.periods - ago
            past, truth = held.until(cut), held.values[:, cut : cut + horizon]
            guessed = [copy(one).fit(past).predict(horizon) for one in offered]
            errors = np.abs(np.array(guessed) - truth).mean(axis=2)
            size = errors.mean(axis=0)
            none = np.full_like(errors, np.nan)
            found[origin][:, rows] = np.divide(errors, size, out=none, where=size > 0)
        return found


def _drawn(ratios: Cube) -> tuple[FloatMatrix, Vector, Vector]:
    """Ratios (candidates, n), the weight of a series' own (n,), everybody's ratios.

    A series' own mean counts by how much series differ, beside how much one differs
    from origin to origin (method of moments).
    """
    known = ~np.isnan(ratios)
    count = known[:, 0].sum(axis=0)
    total = np.where(known, ratios, 0.0).sum(axis=0)
    own = np.divide(total, count, out=np.ones_like(total), where=count > 0)
    judged = count > 0
    if not judged.any():
        return own, np.zeros(len(count)), np.ones(len(own))
    everybody = own[:, judged].mean(axis=1)
    apart = np.where(known, ratios - own, 0.0) ** 2
    freedom = int((count[judged] - 1).sum())
    noise = float(apart.sum()) / freedom if freedom else 1.0
    spread = float(own[:, judged].var(axis=1).sum())
    between = max(spread - noise * float((1 / count[judged]).mean()), 0.0)
    if judged.sum() == 1:
        between = noise
    share = between * count
    weight = np.divide(
        share, share + noise, out=np.zeros(len(count)), where=share + noise > 0
    )
    drawn = weight * own + (1 - weight) * everybody[:, None]
    return drawn, weight, everybody

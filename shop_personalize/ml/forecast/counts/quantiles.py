"""How many are enough, with a chance that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.counts.distribution import (
    Distribution,
    checked_level,
    edges_to,
    mixed,
)
from shop_personalize.ml.forecast.counts.examples import (
    PAST,
    TOO_LITTLE,
    Basis,
    counted,
    examples,
    matrix,
)
from shop_personalize.ml.forecast.counts.levels import regressed
from shop_personalize.ml.forecast.counts.members import (
    by_threshold,
    negative_binomial,
    own_past,
    shape_of,
    shares_up_to,
    sums,
)
from shop_personalize.ml.forecast.panel import PanelError
from shop_personalize.ml.forecast.shrunken import SERIES, ShrunkenMean

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

STEP = 3
"""Periods between two moments that teach."""
DOUBT = 1000
"""From as many outcomes half of what they say of the levels is believed."""
GRID = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True, eq=False)
class _Learned:
    """Of one length of the sum: the distributions, and what levels reached before."""

    distribution: Distribution
    reached: NDArray[np.float64]

    def level(self, wanted: float) -> float:
        return float(np.interp(wanted, self.reached, GRID))


class CountQuantiles:
    """Quantiles of one period, or of the sum over some, for counts.

    The mean of three distributions: what the series itself sold of late, a negative
    binomial around the level of ``CountRegression`` with one pooled dispersion, and a
    distribution regression. A level is then moved to that which would have been right
    for the last ``horizon`` periods, learned before them (conformal on the probability
    integral transform: Chernozhukov, Wüthrich, Zhu 2021, "Distributional conformal
    prediction"; randomized for counts: Czado, Gneiting, Held 2009).

    ``horizon`` periods ahead in which a sum may lie (every one of them alike), at least
    as many as are summed; 1 for what is just ahead. ``window`` periods of the own past.
    ``penalty`` of the distribution regression, as if so many series spoke for none.
    ``adjusts``: whether levels are moved, where the past before the last ``horizon``
    periods is long enough to learn from. No quantile lies above the most that any
    series of the panel sold in as many periods: for what sells by the hundred see
    ``Calibrated``. Learned: ``fallback_`` by length of the sum: why the regressions
    were left out, as with fewer than 100 series, or None.
    """

    panel_: Panel
    fallback_: dict[int, str | None]

    def __init__(
        self,
        horizon: int = 12,
        window: int = 12,
        penalty: float = 2.5,
        *,
        adjusts: bool = True,
    ) -> None:
        self.horizon = horizon
        self.window = window
        self.penalty = penalty
        self.adjusts = adjusts

    def fit(self, panel: Panel) -> Self:
        """Take n series; sums are learned when first asked for, and kept.

        Raises PanelError for a gap, a value below 0, a series without values.
        """
        if self.horizon < 1:
            raise PanelError(f"horizon must be 1 or more periods, not {self.horizon}")
        ShrunkenMean(self.window).fit(panel)
        counted(panel)
        self.panel_ = panel
        self._learned: dict[int, _Learned] = {}
        self.fallback_ = {}
        return self

    def quantile(self, level: float, periods: ArrayLike = 1) -> Levels:
        """The least whole number that is enough with a chance of ``level``: (n,).

        ``periods`` are summed, for all or (n,) for each series. Raises PanelError for
        a level outside 0 and 1 and for less than one period.
        """
        checked_level(level)
        found = np.empty(len(self._fitted()))
        spans = self._spans(periods)
        for span in np.unique(spans):
            rows, learned = spans == span, self._of(int(span))
            found[rows] = learned.distribution.quantile(learned.level(level))[rows]
        return found

    def split(self, level: float, periods: int = 1) -> tuple[Levels, Levels]:
        """The quantile (n,), and the chance (n,) to take it, else one less.

        Whole numbers reach more than the level; drawn with this chance they reach it.
        """
        checked_level(level)
        learned = self._of(int(self._spans(periods)[0]))
        return learned.distribution.split(learned.level(level))

    def distribution(self, periods: int = 1) -> Distribution:
        """The chances of every count as learned, no level moved."""
        return self._of(int(self._spans(periods)[0])).distribution

    def _fitted(self) -> Panel:
        if not hasattr(self, "panel_"):
            raise NotFittedError("CountQuantiles.fit(panel) comes first")
        return self.panel_

    def _spans(self, periods: ArrayLike) -> NDArray[np.int64]:
        n, asked = len(self._fitted()), np.asarray(periods)
        if asked.shape not in {(), (n,)} or asked.dtype.kind not in "iu":
            raise PanelError(f"periods must be a whole number, or {n} of them")
        if asked.min() < 1:
            raise PanelError(f"periods must be 1 or more, not {asked.min()}")
        return np.broadcast_to(asked, (n,)).astype(np.int64)

    def _of(self, periods: int) -> _Learned:
        if periods not in self._learned:
            found, reason = self._from(self.panel_, periods)
            self._learned[periods] = _Learned(found, self._reached(periods))
            self.fallback_[periods] = reason
        return self._learned[periods]

    def _from(self, panel: Panel, periods: int) -> tuple[Distribution, str | None]:
        horizon = max(self.horizon, periods)
        past = examples(panel, horizon, STEP, least=periods)
        seen = sums(past.after, periods) if len(past.after) else past.after
        if not np.nansum(seen):
            return self._alone(panel, periods), TOO_LITTLE
        edges = edges_to(float(np.nanmax(seen)))
        ahead = matrix(panel)
        fitted, level = regressed(past, np.nanmean(seen, axis=1), ahead)
        shape = shape_of(fitted[:, None], seen)
        basis = Basis().fit(past.features)
        learned = by_threshold(
            basis(past.features),
            shares_up_to(seen, edges),
            past.weights,
            basis(ahead),
            edges,
            self.penalty / len(panel),
        )
        around = negative_binomial(level, shape, edges)
        return mixed([*self._own(panel, periods, around), around, learned]), None

    def _alone(self, panel: Panel, periods: int) -> Distribution:
        """Without others to learn from: the own past, and counts around its mean."""
        level = ShrunkenMean(self.window).fit(panel).level_
        shape = periods * shape_of(level[:, None], panel.values)
        mean = periods * level
        ever = np.nansum(panel.values[:, -max(self.window, periods) :], axis=1)
        edges = edges_to(max(float(ever.max()), float(4.0 * mean.max() + 4.0)))
        around = negative_binomial(mean, shape, edges)
        return mixed([*self._own(panel, periods, around), around])

    def _own(
        self, panel: Panel, periods: int, otherwise: Distribution
    ) -> list[Distribution]:
        """What the series sold; where its past is too short, what is said of it."""
        own = own_past(panel, periods, self.window, otherwise.edges).up_to
        filled = np.where(np.isnan(own), otherwise.up_to, own)
        return [Distribution(otherwise.edges, filled)]

    def _reached(self, periods: int) -> NDArray[np.float64]:
        """The share of the last outcomes below each level of ``GRID``, randomized."""
        panel = self.panel_
        cut = panel.periods - max(self.horizon, periods)
        rows = np.flatnonzero(panel.starts < cut)
        enough = cut >= PAST + self.horizon and len(rows) >= SERIES
        if not self.adjusts or not enough:
            return GRID
        earlier = self._from(panel.until(cut).take(rows), periods)[0]
        found = reached(earlier, sums(panel.values[rows, cut:], periods))
        points = len(rows) * (max(self.horizon, periods) // periods)
        return GRID + points / (points + DOUBT) * (found - GRID)


def reached(distribution: Distribution, outcomes: FloatMatrix) -> NDArray[np.float64]:
    """How often ``outcomes`` (n, k) lie below each level of ``GRID``: (201,).

    An outcome between two levels counts as the share of it that lies below.
    """
    high = distribution.chances(outcomes)
    low = distribution.chances(outcomes - 1.0)
    total = np.zeros_like(GRID)
    for above, below in zip(high.T, low.T, strict=True):
        width = np.maximum(above - below, 1e-9)
        share = (GRID - below[:, None]) / width[:, None]
        total += np.clip(share, 0.0, 1.0).sum(axis=0)
    return np.maximum.accumulate(total / outcomes.size)

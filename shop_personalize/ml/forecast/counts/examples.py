"""Earlier moments of every series, and what came after them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.counts.features import LEADING, described
from shop_personalize.ml.forecast.panel import Panel, PanelError
from shop_personalize.ml.forecast.shrunken import SERIES

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.panel import FloatMatrix

TOO_LITTLE = "too few series or periods"
PAST = 12
"""Periods before the first moment that teaches."""
FORGETTING = 12.0
"""After as many periods an example weighs half."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Series at moments: ``features`` (m, f); ``after`` (m, h) is what came then.

    NaN in ``after``: not known yet; the less is known and the
    longer ago, the less a row weighs (``weights`` (m,)).
    """

    features: FloatMatrix
    after: FloatMatrix
    weights: NDArray[np.float64]

    @property
    def means(self) -> NDArray[np.float64]:
        """Of what is known of the outcome: (m,)."""
        known = ~np.isnan(self.after)
        total = np.where(known, self.after, 0.0).sum(axis=1)
        return np.asarray(total / known.sum(axis=1), np.float64)


def counted(panel: Panel) -> None:
    """PanelError where a value is below 0."""
    below = (panel.values < 0.0).any(axis=1)
    if below.any():
        row = int(below.argmax())
        least = float(np.nanmin(panel.values[row]))
        raise PanelError(f"series {row} sold {least:g} in a period; counts start at 0")


def matrix(panel: Panel) -> FloatMatrix:
    """Features of all series now: (n, f)."""
    return np.stack(list(described(panel).values()), axis=1)


def examples(panel: Panel, horizon: int, step: int = 1, least: int = 1) -> Examples:
    """Every ``step`` periods a moment, the latest first; series not begun are left out.

    ``horizon`` periods after a moment are its outcome, ``least`` of them known.
    No rows where the past is too short or the series too few.
    """
    rows = [
        _at(panel, moment, horizon)
        for moment in range(panel.periods - least, PAST - 1, -step)
        if (panel.starts < moment).sum() >= SERIES
    ]
    if not rows:
        return Examples(np.empty((0, 0)), np.empty((0, horizon)), np.empty(0))
    return Examples(*(np.concatenate(each) for each in zip(*rows, strict=True)))


def _at(
    panel: Panel, moment: int, horizon: int
) -> tuple[FloatMatrix, FloatMatrix, NDArray[np.float64]]:
    begun = np.flatnonzero(panel.starts < moment)
    after = np.full((len(begun), horizon), np.nan)
    seen = panel.values[begun, moment : moment + horizon]
    after[:, : seen.shape[1]] = seen
    ago = panel.periods - moment
    weight = np.sqrt(seen.shape[1] / horizon) * 0.5 ** (ago / FORGETTING)
    features = matrix(panel.until(moment).take(begun))
    return features, after, np.full(len(begun), weight)


NAMES = tuple(described(Panel(np.ones((1, 1)))))
PAIRS = tuple(combinations([NAMES.index(name) for name in LEADING], 2))


class Basis:
    """Features, their squares and some products, on one scale.

    Learned from (m, f): ``mean_`` and ``spread_``; called on (k, f) it gives (k, b).
    What lies far out is drawn in to four standard deviations.
    """

    mean_: NDArray[np.float64]
    spread_: NDArray[np.float64]

    def fit(self, features: FloatMatrix) -> Self:
        """Take over where the features lie: ``features`` (m, f)."""
        self.mean_, self.spread_ = features.mean(axis=0), features.std(axis=0) + 1e-9
        return self

    def __call__(self, features: FloatMatrix) -> FloatMatrix:
        """Features (k, f) to a basis (k, b)."""
        scaled = np.clip((features - self.mean_) / self.spread_, -4.0, 4.0)
        products = [scaled[:, a] * scaled[:, b] for a, b in PAIRS]
        return np.column_stack([scaled, scaled**2 - 1.0, *products])

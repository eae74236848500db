"""How large a series' errors will be, from how it moved so far.

A line on logarithms, learned over all series at once: a panel of few keeps to what is
known from forecasting at large, a panel of many finds its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.lengths import changes, known_lengths
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

Vector = NDArray[np.float64]

WINDOW = 8
"""The latest level is the mean of so many periods, or of a season if that is more."""
LEAST = 1e-3
"""Share of its level below which a movement counts as none."""
PRIOR = np.array([0.0, 0.8, 0.2, 1.0, 0.0])
STRENGTH = 10.0
"""So many series and origins weigh as much as what was believed before."""


@dataclass(frozen=True, eq=False)
class Movement:
    """What is seen of n series: ``level`` and ``features`` float64 (n, 5).

    ``level`` is the mean size of all values, 0 for a series of zeros. The features are
    logarithms of shares of it: 1, change in a season, change without season and trend,
    latest level, periods that are not 0.
    """

    level: Vector
    features: FloatMatrix

    @classmethod
    def of(cls, panel: Panel) -> Movement:
        """See all series of a panel."""
        values, lengths = panel.values, known_lengths(panel.values)
        level = np.nanmean(np.abs(values), axis=1)
        latest = values[:, -max(panel.season, WINDOW) :]
        steps = np.diff(values, axis=1)
        seen = (
            changes(values, lengths, panel.season),
            changes(steps, lengths - 1, panel.season) / 2,
            np.nanmean(np.abs(latest), axis=1),
        )
        safe = np.where(level > 0, level, 1.0)
        logs = [np.log(np.maximum(each / safe, LEAST)) for each in _filled(seen, safe)]
        sold = (values != 0) & ~np.isnan(values)
        logs.append(np.log(np.maximum(sold.sum(axis=1), 0.5) / lengths))
        return cls(level, np.column_stack([np.ones(len(values)), *logs]))

    def sizes(self, weights: Vector) -> Vector:
        """The size of error to expect: float64 (n,); 1 for a series of zeros."""
        found: Vector = np.exp(self.features @ weights) * self.level
        return np.where(self.level > 0, found, 1.0)


def _filled(seen: tuple[Vector, Vector, Vector], level: Vector) -> list[Vector]:
    """What a series is too short to show is what the others show, in the middle."""
    found = []
    for each in seen:
        shares = (each / level)[~np.isnan(each)]
        usual = float(np.median(shares)) if len(shares) else 1.0
        found.append(np.where(np.isnan(each), usual * level, each))
    return found


def learn(movement: Movement, sizes: Vector) -> Vector:
    """Weights float64 (5,) of the features, from mean absolute errors ``sizes`` (n,).

    Ridge regression of log(size / level) towards ``PRIOR``; series of zeros do not
    count.
    """
    used = movement.level > 0
    inputs = movement.features[used]
    target = np.log(np.maximum(sizes[used] / movement.level[used], LEAST))
    rest = target - inputs @ PRIOR
    pull = STRENGTH * np.eye(len(PRIOR))
    pull[0, 0] = 0.0
    gram = inputs.T @ inputs + pull + 1e-9 * np.eye(len(PRIOR))
    found: Vector = PRIOR + np.linalg.solve(gram, inputs.T @ rest)
    return found

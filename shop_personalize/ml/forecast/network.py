"""A small neural network over the lags of all series."""

from __future__ import annotations

import warnings
from typing import ClassVar

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.lags_learner import (
    Gap,
    LagForecaster,
    Predict,
    Rows,
    Table,
    Vector,
)

FURTHEST = 5.0
"""Numbers further from their mean than this many deviations are drawn there."""
BATCH = 512


class LagNetwork(LagForecaster):
    """A multi-layer perceptron over the same numbers as the trees.

    ``layers`` units of each hidden layer, ``epochs`` passes over the rows, ``shrink``
    the L2 penalty. Numbers are standardized; what is not known counts as usual. It
    minimizes the squared error, and rows weigh the same: more of one series' rows in
    proportion to their weight are drawn instead. Adam after Kingma & Ba (2015).
    """

    name: ClassVar[str] = "lag network"

    def __init__(
        self,
        layers: tuple[int, ...] = (32, 16),
        *,
        epochs: int = 20,
        shrink: float = 1e-3,
        lags: Lags | None = None,
        gap: Gap = "step",
        emphasis: float = 0.5,
        members: int = 1,
        staggered: bool = False,
        plain: float = 0.0,
        rows: int = 50_000,
        least_age: int = 8,
        fallback: Forecaster | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(
            "squared",
            lags=lags,
            gap=gap,
            emphasis=emphasis,
            members=members,
            staggered=staggered,
            plain=plain,
            rows=rows,
            least_age=least_age,
            fallback=fallback,
            seed=seed,
        )
        self.layers = layers
        self.epochs = epochs
        self.shrink = shrink

    def learner(self, rows: Rows, seed: int) -> Predict:
        """Learn a network from rows drawn in proportion to their weight."""
        center = np.nanmean(rows.table, axis=0, dtype=np.float64)
        spread = np.nanstd(rows.table, axis=0, dtype=np.float64)
        spread = np.where(spread > 0, spread, 1.0)

        def standard(table: Table) -> Table:
            found = np.clip((table - center) / spread, -FURTHEST, FURTHEST)
            return np.nan_to_num(found).astype(np.float32)

        draw = np.random.default_rng(seed)
        share = rows.weight / rows.weight.sum()
        drawn = draw.choice(len(share), len(share), p=share)
        made = MLPRegressor(
            hidden_layer_sizes=self.layers,
            alpha=self.shrink,
            max_iter=self.epochs,
            batch_size=min(BATCH, len(drawn)),
            random_state=seed,
        )
        with warnings.catch_warnings():
            # Stopping after a number of passes is meant.
            warnings.simplefilter("ignore", ConvergenceWarning)
            made.fit(standard(rows.table[drawn]), rows.target[drawn])

        def predict(table: Table) -> Vector:
            return np.asarray(made.predict(standard(table)), np.float64)

        return predict

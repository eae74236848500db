"""Boosted trees over all series at once.

One model learns from the past of every series, as the best entries of the M5
competition did (Makridakis et al. 2022, "M5 accuracy competition: results, findings,
and conclusions"); histogram gradient boosting after Ke et al. (2017).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.lags_learner import (
    Gap,
    LagForecaster,
    Loss,
    Predict,
    Rows,
    Table,
    Vector,
)

OBJECTIVES: dict[Loss, str] = {
    "absolute": "absolute_error",
    "squared": "squared_error",
    "poisson": "poisson",
}
L2 = 5.0
BINS = 254
LOOKED_AT = 50_000
"""Rows that decide where the bins lie."""


class GlobalTrees(LagForecaster):
    """Histogram gradient boosting over the lags of all series.

    ``trees``, ``leaves``, ``rate``, ``least_leaf`` (rows in a leaf) and ``share`` (of
    the columns looked at in a split) are those of the boosting; the rest is said at
    :class:`~shop_personalize.ml.forecast.lags_learner.LagForecaster`.
    """

    name: ClassVar[str] = "global trees"

    def __init__(
        self,
        loss: Loss = "absolute",
        *,
        lags: Lags | None = None,
        gap: Gap = "step",
        roots: float = 0.0,
        trees: int = 80,
        leaves: int = 31,
        rate: float = 0.1,
        least_leaf: int = 100,
        share: float = 0.5,
        emphasis: float = 0.5,
        members: int = 1,
        staggered: bool = False,
        plain: float = 0.0,
        rows: int = 100_000,
        least_age: int = 8,
        fallback: Forecaster | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(
            loss,
            lags=lags,
            gap=gap,
            roots=roots,
            emphasis=emphasis,
            members=members,
            staggered=staggered,
            plain=plain,
            rows=rows,
            least_age=least_age,
            fallback=fallback,
            seed=seed,
        )
        self.trees = trees
        self.leaves = leaves
        self.rate = rate
        self.least_leaf = least_leaf
        self.share = share

    def learner(self, rows: Rows, seed: int) -> Predict:
        """Boosted trees for these rows."""
        made = HistGradientBoostingRegressor(
            loss=OBJECTIVES[rows.loss],
            max_iter=self.trees,
            max_leaf_nodes=self.leaves,
            learning_rate=self.rate,
            min_samples_leaf=self.least_leaf,
            max_features=self.share,
            l2_regularization=L2,
            early_stopping=False,
            random_state=seed,
        )
        # Binned here: with weights, scikit-learn sorts a column anew for every bin.
        bins = _Bins(rows.table, seed)
        made.fit(bins(rows.table), rows.target, sample_weight=rows.weight)

        def predict(table: Table) -> Vector:
            return np.asarray(made.predict(bins(table)), np.float64)

        return predict


class _Bins:
    """Numbers as the places of their quantiles; NaN stays."""

    def __init__(self, table: Table, seed: int) -> None:
        looked_at = table
        if len(table) > LOOKED_AT:
            draw = np.random.default_rng(seed)
            looked_at = table[draw.choice(len(table), LOOKED_AT, replace=False)]
        shares = np.linspace(0, 1, BINS + 1)[1:-1]
        self.edges = [
            np.unique(np.quantile(known, shares)) if len(known) else known
            for known in (column[~np.isnan(column)] for column in looked_at.T)
        ]

    def __call__(self, table: Table) -> Table:
        found = np.empty_like(table)
        for at, edges in enumerate(self.edges):
            found[:, at] = np.searchsorted(edges, table[:, at], side="right")
        found[np.isnan(table)] = np.nan
        return found

"""The trees of LightGBM over the same lags: quicker and a little better.

Needs ``pip install "django-shop-personalize[forecast]"``.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from shop_personalize.ml.forecast.extra import needed
from shop_personalize.ml.forecast.lags_learner import Loss, Predict, Rows, Table, Vector
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.trees import L2, GlobalTrees

OBJECTIVES: dict[Loss, str] = {
    "absolute": "regression_l1",
    "squared": "regression",
    "poisson": "poisson",
}
BAGGED = 0.8
"""Share of the rows each tree is grown from."""


class GlobalLightGBM(GlobalTrees):
    """:class:`GlobalTrees` with LightGBM (Ke et al. 2017), named as there.

    ``fit`` raises MissingExtraError where the extra is not installed.
    """

    name: ClassVar[str] = "global LightGBM"

    def _fit(self, panel: Panel) -> None:
        needed("lightgbm")
        super()._fit(panel)

    def learner(self, rows: Rows, seed: int) -> Predict:
        """Boosted trees for these rows."""
        lightgbm = needed("lightgbm")
        settings = {
            "objective": OBJECTIVES[rows.loss],
            "num_leaves": self.leaves,
            "learning_rate": self.rate,
            "min_data_in_leaf": self.least_leaf,
            "feature_fraction": self.share,
            "bagging_fraction": BAGGED,
            "bagging_freq": 1,
            "lambda_l2": L2,
            "seed": seed,
            "verbose": -1,
            "num_threads": 1,
            "deterministic": True,
        }
        data = lightgbm.Dataset(rows.table, rows.target, weight=rows.weight)
        made = lightgbm.train(settings, data, self.trees)

        def predict(table: Table) -> Vector:
            return np.asarray(made.predict(table), np.float64)

        return predict

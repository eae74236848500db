"""How many to expect a period."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor

from shop_personalize.ml.forecast.counts.examples import (
    TOO_LITTLE,
    Basis,
    counted,
    examples,
    matrix,
)
from shop_personalize.ml.forecast.intermittent.flat import Flat
from shop_personalize.ml.forecast.panel import PanelError
from shop_personalize.ml.forecast.shrunken import ShrunkenMean

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.counts.examples import Examples
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

PENALTY = 8.0
"""In series: the more there are, the less it weighs."""
MOST = 3.0
"""No level beyond as many times the highest mean of a year that ever came."""


class _Learned(Flat):
    """A mean learned across the panel; the shrunken mean where that cannot be.

    ``horizon`` periods the level is meant for. Learned: ``fallback_`` says in a few
    words why the shrunken mean had to do, None where it had not.
    """

    learns_across: ClassVar[bool] = True
    is_scale_equivariant: ClassVar[bool] = False
    step: ClassVar[int] = 1
    fallback_: str | None

    def __init__(self, horizon: int = 12) -> None:
        self.horizon = horizon

    def _level(self, panel: Panel) -> Levels:
        if self.horizon < 1:
            raise PanelError(f"horizon must be 1 or more periods, not {self.horizon}")
        counted(panel)
        past = examples(panel, self.horizon, self.step)
        target = past.means
        self.fallback_ = None if target.any() else TOO_LITTLE
        if self.fallback_:
            return ShrunkenMean().fit(panel).level_
        return self._learn(past, target, panel)

    @abstractmethod
    def _learn(self, past: Examples, target: Levels, panel: Panel) -> Levels: ...


class CountRegression(_Learned):
    """Poisson regression on logarithms of levels, waits, their squares and products.

    Maximum quasi-likelihood (Nelder, Wedderburn 1972; Wooldridge 1999), so it is right
    on average for any distribution whose mean is log-linear. ``penalty``: squared, on
    every coefficient, as if so many series spoke for none. ``horizon``: the level is
    the mean of as many periods. Below 100 series or 13 periods it is the shrunken mean.
    """

    name: ClassVar[str] = "count regression"

    def __init__(self, horizon: int = 12, penalty: float = PENALTY) -> None:
        super().__init__(horizon)
        self.penalty = penalty

    def _learn(self, past: Examples, target: Levels, panel: Panel) -> Levels:
        return regressed(past, target, matrix(panel), self.penalty)[1]


def regressed(
    past: Examples, target: Levels, now: FloatMatrix, penalty: float = PENALTY
) -> tuple[Levels, Levels]:
    """What the regression says of the examples (m,) and of ``now`` (n,)."""
    basis = Basis().fit(past.features)
    alpha = penalty / len(now)
    model = PoissonRegressor(alpha=alpha, solver="newton-cholesky", max_iter=100)
    learned = basis(past.features)
    model.fit(learned, target, sample_weight=past.weights)
    limit = MOST * float(target.max())
    found = (np.minimum(model.predict(x), limit) for x in (learned, basis(now)))
    fitted, ahead = (np.asarray(level, np.float64) for level in found)
    return fitted, ahead


class CountTrees(_Learned):
    """Gradient boosting of histograms with Poisson deviance on the same features.

    The mean of ``seeds`` models. Ke et al. (2017), "LightGBM"; here scikit-learn's.
    Below 100 series or 13 periods it is the shrunken mean.
    """

    name: ClassVar[str] = "count trees"
    step: ClassVar[int] = 2

    def __init__(self, horizon: int = 12, seeds: int = 1) -> None:
        super().__init__(horizon)
        self.seeds = seeds

    def _learn(self, past: Examples, target: Levels, panel: Panel) -> Levels:
        now = matrix(panel)
        found = [self._by(seed, past, target, now) for seed in range(self.seeds)]
        return np.asarray(np.mean(found, axis=0), np.float64)

    @staticmethod
    def _by(seed: int, past: Examples, target: Levels, now: FloatMatrix) -> Levels:
        model = HistGradientBoostingRegressor(
            loss="poisson",
            max_iter=150,
            learning_rate=0.05,
            max_leaf_nodes=6,
            min_samples_leaf=100,
            max_features=0.3,
            early_stopping=False,
            random_state=seed,
        )
        model.fit(past.features, target, sample_weight=past.weights)
        return np.asarray(model.predict(now), np.float64)


class CountEnsemble(Flat):
    """The mean of the regression and the trees: one extends lines, one cuts steps."""

    name: ClassVar[str] = "count ensemble"
    learns_across: ClassVar[bool] = True
    is_scale_equivariant: ClassVar[bool] = False

    def __init__(self, horizon: int = 12) -> None:
        self.horizon = horizon

    def _level(self, panel: Panel) -> Levels:
        members = (CountRegression(self.horizon), CountTrees(self.horizon))
        found = [each.fit(panel).level_ for each in members]
        return np.asarray(np.mean(found, axis=0), np.float64)

"""An effect of price with everything else learned away, however it acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Self

import numpy as np
from scipy.special import ndtri
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from shop_personalize.ml.optimize.prices.sales import Floats, Ints, PriceError, labels
from shop_personalize.ml.optimize.prices.smooth import Boosted, Curves

Learner = Literal["boosting", "curves", "ridge"] | Callable[[int], Any]
"""A name, or what makes a regressor with ``fit`` and ``predict`` from a seed."""


class PartiallyLinear:
    """Double machine learning of y = effect × d + g(x) + noise, d = m(x) + noise.

    Chernozhukov, Chetverikov, Demirer, Duflo, Hansen, Newey and Robins (2018),
    "Double/debiased machine learning": both y and d are predicted from x by models that
    have not seen the row (``folds``), and what is left of y is regressed on what is
    left of d (Robinson 1988). ``learner``: ``"boosting"`` (splines, then gradient
    boosting of what they leave), ``"curves"`` (splines alone: quick), ``"ridge"`` or a
    function of a seed. ``repetitions`` with other folds, of which the median counts,
    its error widened by how they differ (ibid., definition 3.3). ``level`` of the
    interval, ``seed`` of folds and learners.

    After ``fit``: ``effect_``, ``error_``, ``low_``, ``high_``, and ``effects_`` and
    ``errors_`` float64 (repetitions,) of each. With logarithms of units and of price
    for y and d the effect is the price elasticity.
    """

    def __init__(
        self,
        *,
        learner: Learner = "boosting",
        folds: int = 5,
        repetitions: int = 1,
        level: float = 0.95,
        seed: int = 0,
    ) -> None:
        self.learner = learner
        self.folds = folds
        self.repetitions = repetitions
        self.level = level
        self.seed = seed

    def fit(
        self, y: Floats, d: Floats, x: Floats, *, cluster: Ints | None = None
    ) -> Self:
        """Learn from ``y`` and ``d`` float64 (rows,) and ``x`` (rows, k).

        ``cluster`` int64 (rows,): rows of one, as a store's, share a fold and their
        errors. Raises PriceError for shapes that do not fit, too few rows or clusters
        and a ``d`` that x tells without rest.
        """
        y, d, x = _checked(y, d, x)
        group = (
            np.arange(len(y)) if cluster is None else labels("cluster", cluster, len(y))
        )
        group = np.unique(group, return_inverse=True)[1]
        count = int(group.max()) + 1
        if self.folds < 2 or self.repetitions < 1:
            raise PriceError("folds: 2 or more; repetitions: 1 or more")
        if count < 2 * self.folds:
            raise PriceError(
                f"{count} rows or clusters are too few for {self.folds} folds: "
                f"{2 * self.folds} or more"
            )
        found = [
            self._once(y, d, x, group, np.random.SeedSequence([self.seed, repetition]))
            for repetition in range(self.repetitions)
        ]
        self.effects_, self.errors_ = (
            np.array(column) for column in zip(*found, strict=True)
        )
        self.effect_ = float(np.median(self.effects_))
        apart = (self.effects_ - self.effect_) ** 2
        self.error_ = float(np.sqrt(np.median(self.errors_**2 + apart)))
        reach = float(ndtri((1 + self.level) / 2)) * self.error_
        self.low_, self.high_ = self.effect_ - reach, self.effect_ + reach
        return self

    def _once(
        self, y: Floats, d: Floats, x: Floats, group: Ints, seed: np.random.SeedSequence
    ) -> tuple[float, float]:
        rng = np.random.default_rng(seed)
        count = int(group.max()) + 1
        fold = rng.permutation(np.arange(count) % self.folds)[group]
        left = np.empty((2, len(y)))
        for each in range(self.folds):
            out = fold == each
            for row, target in enumerate((y, d)):
                model = self._model(int(rng.integers(2**31)))
                model.fit(x[~out], target[~out])
                left[row, out] = target[out] - model.predict(x[out])
        rest, moved = left
        spread = float(moved @ moved)
        if spread <= 1e-6 * float(np.var(d)) * len(d):
            raise PriceError("d is told by x without rest: there is no effect to see")
        effect = float(moved @ rest) / spread
        scores = np.bincount(group, moved * (rest - effect * moved))
        return effect, float(np.sqrt(scores @ scores)) / spread

    def _model(self, seed: int) -> Any:
        if callable(self.learner):
            return self.learner(seed)
        if self.learner == "ridge":
            return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 4, 15)))
        if self.learner == "boosting":
            return Boosted(seed)
        if self.learner == "curves":
            return Curves()
        raise PriceError(
            f"learner: boosting, curves, ridge or a function, not {self.learner!r}"
        )


def _checked(y: Floats, d: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    y, d, x = (np.asarray(each, np.float64) for each in (y, d, x))
    if x.ndim == 1:
        x = x[:, None]
    if y.ndim != 1 or d.shape != y.shape or x.shape[0] != len(y) or x.ndim != 2:
        raise PriceError(
            f"y {y.shape}, d {d.shape} and x {x.shape} must be (rows,), (rows,) and "
            "(rows, k)"
        )
    for name, each in (("y", y), ("d", d)):
        if not np.isfinite(each).all():
            raise PriceError(
                f"{name} in row {int(np.argmin(np.isfinite(each)))}: unknown"
            )
    if np.ptp(d) == 0:
        raise PriceError("d never changes: there is no effect to see")
    return y, d, x

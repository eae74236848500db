"""Models of sparse columns, each learned without each fold and once from all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import nnls
from sklearn.linear_model import Ridge

from shop_personalize.ml.optimize.prices.new_product.net import SparseNet
from shop_personalize.ml.optimize.prices.new_product.views import Seen
from shop_personalize.ml.optimize.prices.sales import Floats, Ints

WORDS = ("title", "text", "level", "number", "style")
NETS: tuple[tuple[tuple[str, ...], float], ...] = (
    ((*WORDS, "spelling", "stem"), 0.5),
    (WORDS, 0.4),
    ((*WORDS, "spelling", "text spelling"), 0.6),
)
"""In turn, what networks learn from and the share of it left out at random: networks
that differ err differently, and their mean errs less."""
SETTINGS: dict[str, Any] = {"squared": 32, "batch": 512, "step": 0.004}
LINEAR = 0.7
"""Of its weight is left to ridge regression: networks are weighed one by one, and what
is new is told by means of several, which err less."""


class Parts:
    """Ridge regression and ``nets`` networks, weighed by rows they have not seen.

    Stacking (Wolpert 1992; Breiman 1996): each learns from all folds but one, and what
    it says of that one sets its weight, of at least 0 and by least squares. What is
    new is told by ridge regression of all rows and by the mean of each kind of
    network.

    After ``fit``: ``weights_``, one a part, ``slopes_`` and ``intercept_`` of the
    linear part, ``nets_`` of each kind.
    """

    def __init__(self, *, nets: int, ridge: float) -> None:
        self.nets = nets
        self.ridge = ridge

    def fit(
        self, seen: Seen, target: Floats, fold: Ints, rng: np.random.Generator
    ) -> Floats:
        """Learn, and tell what each says of rows it has not seen: (rows, parts)."""
        found = np.zeros((len(target), 1 + self.nets))
        self.nets_: list[list[SparseNet]] = [[] for _ in range(self.nets)]
        for each in range(int(fold.max()) + 1):
            out, rest = np.flatnonzero(fold == each), np.flatnonzero(fold != each)
            learned, asked = seen.take(rest), seen.take(out)
            found[out, 0] = self._linear(learned, target[rest]).predict(asked.all)
            self._learn_nets(learned, target[rest], rng)
            for kind, nets in enumerate(self.nets_):
                found[out, 1 + kind] = nets[-1].predict(_input(asked, kind))
        linear = self._linear(seen, target)
        self.slopes_, self.intercept_ = linear.coef_, float(linear.intercept_)
        self._learn_nets(seen, target, rng)
        self._weigh(found, target)
        return found

    def predict(self, seen: Seen) -> Floats:
        """Float64 (rows, parts)."""
        found = [seen.all @ self.slopes_ + self.intercept_]
        for kind, nets in enumerate(self.nets_):
            x = _input(seen, kind)
            found.append(np.mean([net.predict(x) for net in nets], axis=0))
        return np.column_stack(found)

    def mixed(self, parts: Floats) -> Floats:
        """Their weighted sum: (rows,)."""
        mixed: Floats = (parts - self.centers_) @ self.weights_ + self.center_
        return mixed

    def _linear(self, seen: Seen, target: Floats) -> Ridge:
        model = Ridge(alpha=self.ridge, solver="sparse_cg", tol=1e-3)
        return model.fit(seen.all, target)

    def _learn_nets(self, seen: Seen, target: Floats, rng: np.random.Generator) -> None:
        for kind, nets in enumerate(self.nets_):
            _kinds, dropped = NETS[kind % len(NETS)]
            seed = int(rng.integers(2**31))
            net = SparseNet(**SETTINGS, dropped=dropped, seed=seed)
            nets.append(net.fit(_input(seen, kind), target))

    def _weigh(self, parts: Floats, target: Floats) -> None:
        self.centers_, self.center_ = parts.mean(axis=0), float(target.mean())
        found, _ = nnls(parts - self.centers_, target - self.center_)
        total, deep = found.sum(), found[1:].sum()
        if deep > 0:
            found[0] *= LINEAR
            found[1:] *= (total - found[0]) / deep
        self.weights_ = found


def _input(seen: Seen, kind: int) -> sp.csr_matrix:
    return seen.only(NETS[kind % len(NETS)][0])

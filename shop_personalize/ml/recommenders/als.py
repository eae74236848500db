"""Implicit feedback factorized by alternating least squares.

Hu, Koren, Volinsky 2008, "Collaborative filtering for implicit feedback datasets":
an event of strength r says "likes" with confidence 1 + alpha r, no event says "does
not" with confidence 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.knowledge import Factors
from shop_personalize.ml.recommenders import with_implicit
from shop_personalize.ml.recommenders.alternating import alternate
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative
from shop_personalize.ml.recommenders.svd import nothing_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class Als(Collaborative):
    """``factors`` of every item; a visitor's are solved from the history when asked.

    ``alpha`` is the confidence of the strongest event, ``reg`` the ridge,
    ``iterations`` the rounds over visitors and items. ``engine``: "implicit" is the
    library of that name, "own" the same method in SciPy, "auto" the library where it
    is installed. Other parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "factors": (32, 64, 128),
        "alpha": (3.0, 10.0, 30.0),
        "reg": (10.0, 30.0, 100.0),
        "decay_days": (None, 30.0, 90.0, 360.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        factors: int = 64,
        alpha: float = 10.0,
        reg: float = 30.0,
        iterations: int = 15,
        engine: str = "auto",
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        seed: int = 0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.factors = factors
        self.alpha = alpha
        self.reg = reg
        self.iterations = iterations
        self.engine = engine
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.cap = cap
        self.caution = caution
        self.seed = seed
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn the factors.

        Raises ValueError for a ridge that is not positive, fewer than one factor or an
        unknown engine, ImportError where the library asked for is not installed.
        """
        if not self.reg > 0 or self.factors < 1:
            raise ValueError(
                f"reg: {self.reg}, factors: {self.factors}; needed are a number above 0"
                " and 1 or more"
            )
        engine = with_implicit.chosen(self.engine)
        matrix = self.preferences.matrix(data)
        if matrix.nnz:
            self.knowledge_ = self._folding(self._learned(matrix, engine))
        else:
            self.knowledge_ = nothing_known(data.n_items)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks: each item with its confidence."""
        return self.preferences.query(data, self.query_decay_days, scale=self.alpha)

    def _learned(self, matrix: sparse.csr_array, engine: str) -> NDArray[np.float32]:
        learn = with_implicit.als if engine == "implicit" else alternate
        return learn(
            matrix * np.float32(self.alpha),
            factors=min(self.factors, max(matrix.shape)),
            reg=self.reg,
            iterations=self.iterations,
            seed=self.seed,
        )

    def _folding(self, items: NDArray[np.float32]) -> Factors:
        """What is left of a visitor's system when the own history is not known yet."""
        wide = items.astype(np.float64)
        system = wide.T @ wide + self.reg * np.eye(items.shape[1])
        return Factors(items, system.astype(np.float32))

"""Factors that rank what was liked above what was not: Bayesian personalized ranking.

Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, "BPR: Bayesian personalized
ranking from implicit feedback".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.knowledge import Factors
from shop_personalize.ml.recommenders import with_implicit
from shop_personalize.ml.recommenders.pairwise import rank_pairs
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative
from shop_personalize.ml.recommenders.svd import nothing_known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class Bpr(Collaborative):
    """``factors`` of every item and its bias, learned from pairs in ``epochs`` rounds.

    ``rate`` is the step, ``reg`` the ridge. A visitor's own factors are not kept: they
    are solved from the history as in
    :class:`~shop_personalize.ml.recommenders.als.Als`, where ``alpha`` is the
    confidence of the strongest event and ``ridge`` holds them back. ``engine``:
    "implicit" is the library of that name, "own" the same method in NumPy, "auto" the
    library where it is installed. Other parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "epochs": (10, 20, 50),
        "factors": (32, 64, 128),
        "reg": (0.005, 0.01, 0.03),
        "ridge": (30.0, 100.0, 300.0),
        "decay_days": (None, 30.0, 90.0, 360.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days", "alpha")

    def __init__(
        self,
        factors: int = 64,
        epochs: int = 20,
        rate: float = 0.05,
        reg: float = 0.01,
        alpha: float = 10.0,
        ridge: float = 100.0,
        engine: str = "auto",
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        seed: int = 0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.factors = factors
        self.epochs = epochs
        self.rate = rate
        self.reg = reg
        self.alpha = alpha
        self.ridge = ridge
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
        if not self.ridge > 0 or self.factors < 1:
            raise ValueError(
                f"ridge: {self.ridge}, factors: {self.factors}; needed are a number"
                " above 0 and 1 or more"
            )
        engine = with_implicit.chosen(self.engine)
        matrix = self.preferences.matrix(data)
        if matrix.nnz and matrix.shape[1] > 1:
            items = self._learned(matrix, engine)
            self.knowledge_ = folding(items, matrix, self.ridge)
        else:
            self.knowledge_ = nothing_known(data.n_items)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def _learned(self, matrix: sparse.csr_array, engine: str) -> NDArray[np.float32]:
        learn = with_implicit.bpr if engine == "implicit" else rank_pairs
        return learn(
            matrix,
            factors=self.factors,
            reg=self.reg,
            rate=self.rate,
            epochs=self.epochs,
            seed=self.seed,
        )


def folding(
    items: NDArray[np.float32], matrix: sparse.csr_array, ridge: float
) -> Factors:
    """Factors from which a visitor's are solved as after alternating least squares.

    They are brought to a mean length of 1, so that ``ridge`` and confidences mean the
    same whatever the steps were; items nobody had stay silent and score 0.
    """
    known = np.bincount(matrix.indices, minlength=len(items)) > 0
    scaled = items.astype(np.float64) * known[:, None]
    scaled /= np.sqrt((scaled**2).sum(axis=1)).sum() / max(known.sum(), 1) or 1.0
    system = scaled.T @ scaled + ridge * np.eye(items.shape[1])
    return Factors(scaled.astype(np.float32), system.astype(np.float32))

"""Matrix factorization with biases by stochastic gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from shop_personalize.ml.ratings.base import RatingModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.ratings.base import Facts
    from shop_personalize.ml.ratings.triples import Triples


class GradientFactors(RatingModel):
    """Koren, Bell, Volinsky (2009), "Matrix factorization techniques", eq. 5.

    r = mean + b_u + b_i + q_i'p_u, ``factors`` numbers a side, regularized by
    ``damping``, in ``epochs`` passes of step ``rate``. A step takes ``batch`` random
    ratings together: few of them share a user or an item, so it is nearly the same as
    one by one, and all of it is matrix arithmetic.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "damping": (0.02, 0.05, 0.1),
        "epochs": (20, 40),
        "factors": (20, 100),
    }

    def __init__(
        self,
        factors: int = 50,
        epochs: int = 40,
        rate: float = 0.01,
        damping: float = 0.1,
        batch: int = 1000,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.epochs = epochs
        self.rate = rate
        self.damping = damping
        self.batch = batch
        self.seed = seed

    def _fit(self, triples: Triples, facts: Facts) -> None:
        rng = np.random.default_rng(self.seed)
        sides = [
            np.column_stack([rng.normal(0, 0.1, (size, self.factors)), bias])
            for size, bias in zip(
                triples.shape, (self.biases_.users, self.biases_.items), strict=True
            )
        ]
        left = triples.values - self.biases_.mean
        for _ in range(self.epochs):
            order = rng.permutation(len(triples))
            for start in range(0, len(order), self.batch):
                at = order[start : start + self.batch]
                self._step(sides, (triples.users[at], triples.items[at]), left[at])
        self.users_, self.items_ = sides

    def _step(
        self,
        sides: list[NDArray[np.float64]],
        pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
        left: NDArray[np.float64],
    ) -> None:
        """Move both sides against the gradient of a batch, in place."""
        own = [side[code] for side, code in zip(sides, pairs, strict=True)]
        error = (left - _product(*own))[:, None]
        for side, code, mine, other in zip(sides, pairs, own, own[::-1], strict=True):
            other = np.column_stack([other[:, :-1], np.ones(len(other))])
            step = self.rate * (error * other - self.damping * mine)
            touched, rows = np.unique(code, return_inverse=True)
            sums = sparse.csr_matrix(
                (np.ones(len(code)), (rows, np.arange(len(code)))),
                shape=(len(touched), len(code)),
            )
            side[touched] += np.asarray(sums @ step)

    def _predict(
        self, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        return self.biases_.mean + _product(self.users_[users], self.items_[items])


def _product(
    users: NDArray[np.float64], items: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Inner product of the factors plus both biases (the last column)."""
    inner = np.einsum("nk,nk->n", users[:, :-1], items[:, :-1])
    return np.asarray(inner + users[:, -1] + items[:, -1])

"""Bayesian matrix factorization with side information, by Gibbs sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from shop_personalize.ml.ratings.base import RatingModel
from shop_personalize.ml.ratings.link import unit_rows
from shop_personalize.ml.ratings.side import Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.ratings.base import Facts
    from shop_personalize.ml.ratings.triples import Triples

MARGIN = 0.125
"""A single draw may leave the scale by this share of it."""
STEADY = 2.0
"""How far all are thought equally reliable: a prior of so many counts."""
MOST_NUMBERS = 50_000_000
"""Numbers kept of all draws together; fewer draws are kept of larger shops."""


class SampledFactors(RatingModel):
    """The average of many factorizations, each as likely as the data says.

    r ~ N(mean + p_u'q_i + b_u + b_i, 1 / (alpha a_u a_i)) with normal priors on the
    vectors (p_u, b_u) and (q_i, b_i), whose mean and precision are drawn too
    (Salakhutdinov and Mnih 2008, "Bayesian probabilistic matrix factorization using
    Markov chain Monte Carlo"). With
    ``implicit`` the priors lean on who rated what, whatever the rating, and on the
    facts given to ``fit`` (Simm et al. 2015, "Macau"). With ``reliability`` every user
    and item has an own precision: some rate with care, some at random, and of some
    items opinions differ (Lakshminarayanan et al. 2011, "Robust Bayesian matrix
    factorisation").

    ``sweeps`` draws are made, the first ``burn_in`` are thrown away, and at most
    ``draws`` of the others kept, evenly spaced, as (draws, n, factors + 1) float32.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "factors": (8, 12, 16, 24),
        "reliability": (True, False),
    }

    uses_facts: ClassVar[bool] = True

    def __init__(
        self,
        factors: int = 12,
        sweeps: int = 400,
        burn_in: int = 80,
        draws: int = 160,
        implicit: bool = True,
        reliability: bool = True,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.sweeps = sweeps
        self.burn_in = burn_in
        self.draws = draws
        self.implicit = implicit
        self.reliability = reliability
        self.seed = seed

    def _fit(self, triples: Triples, facts: Facts) -> None:
        self.unit_ = float(triples.values.std()) or 1.0
        kept = max(self.sweeps - self.burn_in, 1)
        numbers = sum(triples.shape) * (self.factors + 1)
        most = max(1, min(self.draws, MOST_NUMBERS // numbers))
        every = -(-kept // most)
        sampler = Sampler(self, triples, facts, self.unit_)
        users, items, alphas = [], [], []
        for sweep in range(self.burn_in + kept):
            sampler.sweep()
            if sweep >= self.burn_in and (sweep - self.burn_in) % every == 0:
                users.append(sampler.users.rows.astype(np.float32))
                items.append(sampler.items.rows.astype(np.float32))
                alphas.append(sampler.alpha)
        self.users_, self.items_ = np.stack(users), np.stack(items)
        self.alpha_ = float(np.mean(alphas))

    def _predict(
        self, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        low, high = self.scale_
        margin = MARGIN * (high - low)
        total = np.zeros(len(users))
        for own, other in zip(self.users_, self.items_, strict=True):
            drawn = self.biases_.mean + self.unit_ * expected(own[users], other[items])
            total += np.clip(drawn, low - margin, high + margin)
        return total / len(self.users_)


class Sampler:
    """The state of the chain: both sides, and the precision of a rating."""

    def __init__(
        self, model: SampledFactors, triples: Triples, facts: Facts, unit: float
    ) -> None:
        self.rng = np.random.default_rng(model.seed)
        self.reliability = model.reliability
        self.triples = triples
        self.left = (triples.values - triples.values.mean()) / unit
        tables = _tables(triples, facts, implicit=model.implicit)
        self.users, self.items = (
            Side(own, other, size, table, model.factors + 1, self.rng)
            for own, other, size, table in zip(
                (triples.users, triples.items),
                (triples.items, triples.users),
                triples.shape,
                tables,
                strict=True,
            )
        )
        self.alpha = 2.0
        self.codes = (triples.users, triples.items)
        self.counts = [
            np.bincount(code, minlength=size)
            for code, size in zip(self.codes, triples.shape, strict=True)
        ]
        self.trust = [np.ones(size) for size in triples.shape]

    def sweep(self) -> None:
        """Draw everything once, given all the rest."""
        weights = self.alpha * self._trusted(0) * self._trusted(1)
        self.users.draw(self.items.rows, self.left, weights, self.rng)
        self.items.draw(self.users.rows, self.left, weights, self.rng)
        users, items = self.codes
        error = (
            self.left - expected(self.users.rows[users], self.items.rows[items])
        ) ** 2
        if self.reliability:
            self._draw_trust(0, error * self._trusted(1))
            self._draw_trust(1, error * self._trusted(0))
        size = (error * self._trusted(0) * self._trusted(1)).sum()
        shape = 1 + len(error) / 2
        self.alpha = float(self.rng.gamma(shape) / (1 + size / 2))

    def _trusted(self, side: int) -> NDArray[np.float64]:
        """Reliability of the user (0) or the item (1) of every rating."""
        return np.asarray(self.trust[side][self.codes[side]])

    def _draw_trust(self, side: int, error: NDArray[np.float64]) -> None:
        counts = self.counts[side]
        size = np.bincount(self.codes[side], error, len(counts))
        drawn = self.rng.gamma(STEADY + counts / 2)
        self.trust[side] = drawn / (STEADY + self.alpha * size / 2)


def expected(
    users: NDArray[np.floating[Any]], items: NDArray[np.floating[Any]]
) -> NDArray[np.floating[Any]]:
    """Inner product of the factors plus both biases (the last column); rows (n, k)."""
    inner = np.einsum("nk,nk->n", users[:, :-1], items[:, :-1])
    return np.asarray(inner + users[:, -1] + items[:, -1])


def _tables(
    triples: Triples, facts: Facts, *, implicit: bool
) -> Iterator[sparse.csr_matrix | None]:
    """Facts of the users, then of the items: who rated what, and what was given."""
    who = sparse.csr_matrix(
        (np.ones(len(triples)), (triples.users, triples.items)), triples.shape
    )
    for touched, given in zip((who, who.T.tocsr()), facts, strict=True):
        parts = [unit_rows(touched)] if implicit else []
        if given is not None and given.shape[1]:
            parts.append(unit_rows(sparse.csr_matrix(given)))
        yield sparse.csr_matrix(sparse.hstack(parts)) if parts else None

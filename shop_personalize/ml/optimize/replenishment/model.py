"""The plan as a mixed-integer program, its matrices built without a loop.

Columns are blocks of n · T, product by product: packs ordered, whether anything is
(setup), stock at the end of a period, units short; then, where a limit may be broken,
by how much in each period.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from shop_personalize.ml.optimize.replenishment.problem import Problem
from shop_personalize.ml.optimize.stock.checked import FloatArray

LIMITS = ("budget", "storage")
_LATE = 1e-4
"""Of excesses that are alike, those of later periods are told: they stand closer to the
demand that causes them."""


@dataclass(frozen=True, eq=False)
class Solution:
    """``status`` as SciPy's milp has it; blocks float64 (n, T), ``over`` by limit (T,).

    ``packs`` are units where a product comes in any amount.
    """

    status: int
    packs: FloatArray
    stock: FloatArray
    short: FloatArray
    over: dict[str, FloatArray]
    cost: float
    bound: float


@dataclass(frozen=True, eq=False)
class Model:
    """A problem and which of its limits may be broken, at what is then minimized."""

    problem: Problem
    breakable: Collection[str] = ()

    def solve(
        self, *, whole: bool = True, gap: float = 0.0, seconds: float | None = None
    ) -> Solution | int:
        """The best plan, or SciPy's status where there is none."""
        found = optimize.milp(
            self._costs(),
            integrality=self._integrality() if whole else None,
            bounds=self._bounds(),
            constraints=self._constraints(),
            options={
                "mip_rel_gap": gap,
                "time_limit": np.inf if seconds is None else seconds,
            },
        )
        if found.x is None:
            return int(found.status)
        return self._read(found, whole)

    @property
    def _size(self) -> FloatArray:
        """Units in one step of what is ordered, (n·T,)."""
        pack = np.where(self.problem.pack > 0, self.problem.pack, 1.0)
        return np.repeat(pack, self.problem.shape[1])

    @property
    def _needs_setup(self) -> np.ndarray:
        minimum = self.problem.minimum[:, None]
        return ((self.problem.setup > 0) | (minimum > 0)).ravel()

    def _costs(self) -> FloatArray:
        p, T = self.problem, self.problem.shape[1]
        if self.breakable:
            kept = np.zeros(4 * p.demand.size)
            late = 1 + _LATE * np.arange(T, 0, -1) / T
            return np.concatenate([kept, np.tile(late, len(self.breakable))])
        short = p.shortage if p.shortage is not None else np.zeros(p.shape)
        blocks = (p.cost.ravel() * self._size, p.setup, p.holding, short)
        return np.concatenate([np.ravel(block) for block in blocks])

    def _integrality(self) -> np.ndarray:
        p, T = self.problem, self.problem.shape[1]
        return np.concatenate(
            [
                np.repeat(p.pack > 0, T),
                self._needs_setup,
                np.zeros(2 * p.demand.size + len(self.breakable) * T),
            ]
        )

    def _bounds(self) -> optimize.Bounds:
        p, (n, T) = self.problem, self.problem.shape
        least = np.zeros((4, n, T))
        least[2, :, -1] = p.final
        most = np.full((4, n, T), np.inf)
        most[0] = p.largest / self._size.reshape(n, T)
        most[1] = self._needs_setup.reshape(n, T)
        if p.shortage is None:
            most[3] = 0.0
        elif p.lost:
            most[3] = p.demand
        more = len(self.breakable) * T
        return optimize.Bounds(
            np.append(least, np.zeros(more)), np.append(most, np.full(more, np.inf))
        )

    def _constraints(self) -> list[optimize.LinearConstraint]:
        rows = [self._balance(), *self._setups()]
        for name in LIMITS:
            amounts = getattr(self.problem, name)
            if amounts is not None and np.isfinite(amounts).any():
                rows.append(self._limit(name, amounts))
        return rows

    def _balance(self) -> optimize.LinearConstraint:
        """Stock is what it was, plus what comes, less what is asked for."""
        p, N = self.problem, self.problem.demand.size
        step = sparse.eye_array(N, format="csr") - self._earlier(
            np.ones(p.shape[0], np.int64)
        )
        short = sparse.eye_array(N, format="csr") if p.lost else step
        comes = self._earlier(p.lead_time) @ sparse.diags_array(self._size)
        wanted = p.arriving - p.demand
        wanted[:, 0] += p.initial
        nothing = sparse.csr_array((N, N))
        matrix = self._wide([-comes, nothing, step, -short])
        return optimize.LinearConstraint(matrix, wanted.ravel(), wanted.ravel())

    def _earlier(self, periods: np.ndarray) -> sparse.csr_array:
        """Matrix that gives each period the value of some ``periods`` (n,) before."""
        n, T = self.problem.shape
        at = np.arange(n * T).reshape(n, T)
        since = np.arange(T)[None, :] - periods[:, None]
        there = since >= 0
        columns = (np.arange(n)[:, None] * T + since)[there]
        ones = np.ones(columns.size)
        return sparse.csr_array((ones, (at[there], columns)), shape=(n * T, n * T))

    def _setups(self) -> list[optimize.LinearConstraint]:
        """Nothing without a setup; with one the minimum, at most what makes sense."""
        rows = np.flatnonzero(self._needs_setup)
        if not rows.size:
            return []
        N, T = self.problem.demand.size, self.problem.shape[1]
        nothing = sparse.csr_array((rows.size, N))
        units = sparse.diags_array(self._size).tocsr()[rows]
        found = []
        minimum = np.repeat(self.problem.minimum, T)
        for each, low, high in (
            (self.problem.largest.ravel(), -np.inf, 0.0),
            (minimum, 0.0, np.inf),
        ):
            open_ = sparse.diags_array(each).tocsr()[rows]
            matrix = self._wide([units, -open_, nothing, nothing])
            found.append(optimize.LinearConstraint(matrix, low, high))
        return found

    def _limit(self, name: str, amounts: FloatArray) -> optimize.LinearConstraint:
        p, (n, T) = self.problem, self.problem.shape
        over_products = sparse.kron(np.ones((1, n)), sparse.eye_array(T), format="csr")
        nothing = sparse.csr_array((T, n * T))
        if name == "budget":
            spent = over_products @ sparse.diags_array(p.cost.ravel() * self._size)
            blocks, free = [spent, nothing, nothing, nothing], amounts
        else:
            space = over_products @ sparse.diags_array(np.repeat(p.space, T))
            came = space @ self._earlier(p.lead_time)
            kept = space @ self._earlier(np.ones(n, np.int64))
            blocks = [came @ sparse.diags_array(self._size), nothing, kept, nothing]
            taken = p.space @ p.arriving
            taken[0] += p.space @ p.initial
            free = amounts - taken
        return optimize.LinearConstraint(self._wide(blocks, name), -np.inf, free)

    def _wide(
        self, blocks: list[sparse.csr_array], limit: str | None = None
    ) -> sparse.csr_array:
        """Blocks side by side; a breakable ``limit`` is eased by its own columns."""
        height, T = blocks[0].shape[0], self.problem.shape[1]
        eased = [
            -sparse.eye_array(T) if name == limit else sparse.csr_array((height, T))
            for name in self.breakable
        ]
        return sparse.csr_array(sparse.hstack([*blocks, *eased]))

    def _read(self, found: optimize.OptimizeResult, whole: bool) -> Solution:
        p, (n, T) = self.problem, self.problem.shape
        packs, _, stock, short = found.x[: 4 * n * T].reshape(4, n, T)
        over = found.x[4 * n * T :].reshape(len(self.breakable), T)
        counted = (p.pack > 0)[:, None] & whole
        bound = found.mip_dual_bound if whole else None
        return Solution(
            status=int(found.status),
            packs=np.where(counted, np.rint(packs) + 0.0, np.maximum(packs, 0.0)),
            stock=np.maximum(stock, 0.0),
            short=np.maximum(short, 0.0),
            over=dict(zip(self.breakable, over, strict=True)),
            cost=float(found.fun),
            bound=float(found.fun if bound is None else bound),
        )

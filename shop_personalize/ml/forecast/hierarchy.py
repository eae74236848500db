"""Products, categories and the whole shop, made to agree.

Series of a hierarchy are kept as one matrix: the sums first, level by level, then the n
products. Forecasts of each are made apart and then reconciled, so that every sum is
that of its products.

References: Hyndman et al. (2011), "Optimal combination forecasts for hierarchical time
series"; Wickramasuriya, Athanasopoulos & Hyndman (2019), "Optimal forecast
reconciliation for hierarchical and grouped time series through trace minimization";
Schäfer & Strimmer (2005) for the shrunken covariance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shop_personalize.ml.forecast.panel import FloatMatrix, PanelError

Vector = NDArray[np.float64]
Method = Literal["bottom up", "top down", "ols", "structural", "variance", "shrunken"]
LEAST = 1e-8
"""Share of the mean variance below which none is trusted."""


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Which products each sum is of: sparse (u, n), one row a sum, ones inside."""

    sums: sparse.csr_array

    @classmethod
    def of(cls, *levels: NDArray[np.int64]) -> Hierarchy:
        """Each level an int64 (n,): the group of each product, 0…; -1 for none.

        ``Hierarchy.of(np.zeros(n, int), category)`` is the shop and its categories.
        Raises PanelError for levels of different lengths or none.
        """
        if not levels or len({len(level) for level in levels}) != 1:
            raise PanelError("give one or more levels, each with a group per product")
        rows = [cls._level(np.asarray(level, np.int64)) for level in levels]
        return cls(sparse.csr_array(sparse.vstack(rows)))

    @staticmethod
    def _level(groups: NDArray[np.int64]) -> sparse.csr_array:
        inside = np.flatnonzero(groups >= 0)
        shape = (int(groups.max(initial=-1)) + 1, len(groups))
        ones = np.ones(len(inside))
        return sparse.csr_array((ones, (groups[inside], inside)), shape=shape)

    @property
    def products(self) -> int:
        """The number of products, n."""
        return int(self.sums.shape[1])

    def with_sums(self, values: FloatMatrix) -> FloatMatrix:
        """Products (n, h) with their sums above them: (u + n, h)."""
        return np.concatenate([self.sums @ values, values])

    def reconciled(
        self,
        base: FloatMatrix,
        how: Method = "structural",
        *,
        residuals: FloatMatrix | None = None,
        history: FloatMatrix | None = None,
        floor: float | None = 0.0,
    ) -> FloatMatrix:
        """Forecasts (u + n, h) that agree, from those that do not.

        ``bottom up`` believes the products alone; ``top down`` shares the first sum
        out by ``history`` (n, T), or by the products' own forecasts without it; the
        others weigh all series by their errors: ``ols`` alike, ``structural`` by the
        number of products, ``variance`` by that of ``residuals`` (u + n, T), NaN where
        not known, and ``shrunken`` by their shrunken covariance. Products are cut at
        ``floor``, and sums follow. Raises PanelError for shapes that do not fit and for
        a series of which no residual is known.
        """
        u, n = self.sums.shape
        base = np.asarray(base, np.float64)
        if base.ndim != 2 or len(base) != u + n:
            raise PanelError(f"base is {base.shape}, not ({u} sums + {n} products, h)")
        if how == "bottom up":
            found = base[u:]
        elif how == "top down":
            found = self._shared_out(base, history)
        else:
            found = self._weighed(base, how, residuals)
        found = found if floor is None else np.maximum(found, floor)
        return self.with_sums(found)

    def _shared_out(
        self, base: FloatMatrix, history: FloatMatrix | None
    ) -> FloatMatrix:
        whole = self.sums[:1].toarray() > 0
        products = base[len(base) - self.products :]
        if not (len(whole) and whole.all()):
            raise PanelError("top down needs a first level that sums every product")
        if history is None:
            total = products.sum(axis=0)
            even = np.full_like(products, 1 / len(products))
            share = np.divide(products, total, out=even, where=total > 0)
        else:
            sold = np.nansum(history, axis=1)
            total = float(sold.sum())
            own = sold / total if total > 0 else np.full(len(sold), 1 / len(sold))
            share = own[:, None]
        found: FloatMatrix = share * base[0]
        return found

    def _weighed(
        self, base: FloatMatrix, how: str, residuals: FloatMatrix | None
    ) -> FloatMatrix:
        """y - W U (U' W U)⁻¹ U' y, U' = [I, -S]: only (u, u) is inverted."""  # noqa: D403
        u = self.sums.shape[0]
        own, spread = self._errors(how, residuals)
        above, below = own[:u], own[u:]
        apart = base[:u] - self.sums @ base[u:]
        weighted = self.sums.multiply(below[None, :]).tocsr()
        inner = np.diag(above) + (weighted @ self.sums.T).toarray()
        common = None
        if spread is not None:
            common = spread[:u] - self.sums @ spread[u:]
            inner = inner + common @ common.T
        weights = np.linalg.lstsq(inner, apart, rcond=None)[0]
        shift = -below[:, None] * (self.sums.T @ weights)
        if spread is not None and common is not None:
            shift = shift + spread[u:] @ (common.T @ weights)
        found: FloatMatrix = base[u:] - shift
        return found

    def _errors(
        self, how: str, residuals: FloatMatrix | None
    ) -> tuple[Vector, FloatMatrix | None]:
        """Variances (u + n,), and what errors have in common, (u + n, T) or None."""
        u, n = self.sums.shape
        if how == "ols":
            return np.ones(u + n), None
        if how == "structural":
            return np.concatenate([self.sums.sum(axis=1), np.ones(n)]), None
        if how not in {"variance", "shrunken"}:
            raise PanelError(f"how is {how!r}; it must be one of: {', '.join(METHODS)}")
        if residuals is None or len(residuals) != u + n:
            shape = None if residuals is None else residuals.shape
            raise PanelError(f"{how} needs residuals of {u + n} series, not {shape}")
        told = _evened(np.asarray(residuals, np.float64))
        variance = (told**2).mean(axis=1)
        variance = np.maximum(variance, LEAST * max(float(variance.mean()), LEAST))
        if how == "variance":
            return variance, None
        kept = shrinkage(told)
        return kept * variance, np.sqrt((1 - kept) / told.shape[1]) * told


def _evened(residuals: FloatMatrix) -> FloatMatrix:
    """0 where not known, the rest larger by as much: a short past is no small error."""
    known = ~np.isnan(residuals)
    if not known.any(axis=1).all():
        row = int((~known.any(axis=1)).argmax())
        raise PanelError(f"no residual of series {row} is known, sums counted first")
    share = known.mean(axis=1, keepdims=True)
    found: FloatMatrix = np.where(known, residuals, 0.0) / np.sqrt(share)
    return found


METHODS = ("bottom up", "top down", "ols", "structural", "variance", "shrunken")


def shrinkage(residuals: FloatMatrix) -> float:
    """How far correlations are drawn to none: 0 to 1 (Schäfer & Strimmer 2005).

    ``residuals`` (m, T). Without forming (m, m): sums over pairs are those over
    periods.
    """
    length = residuals.shape[1]
    size = np.sqrt((residuals**2).mean(axis=1, keepdims=True))
    moving = size[:, 0] > 0
    scaled = residuals[moving] / size[moving]
    if len(scaled) < 2 or length < 2:
        return 1.0
    squares = float(((scaled.T @ scaled / length) ** 2).sum()) - len(scaled)
    fourth = float(((scaled**2).sum(axis=0) ** 2).sum() - (scaled**4).sum())
    varying = (fourth / length - squares) / (length - 1)
    return float(np.clip(varying / squares, 0.0, 1.0)) if squares > 0 else 1.0

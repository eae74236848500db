"""Random draws that Gibbs sampling is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRIOR_ROWS = 2.0
"""Rows at zero that stand beside the real ones when their mean is drawn."""
PRIOR_SCATTER = 0.1
"""Variance every direction is thought to have before any row is seen."""


def draw_wishart(
    freedom: float, scatter: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw a precision (k, k) ~ Wishart(freedom, scatter^-1): Bartlett's triangle."""
    k = len(scatter)
    lower = np.tril(rng.standard_normal((k, k)), -1)
    lower[np.diag_indices(k)] = np.sqrt(rng.chisquare(freedom - np.arange(k)))
    root = np.linalg.cholesky(np.linalg.inv(scatter)) @ lower
    return np.asarray(root @ root.T)


def draw_prior(
    rows: NDArray[np.float64],
    linked: NDArray[np.float64],
    weight: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Draw mean (k,) and precision (k, k) of the normal that ``rows`` (n, k) came from.

    ``linked`` (f, k) are coefficients whose precision is the same times ``weight``;
    they tell of it too. Salakhutdinov and Mnih (2008), eq. 14, and Simm et al. (2015).
    """
    n, k = rows.shape
    middle = rows.mean(axis=0)
    spread = (rows - middle).T @ (rows - middle) + weight * linked.T @ linked
    pull = PRIOR_ROWS * n / (PRIOR_ROWS + n)
    scatter = PRIOR_SCATTER * k * np.eye(k) + spread + pull * np.outer(middle, middle)
    precision = draw_wishart(k + 1 + n + len(linked), scatter, rng)
    mean = n * middle / (PRIOR_ROWS + n)
    root = np.linalg.cholesky(np.linalg.inv((PRIOR_ROWS + n) * precision))
    return mean + root @ rng.standard_normal(k), precision


def draw_rows(
    precisions: NDArray[np.float64],
    weighted: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw one vector a system: N(A^-1 b, A^-1) for all A (n, k, k), b (n, k) at once.

    With A = L L' and e standard normal, A^-1 (b + L e) has just that distribution, so
    one Cholesky and one solve serve both mean and noise.
    """
    roots = np.linalg.cholesky(precisions)
    noise = np.einsum("nij,nj->ni", roots, rng.standard_normal(weighted.shape))
    return np.asarray(
        np.linalg.solve(precisions, (weighted + noise)[..., None])[..., 0]
    )

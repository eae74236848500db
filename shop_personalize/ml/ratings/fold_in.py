"""From a chain of draws to item factors that serve anybody's ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.knowledge import RatedFactors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.ratings.sampled import SampledFactors


def rated_factors(model: SampledFactors, listed: NDArray[np.bool_]) -> RatedFactors:
    """Average the draws of a fitted model, each turned to match the last.

    Factors mean the same under any rotation, and a chain drifts through rotations; so
    each draw is first turned onto the last one (orthogonal Procrustes, Schönemann
    1966). Users become a normal prior: their mean and spread over all draws.
    """
    users, items = _turned(model)
    mean = users.mean(axis=(0, 1))
    apart = (users - mean).reshape(-1, users.shape[2])
    covariance = apart.T @ apart / len(apart)
    average = items.mean(axis=0)
    factors = average.copy()
    factors[:, -1] = 1.0
    return RatedFactors(
        item_factors=factors.astype(np.float32),
        offsets=(model.biases_.mean + model.unit_ * average[:, -1]).astype(np.float32),
        precision=(np.linalg.inv(covariance) / model.alpha_).astype(np.float32),
        prior=(model.unit_ * mean).astype(np.float32),
        listed=listed,
    )


def _turned(
    model: SampledFactors,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both sides of every draw, (draws, n, k), in the axes of the last."""
    users, items = model.users_.astype(float), model.items_.astype(float)
    last = items[-1, :, :-1].copy()
    for own, other in zip(users, items, strict=True):
        left, _, right = np.linalg.svd(other[:, :-1].T @ last)
        own[:, :-1] = own[:, :-1] @ (left @ right)
        other[:, :-1] = other[:, :-1] @ (left @ right)
    return users, items

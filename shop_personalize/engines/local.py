"""Fit in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender
    from shop_personalize.registry import RecommenderSpec


def fit(
    spec: RecommenderSpec, params: dict[str, Any], data: TrainingData
) -> Recommender:
    return spec.build(params).fit(data)

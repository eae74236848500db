"""The contract every recommender keeps (scikit-learn's, narrowed)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from shop_personalize.ml.data import TrainingData
from shop_personalize.ml.knowledge import Knowledge


class Recommender(ABC):
    """Constructor stores its arguments unchanged, ``fit`` learns ``knowledge_``.

    ``kinds`` names the event kinds it learns from; ``fit`` must accept data without
    any of them and then leave an empty shape. ``knowledge_`` holds, after ``fit``,
    one of the four shapes with item codes of ``data.ids``.
    ``query_config_`` says how serving turns a history into a query for this shape:
    ``{"kinds": {kind: weight}, "decay_days": float | None, ...}`` (JSON values only).
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    knowledge_: Knowledge
    query_config_: dict[str, Any]

    @abstractmethod
    def fit(self, data: TrainingData) -> Self:
        """Learn from ``data`` and return self."""

"""The search over methods with the clock of this machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from shop_personalize.ml import tuning

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.tuning import Choice


def choose(data: TrainingData, question: str, **options: Any) -> Choice:
    """:func:`shop_personalize.ml.tuning.choose`, ``budget_seconds`` by the clock."""
    return tuning.choose(data, question, clock=time.monotonic, **options)

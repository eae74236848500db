"""From a candidate's numbers to the chance that it is what the visitor wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.ranking.features import MISSING
from shop_personalize.ml.ranking.trees import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Arrays

FLATTEST = 30.0


def chances(
    ranker: dict[str, Any], extras: Arrays, rows: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Chance in (0, 1) of each row (c, f); (c,)."""
    odds = decisions(ranker, extras, rows)
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -FLATTEST, FLATTEST))))


def decisions(
    ranker: dict[str, Any], extras: Arrays, rows: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Log odds of each row (c, f); (c,). ``ranker["method"]`` is trees or logistic."""
    base = float(ranker["base"])
    if ranker["method"] == "trees":
        arrays = (
            extras[f"ranker__{name}"] for name in ("feature", "threshold", "value")
        )
        return base + sums(rows, *arrays)
    center, scale = extras["ranker__center"], extras["ranker__scale"]
    standard = np.where(rows == MISSING, 0.0, (rows - center) / scale)
    bounded = np.clip(standard, -ranker["bound"], ranker["bound"])
    return np.asarray(base + bounded @ extras["ranker__weight"].astype(np.float64))

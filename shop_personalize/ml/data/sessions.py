"""Sessions: what one visitor did without a pause of half an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data.training_data import TrainingData

GAP_DAYS = 30.0 / 1440.0


def by_session(data: TrainingData) -> tuple[TrainingData, NDArray[np.int64]]:
    """Sort rows by visitor and time; return them and each row's session 0..s-1 (m,)."""
    order = np.lexsort((data.time, data.visitor))
    rows = data.where(order)
    if not len(rows):
        return rows, np.empty(0, np.int64)
    new_visitor = rows.visitor[1:] != rows.visitor[:-1]
    pause = np.diff(rows.time) > GAP_DAYS
    return rows, np.concatenate([[0], np.cumsum(new_visitor | pause)])

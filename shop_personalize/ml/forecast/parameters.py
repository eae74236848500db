"""Parameters that forecasters share, checked before anything is learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError


def shares(
    name: str, given: Sequence[float], *, zero: bool = False
) -> NDArray[np.float64]:
    """Shares above 0 and up to 1, at least one; PanelError says which not.

    ``zero``: 0 is one too.
    """
    if not len(given):
        raise PanelError(f"{name} needs at least one value")
    for share in given:
        if not (0.0 < share <= 1.0 or (zero and share == 0.0)):
            bounds = "within 0 and 1" if zero else "above 0 and up to 1"
            raise PanelError(f"{name} must lie {bounds}, not {share}")
    return np.array(given, np.float64)


def latest(panel: Panel, window: int) -> FloatMatrix:
    """The last ``window`` columns, NaN where a series had not begun."""
    if window < 1:
        raise PanelError(f"window must be 1 or more periods, not {window}")
    return panel.values[:, -window:]

"""At most so many of one category."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def capped(groups: Sequence[str], most: int) -> NDArray[np.int64]:
    """Move what exceeds ``most`` of its category behind all that does not.

    ``groups`` (m,) in the order of the list; "" is no category and never too many. A
    list of nothing else is still full: what was too much follows in its own order.
    Returns positions int64 (m,); raises ValueError unless ``most`` >= 1.
    """
    if most < 1:
        raise ValueError(f"most must be at least 1, not {most!r}")
    seen: Counter[str] = Counter()
    over = np.zeros(len(groups), bool)
    for at, group in enumerate(groups):
        over[at] = bool(group) and seen[group] >= most
        seen[group] += 1
    return np.concatenate([np.flatnonzero(~over), np.flatnonzero(over)])

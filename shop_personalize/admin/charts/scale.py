"""Where values go: zero is always on the scale."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def nice_step(span: float, count: int = 3) -> float:
    """The round number that divides ``span`` into at most ``count`` parts."""
    raw = span / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(s for s in STEPS if s * power >= raw * (1 - 1e-9)) * power


def ticks(values: Iterable[float], count: int = 3) -> list[float]:
    """Round numbers from at most zero to at least the largest value."""
    known = [0.0, *values]
    low, high = min(known), max(known)
    if low == high:
        return [0.0, 1.0]
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]

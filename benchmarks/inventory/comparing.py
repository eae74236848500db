"""What we and the oracle say of an instance, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Given = dict[str, Any]
Pairs = list[tuple[str, float, float]]
Families = dict[str, tuple[Callable[[Given], Pairs], tuple[str, ...]]]
"""By name what compares an instance, and the names of the instances."""


def pairs(names: Iterable[str], ours: Iterable[Any], oracle: Iterable[Any]) -> Pairs:
    """(what, ours, the oracle's); lists are taken apart."""
    found = []
    for name, one, other in zip(names, ours, oracle, strict=True):
        for left, right in zip(np.ravel(one), np.ravel(other), strict=True):
            found.append((name, float(left), float(right)))
    return found

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
"""Standard normal quantile of 97.5 %."""


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Where a share lies with 95 % confidence (Wilson 1927); (0, 1) without tries."""
    if not tries:
        return 0.0, 1.0
    share, scale = hits / tries, 1 + Z**2 / tries
    middle = (share + Z**2 / (2 * tries)) / scale
    half = Z / scale * sqrt(share * (1 - share) / tries + Z**2 / (4 * tries**2))
    return max(0.0, middle - half), min(1.0, middle + half)

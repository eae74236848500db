"""Whole numbers as addresses and forms have them: anything at all may stand there."""

from __future__ import annotations

DIGITS = 18
"""As many fit into every column."""


def is_whole(text: str) -> bool:
    """Digits alone, and no more of them than a column holds."""
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def key_of(text: str) -> int:
    """The key of a row; 0, which no row has, where there is none."""
    return int(text) if is_whole(text) else 0

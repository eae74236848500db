from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.core.checks import Error, Warning  # noqa: A004  Django's own name for it


def error(number: int, text: str, hint: str = "") -> Error:
    return Error(text, hint=hint or None, id=f"shop_personalize.E{number:03}")


def warning(number: int, text: str, hint: str = "") -> Warning:
    return Warning(text, hint=hint or None, id=f"shop_personalize.W{number:03}")


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """The nearest known word, else all of them."""
    names = [str(name) for name in known]
    near = get_close_matches(str(word), names, n=1, cutoff=0.6)
    if not near:
        folded = {name.lower(): name for name in names}
        near = [folded[n] for n in get_close_matches(str(word).lower(), folded, n=1)]
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"Known are: {', '.join(sorted(names))}."

"""What the doctor looks at beside the core: each slice knows its own ailments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "good"]


@dataclass(frozen=True)
class Finding:
    """What is well or wrong, and what to do about it."""

    level: Level
    says: str
    mend: str = ""


Look = Callable[[], Iterator[Finding]]
_looks: dict[str, Look] = {}


def offer_look(name: str, look: Look) -> None:
    """Offer a look; a later one of the same name replaces it."""
    _looks[name] = look


def looks() -> dict[str, Look]:
    """All looks by name, in the order in which they came."""
    return dict(_looks)

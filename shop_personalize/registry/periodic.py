"""Work that slices want repeated; the schedule does it when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta


@dataclass(frozen=True)
class Periodic:
    """One process at a time does ``work``, and not again within ``interval``."""

    name: str
    interval: timedelta
    work: Callable[[], object]


_works: dict[str, Periodic] = {}


def register_periodic(
    name: str, interval: timedelta, work: Callable[[], object]
) -> None:
    """Have ``work`` repeated; a later one of the same name replaces it."""
    _works[name] = Periodic(name, interval, work)


def periodic() -> list[Periodic]:
    """All that was registered, in the order in which it came."""
    return list(_works.values())

"""SciPy, loaded where it is first used: a process that only serves never does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy import integrate, optimize, special

__all__ = ["integrate", "optimize", "special"]


class _Later:
    """Stands for a module until one of its names is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


if not TYPE_CHECKING:
    integrate = _Later("scipy.integrate")
    optimize = _Later("scipy.optimize")
    special = _Later("scipy.special")

"""Coordinate search over a small grid: starts from the default, never ends below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SWEEPS = 2
IDLE = 2
"""Values that change nothing before a parameter is left alone."""


@dataclass
class Found:
    """The best parameters and every trial, in order: {"params", "score"}."""

    params: dict[str, Any]
    score: float
    default_score: float
    table: list[dict[str, Any]] = field(default_factory=list)


def search(
    score: Callable[[dict[str, Any]], float],
    default: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
    *,
    out_of_time: Callable[[], bool] = lambda: False,
    progress: Callable[[float, str], None] | None = None,
) -> Found:
    """Vary one parameter at a time, the first of ``grid`` first; keep what is better.

    A second sweep looks again from the best point; trials are never repeated, and
    ``out_of_time`` is asked before each. A parameter whose first two other values
    change nothing at all is left alone: on these data it has no effect.
    """
    start = dict(default)
    first = score(start)
    found = Found(start, first, first, [{"params": {}, "score": first}])
    seen = {_key(start)}
    idle: set[str] = set()
    total = max(SWEEPS * sum(map(len, grid.values())), 1)
    done = 0
    for _ in range(SWEEPS):
        before = found.params
        for name, values in grid.items():
            equal = 0
            for value in values:
                done += 1
                if out_of_time():
                    return found
                if name not in idle:
                    params = {**found.params, name: value}
                    equal += _try(score, params, found, seen, default)
                if equal == IDLE:
                    idle.add(name)
                if progress:
                    progress(done / total, f"{name} = {value}: best {found.score:.4f}")
        if found.params == before:
            break
    return found


def _try(
    score: Callable[[dict[str, Any]], float],
    params: dict[str, Any],
    found: Found,
    seen: set[str],
    default: Mapping[str, Any],
) -> bool:
    """Score a point not seen yet, keep it if better; whether it is exactly as good."""
    if _key(params) in seen:
        return False
    seen.add(_key(params))
    reached = score(params)
    changed = {
        name: params[name] for name in params if params[name] != default.get(name)
    }
    found.table.append({"params": changed, "score": reached})
    equal = reached == found.score
    if reached > found.score:
        found.params, found.score = params, reached
    return equal


def _key(params: Mapping[str, Any]) -> str:
    return repr(sorted(params.items()))

"""Coordinate search over a small grid: starts from the default, never ends below it."""

from __future__ import annotations

from collections import Counter
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
    unmoved: Counter[str] = Counter()
    points = [(name, value) for name, values in grid.items() for value in values]
    for sweep in range(SWEEPS):
        before = found.params
        for at, (name, value) in enumerate(points):
            if out_of_time():
                return found
            params = {**found.params, name: value}
            if unmoved[name] < IDLE and _key(params) not in seen:
                seen.add(_key(params))
                unmoved[name] += _try(score, params, found, default)
            if progress:
                done = (sweep * len(points) + at + 1) / (SWEEPS * len(points))
                progress(done, f"{name} = {value}: best {found.score:.4f}")
        if found.params == before:
            break
    return found


def _try(
    score: Callable[[dict[str, Any]], float],
    params: dict[str, Any],
    found: Found,
    default: Mapping[str, Any],
) -> bool:
    """Score a point and keep it if it is better; whether it is exactly as good."""
    reached, best = score(params), found.score
    changed = {
        name: params[name] for name in params if params[name] != default.get(name)
    }
    found.table.append({"params": changed, "score": reached})
    if reached > best:
        found.params, found.score = params, reached
    return reached == best


def _key(params: Mapping[str, Any]) -> str:
    return repr(sorted(params.items()))

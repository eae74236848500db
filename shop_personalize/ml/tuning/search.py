"""Coordinate search over a small grid: starts from the default, never ends below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SWEEPS = 2


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
    ``out_of_time`` is asked before each.
    """
    start = dict(default)
    first = score(start)
    found = Found(start, first, first, [{"params": {}, "score": first}])
    seen = {_key(start)}
    total = max(SWEEPS * sum(map(len, grid.values())), 1)
    done = 0
    for _ in range(SWEEPS):
        before = found.params
        for name, values in grid.items():
            for value in values:
                done += 1
                if out_of_time():
                    return found
                _try(score, {**found.params, name: value}, found, seen, default)
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
) -> None:
    if _key(params) in seen:
        return
    seen.add(_key(params))
    reached = score(params)
    changed = {
        name: params[name] for name in params if params[name] != default.get(name)
    }
    found.table.append({"params": changed, "score": reached})
    if reached > found.score:
        found.params, found.score = params, reached


def _key(params: Mapping[str, Any]) -> str:
    return repr(sorted(params.items()))

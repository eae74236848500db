"""What is wrong with a network, in the words of the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class EchelonError(ValueError):
    """The network cannot be planned as it is; the text says which stage and why."""


def per_stage(name: str, values: ArrayLike, stages: int) -> Floats:
    """``values`` as float64 (stages,); a single number holds for every stage."""
    array = np.asarray(values, np.float64)
    if array.ndim == 0:
        array = np.full(stages, float(array))
    if array.shape != (stages,):
        raise EchelonError(
            f"{name} has {array.size} values for {stages} stages; give one a stage"
        )
    return array


def at_least(
    name: str, values: Floats, least: float = 0.0, *, open_: bool = False
) -> None:
    """Raise for the first stage whose value is not a finite number above ``least``.

    ``open_`` forbids ``least`` itself.
    """
    wrong = ~np.isfinite(values) | ((values <= least) if open_ else (values < least))
    if wrong.any():
        stage = int(wrong.argmax())
        wanted = f"above {least:g}" if open_ else f"{least:g} or more"
        raise EchelonError(
            f"{name} of stage {stage} is {values[stage]:g}; it must be {wanted}"
        )


def number(name: str, value: float, *, open_: bool = False) -> float:
    """``value`` as a finite number that is not negative (``open_``: not 0 either)."""
    if not np.isfinite(value) or value < 0 or (open_ and value == 0):
        wanted = "above 0" if open_ else "0 or more"
        raise EchelonError(f"{name} is {value:g}; it must be {wanted}")
    return float(value)


def edges_of(edges: Sequence[tuple[int, int]], stages: int) -> list[tuple[int, int]]:
    """(upstream, downstream) pairs; raises for a stage that does not exist."""
    for upstream, downstream in edges:
        for stage in (upstream, downstream):
            if not 0 <= stage < stages:
                raise EchelonError(
                    f"the link {upstream} → {downstream} names stage {stage}; "
                    f"stages are 0 to {stages - 1}"
                )
        if upstream == downstream:
            raise EchelonError(f"stage {upstream} is linked to itself")
    return [(int(upstream), int(downstream)) for upstream, downstream in edges]

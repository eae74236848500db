"""Steering: products that an owner wants earlier or later, and at a stated place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.reranking.ranks import by_worth, relevance


def steered(shifts: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Order m candidates, given best first, by relevance + shift.

    ``shifts`` float (m,), -1 to 1, as shares of the list: .5 passes half of it, 1 comes
    before all that are not shifted, -1 after them. Returns positions int64 (m,); raises
    ValueError for a shift outside.
    """
    given = np.asarray(shifts, np.float64)
    if not (np.abs(given) <= 1).all():
        raise ValueError("shifts must lie between -1 and 1")
    return by_worth(relevance(len(given)) + given)


def placed(m: int, pins: Mapping[int, int], n: int) -> NDArray[np.int64]:
    """Put pinned candidates at their places among the first ``n`` of m.

    ``pins`` leads from a candidate's position to its place, 0 the first. Of two with
    one place the one named first has it, the other the next free one; those beyond the
    end are the last, in the order of their places. The rest keeps its order, what is
    pushed out follows. Returns positions int64 (m,).
    """
    length = min(n, m)
    given = dict(list(pins.items())[:length])
    held: dict[int, int] = {}
    ordered = sorted(given, key=given.__getitem__)
    latest = {item: length - len(given) + at for at, item in enumerate(ordered)}
    for item, place in given.items():
        held[_free(held, min(place, latest[item]), length)] = item
    rest = iter([at for at in range(m) if at not in given])
    head = [held[at] if at in held else next(rest) for at in range(length)]
    return np.array([*head, *rest], np.int64)


def _free(held: Mapping[int, int], place: int, length: int) -> int:
    """The place, or the nearest free one behind it, or before it."""
    later = (at for at in range(place, length) if at not in held)
    earlier = (at for at in range(place, -1, -1) if at not in held)
    return next(later, next(earlier, place))

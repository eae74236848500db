"""Leaning on a part or two among what a visitor never had, where they know better.

What was had before tells trees most of what they learn; for the rest a good part may
order better. The log of its share (of the mean share of two) is added to the log odds,
as much as the latest window of the past says, and the candidates that are new change
places accordingly: those that are old keep theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FAINT = 0.02
"""Share that one unknown to the part is given."""
STEPS = (0.0, 0.25, 0.5, 1.0, 2.0)
K = 10


def leaning(
    scores: NDArray[np.float64],
    shares: NDArray[np.float64],
    old: NDArray[np.bool_],
    lean: dict[str, Any],
) -> NDArray[np.float64]:
    """Exchange the scores (c,) of the new candidates by what the part says besides.

    ``scores`` in (0, 1); ``shares`` (c, p); ``lean`` names the ``parts`` by number and
    ``by`` how much.
    """
    new = np.flatnonzero(~old)
    odds = np.log(scores[new] / (1 - scores[new]))
    leant = odds + lean["by"] * _said(shares[new], lean["parts"])
    exchanged = scores.copy()
    exchanged[new[np.argsort(-leant, kind="stable")]] = -np.sort(-scores[new])
    return exchanged


def find_lean(
    odds: NDArray[np.float64],
    shares: NDArray[np.floating[Any]],
    right: NDArray[np.bool_],
    case: NDArray[np.int64],
) -> dict[str, Any]:
    """Return the parts and how much to lean on them; empty if the odds alone are best.

    Rows are the new candidates of past questions, ``case`` ascending. The parts are the
    one that orders them best by itself, and the one that helps it most, if any does.
    """
    if not right.any():
        return {}
    parts = _best_parts(shares, right, case)
    said = _said(shares, parts)
    reached = [gain(odds + by * said, right, case) for by in STEPS]
    by = STEPS[int(np.argmax(reached))]
    return {"parts": parts, "by": by} if by else {}


def _best_parts(
    shares: NDArray[np.floating[Any]], right: NDArray[np.bool_], case: NDArray[np.int64]
) -> list[int]:
    every = range(shares.shape[1])
    alone = [gain(shares[:, part], right, case) for part in every]
    first = int(np.argmax(alone))
    pairs = [gain(_said(shares, [first, part]), right, case) for part in every]
    second = int(np.argmax(pairs))
    return [first] if pairs[second] <= alone[first] else [first, second]


def _said(
    shares: NDArray[np.floating[Any]], parts: list[int]
) -> NDArray[np.floating[Any]]:
    """What the parts say together, as log odds."""
    return np.asarray(np.log(shares[:, parts].mean(axis=1) + FAINT))


def gain(
    scores: NDArray[np.floating[Any]],
    right: NDArray[np.bool_],
    case: NDArray[np.int64],
) -> float:
    """Mean NDCG of the first 10 candidates over the cases with a right one."""
    order = np.lexsort((-scores, case))
    ordered, hit = case[order], right[order]
    rank = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    hit &= rank < K
    discount = 1 / np.log2(np.arange(2, K + 2))
    size = int(case.max()) + 1
    found = np.bincount(ordered[hit], discount[rank[hit]], minlength=size)
    wanted = np.bincount(case, right, minlength=size).astype(int)
    asked = wanted > 0
    ideal = np.cumsum(discount)[np.minimum(wanted[asked], K) - 1]
    return float((found[asked] / ideal).mean()) if asked.any() else 0.0

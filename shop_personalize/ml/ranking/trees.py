"""Boosted trees as plain arrays, evaluated for all candidates and trees at once.

Every tree is laid out as a complete binary tree of the same depth: node 0 is the root
and the children of node i are 2i + 1 (value <= threshold) and 2i + 2. A leaf higher up
is continued to the left by thresholds of ``NEVER``, so that no child needs a pointer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEVER = np.float32(3e38)
"""A threshold above every value."""


def sums(
    rows: NDArray[np.float32],
    feature: NDArray[np.integer[Any]],
    threshold: NDArray[np.floating[Any]],
    value: NDArray[np.floating[Any]],
) -> NDArray[np.float64]:
    """Sum over the trees of the leaf each row falls into; (c,).

    ``rows`` (c, f), finite and below ``NEVER``; ``feature`` and ``threshold``
    (t, 2^d - 1); ``value`` (t, 2^d), the leaves from left to right.
    """
    count, nodes = feature.shape
    columns = np.ascontiguousarray(rows.T)
    flat, candidate = columns.ravel(), np.arange(len(rows), dtype=np.int32)
    first = (np.arange(count, dtype=np.int32) * nodes)[:, None]
    features, thresholds = feature.ravel(), threshold.ravel()
    at = (columns[feature[:, 0]] > threshold[:, :1]).astype(np.int32) + 1
    if nodes == 1:
        return _gathered(value, at - 1)
    for _ in range(nodes.bit_length() - 1):
        node = at + first
        column = features.take(node).astype(np.int32)
        right = flat.take(column * len(rows) + candidate) > thresholds.take(node)
        at = 2 * at + 1 + right
    return _gathered(value, at - nodes)


def _gathered(
    value: NDArray[np.floating[Any]], leaf: NDArray[np.int32]
) -> NDArray[np.float64]:
    start = (np.arange(len(value), dtype=np.int32) * value.shape[1])[:, None]
    reached = value.ravel().take(leaf + start)
    return np.asarray(reached.sum(axis=0, dtype=np.float64))

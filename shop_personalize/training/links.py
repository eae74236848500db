"""Who is tied to whom, in the codes of the training data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.conf import app_settings
from shop_personalize.ml.data import Links
from shop_personalize.models import Connection

if TYPE_CHECKING:
    from numpy.typing import NDArray


def links_of(visitors: NDArray[np.int64]) -> Links:
    """Confirmed ties of the kinds that may speak between ``visitors`` (ascending)."""
    ties = Connection.objects.filter(
        confirmed=True, kind__in=app_settings.connections["kinds"]
    ).order_by()
    rows = list(ties.values_list("source", "target", "weight").iterator())
    if not rows or not len(visitors):
        return Links.none()
    source, target, weight = (np.array(column) for column in zip(*rows, strict=True))
    first, second = _coded(visitors, source), _coded(visitors, target)
    known = (first >= 0) & (second >= 0)
    return Links(
        first[known].astype(np.int32),
        second[known].astype(np.int32),
        weight[known].astype(np.float32),
    )


def _coded(visitors: NDArray[np.int64], keys: NDArray[Any]) -> NDArray[np.int64]:
    """Position of each key, -1 for those of whom nothing is known."""
    at = np.minimum(np.searchsorted(visitors, keys), len(visitors) - 1)
    return np.where(visitors[at] == keys, at, -1)

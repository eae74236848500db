"""What served so far, said in the codes of the data there is now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.knowledge import ItemNeighbors, Knowledge, Mixture, part_of
from shop_personalize.ml.online.neighbors import moved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap, TrainingData
    from shop_personalize.ml.knowledge import Arrays


class OnlyAnewError(Exception):
    """What serves and what is learned now differ too much: only a training will do."""


@dataclass(frozen=True)
class Renewal:
    """The model that serves, and ``touched`` bool (n,): which items are no longer so.

    ``knowledge`` and ``extras`` are as stored, in the codes of ``ids``; ``data`` has
    codes of its own, in which ``touched`` is. Ask :meth:`neighbors` for rows in them.
    """

    knowledge: Knowledge
    ids: IdMap
    touched: NDArray[np.bool_]
    config: dict[str, Any] = field(default_factory=dict)
    extras: Arrays = field(default_factory=dict)

    def neighbors(self, ids: IdMap) -> ItemNeighbors | None:
        """Return the rows that serve in the codes of ``ids``; None if it has none."""
        if not isinstance(self.knowledge, ItemNeighbors):
            return None
        if self.knowledge.n_items != len(self.ids):
            raise ValueError(
                f"the model has {self.knowledge.n_items} rows for {len(self.ids)} ids"
            )
        return moved(self.knowledge, self.ids, ids)

    def part(self, name: str) -> Renewal | None:
        """Return the same for a part of a mixture; None if it has no such part."""
        if not isinstance(self.knowledge, Mixture) or name not in self.knowledge.parts:
            return None
        return replace(
            self,
            knowledge=self.knowledge.parts[name],
            extras=part_of(self.extras, name),
        )


def renewal_of(
    knowledge: Knowledge,
    ids: IdMap,
    data: TrainingData,
    *,
    since: float,
    kinds: tuple[str, ...] | None = None,
    config: dict[str, Any] | None = None,
    extras: Arrays | None = None,
) -> Renewal:
    """Say what changed since day ``since`` (days since the epoch, as ``data.time``).

    Touched are the items somebody did something with at or after ``since``, and those
    the model has no code for. ``kinds`` are the event kinds it learns from, any if
    ``None``; what was sent back always counts among them.
    """
    rows = data.where(data.time >= since)
    if kinds is not None:
        rows = rows.of_kinds(*kinds, *(["refund"] if kinds else []))
    touched = np.zeros(data.n_items, bool)
    touched[rows.item] = True
    touched |= ids.codes(data.ids.texts(range(data.n_items))) < 0
    return Renewal(knowledge, ids, touched, config or {}, extras or {})

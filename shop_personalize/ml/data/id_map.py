"""The frozen map between outside ids (text) and dense codes 0..n-1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class IdMap:
    """Sorted unique ids as UTF-8 bytes (n,); the code of an id is its position.

    Sorted bytes can be memory-mapped and searched without a dictionary, so forked
    workers share one copy.
    """

    ids: NDArray[np.bytes_]

    @classmethod
    def of(cls, ids: Iterable[str]) -> IdMap:
        """Freeze the distinct ``ids``."""
        unique = sorted({text.encode() for text in ids})
        return cls(np.array(unique, dtype="S") if unique else np.empty(0, "S1"))

    def __len__(self) -> int:
        """Count the ids."""
        return len(self.ids)

    def codes(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the code of each id, -1 for the unknown; shape (len(ids),)."""
        if not len(ids) or not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        wanted = np.array([text.encode() for text in ids], dtype="S")
        at = np.searchsorted(self.ids, wanted)
        at = np.minimum(at, len(self.ids) - 1)
        return np.where(self.ids[at] == wanted, at, -1)

    def texts(self, codes: NDArray[np.integer] | Sequence[int]) -> list[str]:
        """Return the ids of ``codes``; "" for the code -1, which is nobody's."""
        given = np.asarray(codes, np.int64)
        if not len(self.ids):
            return [""] * len(given)
        found = self.ids[given].tolist()
        return [
            each.decode() if code != -1 else ""
            for each, code in zip(found, given.tolist(), strict=True)
        ]

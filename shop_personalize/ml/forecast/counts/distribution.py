"""How likely each count is, series by series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import PanelError

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix

CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Distribution:
    """``edges`` float64 (j,), whole numbers from 0 up; ``up_to`` float64 (n, j).

    ``up_to`` is the chance of at most as many as the edge, 1 at the last. Between two
    edges every count is equally likely.
    """

    edges: NDArray[np.float64]
    up_to: FloatMatrix

    def chances(self, counts: FloatMatrix) -> FloatMatrix:
        """The chance of at most ``counts`` (n, k), each a whole number: (n, k)."""
        grid, up_to = self._from_nothing()
        place = np.clip(np.searchsorted(grid, counts), 1, len(grid) - 1)
        low, high = (np.take_along_axis(up_to, place - d, 1) for d in (1, 0))
        width = grid[place] - grid[place - 1]
        share = np.clip((counts - grid[place - 1]) / width, 0.0, 1.0)
        return np.asarray(low + share * (high - low), np.float64)

    def quantile(self, level: float) -> Levels:
        """The least count that is enough with a chance of ``level``: (n,)."""
        grid, up_to = self._from_nothing()
        place = np.maximum((up_to < level - CLOSE).sum(axis=1), 1)[:, None]
        low, high = (np.take_along_axis(up_to, place - d, 1)[:, 0] for d in (1, 0))
        below, width = grid[place[:, 0] - 1], np.diff(grid)[place[:, 0] - 1]
        share = (level - low) / np.maximum(high - low, CLOSE)
        needed = np.ceil(share * width - CLOSE)
        return np.asarray(below + np.clip(needed, 1.0, width), np.float64)

    def split(self, level: float) -> tuple[Levels, Levels]:
        """The quantile (n,), and with what chance (n,) it must be taken to be exact.

        Else one less is taken: then the chance of enough is ``level`` itself, which
        whole numbers alone seldom have.
        """
        enough = self.quantile(level)
        high = self.chances(enough[:, None])[:, 0]
        low = self.chances(enough[:, None] - 1.0)[:, 0]
        chance = np.clip((level - low) / np.maximum(high - low, CLOSE), 0.0, 1.0)
        return enough, chance

    def _from_nothing(self) -> tuple[NDArray[np.float64], FloatMatrix]:
        grid = np.concatenate([[-1.0], self.edges])
        return grid, np.pad(self.up_to, ((0, 0), (1, 0)))


def mixed(members: list[Distribution]) -> Distribution:
    """Each member is right with the same chance; all have the same edges."""
    up_to = np.mean([each.up_to for each in members], axis=0)
    return Distribution(members[0].edges, np.asarray(up_to, np.float64))


def edges_to(most: float, count: int = 24) -> NDArray[np.float64]:
    """Whole numbers from 0 to ``most``, every one at first, then wider apart."""
    steps = np.rint(np.geomspace(1.0, max(most, 1.0) + 1.0, count)) - 1.0
    return np.unique(np.concatenate([steps, [max(np.ceil(most), 1.0)]]))


def checked_level(level: float) -> float:
    """PanelError where ``level`` is not between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise PanelError(f"level must lie between 0 and 1, as .9, not {level}")
    return level

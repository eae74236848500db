"""Stages joined without a loop: who supplies whom, in which order to reckon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.optimize.echelons.errors import EchelonError


class Tree:
    """A tree of ``stages`` over (upstream, downstream) ``edges``, rooted at stage 0.

    ``order`` names every stage before its parent, whichever way goods flow. Raises
    EchelonError where the stages are not all joined, or joined twice.
    """

    def __init__(self, edges: Sequence[tuple[int, int]], stages: int) -> None:
        if not stages:
            raise EchelonError("there are no stages")
        self.edges, self.stages = list(edges), stages
        beside: list[list[int]] = [[] for _ in range(stages)]
        for upstream, downstream in self.edges:
            beside[upstream].append(downstream)
            beside[downstream].append(upstream)
        self._parents: dict[int, int | None] = {0: None}
        self._beside = beside
        reached = [0]
        for stage in reached:
            for other in beside[stage]:
                if other not in self._parents:
                    self._parents[other] = stage
                    reached.append(other)
        self._check(reached)
        self.order = reached[::-1]
        self._downstream = set(self.edges)

    def _check(self, reached: list[int]) -> None:
        lost = sorted(set(range(self.stages)) - set(reached))
        if lost:
            raise EchelonError(f"stage {lost[0]} is not joined to stage 0")
        if len(self.edges) != self.stages - 1:
            raise EchelonError(
                f"{self.stages} stages with {len(self.edges)} links hold a loop; "
                f"a tree has {self.stages - 1}"
            )

    def parent(self, stage: int) -> int | None:
        """The neighbor on the way to the root; None at the root."""
        return self._parents[stage]

    def parent_is_downstream(self, stage: int) -> bool:
        """Whether the stage supplies its parent; no at the root."""
        return (stage, self._parents[stage]) in self._downstream

    def children(self, stage: int) -> list[int]:
        """Neighbors away from the root."""
        return [other for other in self._beside[stage] if self._parents[stage] != other]

    def from_upstream(self) -> list[int]:
        """All stages, each after those that supply it."""
        waiting = np.bincount(
            [downstream for _, downstream in self.edges], minlength=self.stages
        )
        ready = [stage for stage in range(self.stages) if not waiting[stage]]
        for stage in ready:
            for upstream, downstream in self.edges:
                if upstream == stage:
                    waiting[downstream] -= 1
                    if not waiting[downstream]:
                        ready.append(downstream)
        return ready

    def sums_downstream(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Each stage's value plus those of all it supplies, float64 (stages,)."""
        sums = values.copy()
        for stage in reversed(self.from_upstream()):
            for upstream, downstream in self.edges:
                if downstream == stage:
                    sums[upstream] += sums[stage]
        return sums

    def longest_upstream(
        self, work: NDArray[np.int64], supply: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The longest replenishment time of each stage: ``work`` of all on the way."""
        longest: NDArray[np.int64] = supply + work
        for stage in self.from_upstream():
            for upstream, downstream in self.edges:
                if upstream == stage:
                    longest[downstream] = max(
                        longest[downstream], longest[stage] + work[downstream]
                    )
        return longest

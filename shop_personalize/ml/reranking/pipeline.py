"""All steps in their fixed order, and what each of them moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.calibration import calibrated
from shop_personalize.ml.reranking.caps import capped
from shop_personalize.ml.reranking.damping import damped
from shop_personalize.ml.reranking.exploration import explored
from shop_personalize.ml.reranking.ranks import same_length
from shop_personalize.ml.reranking.variety import varied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Taste:
    """How a list is to be re-ranked; as it stands it changes nothing.

    ``damping``, ``calibration``, ``diversity``, ``exploration`` are shares, 0 to 1;
    ``per_category`` is a count, ``None`` for no limit.
    """

    damping: float = 0.0
    calibration: float = 0.0
    diversity: float = 0.0
    per_category: int | None = None
    exploration: float = 0.0

    def __bool__(self) -> bool:
        """Whether anything may move."""
        strengths = (self.damping, self.calibration, self.diversity, self.exploration)
        return any(strengths) or self.per_category is not None


@dataclass(frozen=True)
class Slate:
    """What is to be ordered: m candidates, best first, and what is known of each.

    ``groups`` (m,) categories, "" = none; ``popularity`` float (m,) >= 0;
    ``likeness`` float (m, m) in 0..1 or ``None``; ``wanted`` weights of the visitor's
    categories; ``seed`` of all chance.
    """

    groups: tuple[str, ...]
    popularity: NDArray[np.floating[Any]]
    likeness: NDArray[np.floating[Any]] | None = None
    wanted: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Move:
    """A candidate moved by a step: its number in the slate, places before and after."""

    step: str
    item: int
    before: int
    after: int


def rerank(
    slate: Slate, n: int, taste: Taste
) -> tuple[NDArray[np.int64], tuple[Move, ...]]:
    """Order the slate for a list of ``n``: positions int64 (m,), and the moves.

    Moves are told of what a step brought into the first ``n``, out of them, or up or
    down among them; places count from 0.
    """
    m = len(slate.groups)
    same_length(m, popularity=slate.popularity)
    order = np.arange(m)
    moves: list[Move] = []
    if m < 2:
        return order, ()
    for step, positions in _steps(slate, n, taste):
        following = positions(order)
        moves += _moved(step, order, following, n)
        order = following
    return order, tuple(moves)


def _steps(slate: Slate, n: int, taste: Taste) -> Iterator[tuple[str, Any]]:
    def groups(order: NDArray[np.int64]) -> list[str]:
        return [slate.groups[at] for at in order]

    def popularity(order: NDArray[np.int64]) -> NDArray[Any]:
        return np.asarray(slate.popularity)[order]

    if taste.damping:
        yield "damping", lambda o: o[damped(popularity(o), taste.damping)]
    if taste.calibration:
        yield (
            "calibration",
            lambda o: o[calibrated(groups(o), slate.wanted, n, taste.calibration)],
        )
    if taste.diversity:
        like = slate.likeness
        yield (
            "diversity",
            lambda o: o[
                varied(
                    groups(o),
                    n,
                    taste.diversity,
                    None if like is None else like[np.ix_(o, o)],
                )
            ],
        )
    if taste.per_category is not None:
        most = taste.per_category
        yield "per_category", lambda o: o[capped(groups(o), most)]
    if taste.exploration:
        yield (
            "exploration",
            lambda o: o[explored(popularity(o), n, taste.exploration, slate.seed)],
        )


def _moved(
    step: str, before: NDArray[np.int64], after: NDArray[np.int64], n: int
) -> list[Move]:
    old, new = np.argsort(before), np.argsort(after)
    near = np.minimum(old, new) < n
    return [
        Move(step, int(item), int(old[item]), int(new[item]))
        for item in np.flatnonzero((old != new) & near)
    ]

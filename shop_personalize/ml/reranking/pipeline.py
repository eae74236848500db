"""All steps in their fixed order, and what each of them moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.calibration import calibrated
from shop_personalize.ml.reranking.caps import capped
from shop_personalize.ml.reranking.damping import damped
from shop_personalize.ml.reranking.exploration import explored
from shop_personalize.ml.reranking.objectives import aimed
from shop_personalize.ml.reranking.ranks import same_length
from shop_personalize.ml.reranking.rotation import rotated
from shop_personalize.ml.reranking.steering import steered
from shop_personalize.ml.reranking.variety import varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Taste:
    """How a list is to be re-ranked; as it stands it changes nothing.

    ``objectives`` holds shares by name, as ``rotation``, ``damping``, ``calibration``,
    ``diversity``, ``exploration`` are shares, 0 to 1; ``per_category`` is a count,
    ``None`` for no limit.
    """

    damping: float = 0.0
    calibration: float = 0.0
    diversity: float = 0.0
    per_category: int | None = None
    exploration: float = 0.0
    rotation: float = 0.0
    objectives: Mapping[str, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything may move."""
        shares = (
            *self.objectives.values(),
            self.rotation,
            self.damping,
            self.calibration,
            self.diversity,
            self.exploration,
        )
        return any(shares) or self.per_category is not None


@dataclass(frozen=True)
class Slate:
    """What is to be ordered: m candidates, best first, and what is known of each.

    ``groups`` (m,) categories, "" = none; ``popularity`` float (m,) >= 0;
    ``likeness`` float (m, m) in 0..1; ``wanted`` weights of the visitor's categories;
    ``seed`` of all chance; ``amounts`` float (m,) by objective, NaN = not known;
    ``fatigue`` float (m,) >= 0, how often each was seen in vain; ``shifts`` float (m,)
    in -1..1, earlier or later by an owner's will. ``None`` leaves a step out.
    """

    groups: tuple[str, ...]
    popularity: NDArray[np.floating[Any]]
    likeness: NDArray[np.floating[Any]] | None = None
    wanted: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    amounts: Mapping[str, NDArray[np.floating[Any]]] = field(default_factory=dict)
    fatigue: NDArray[np.floating[Any]] | None = None
    shifts: NDArray[np.floating[Any]] | None = None


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
    yield from _by_worth(slate, n, taste)
    yield from _by_list(slate, n, taste)


def _by_worth(slate: Slate, n: int, taste: Taste) -> Iterator[tuple[str, Any]]:
    """What looks at each product by itself, and at the visitor."""
    weights = {name: weight for name, weight in taste.objectives.items() if weight}
    if weights:
        yield (
            "objectives",
            lambda o: o[aimed(_taken(slate.amounts, o, weights), weights, len(o))],
        )
    if taste.rotation and slate.fatigue is not None:
        fatigue = np.asarray(slate.fatigue)
        yield "rotation", lambda o: o[rotated(fatigue[o], taste.rotation)]
    if taste.damping:
        known = np.asarray(slate.popularity)
        yield "damping", lambda o: o[damped(known[o], taste.damping)]
    if taste.calibration:
        yield (
            "calibration",
            lambda o: o[
                calibrated(_groups(slate, o), slate.wanted, n, taste.calibration)
            ],
        )


def _by_list(slate: Slate, n: int, taste: Taste) -> Iterator[tuple[str, Any]]:
    """What looks at the list as a whole, and what must hold of it in the end."""
    if taste.diversity:
        like = slate.likeness
        yield (
            "diversity",
            lambda o: o[
                varied(
                    _groups(slate, o),
                    n,
                    taste.diversity,
                    None if like is None else like[np.ix_(o, o)],
                )
            ],
        )
    if slate.shifts is not None:
        shifts = np.asarray(slate.shifts)
        yield "rules", lambda o: o[steered(shifts[o])]
    if taste.per_category is not None:
        most = taste.per_category
        yield "per_category", lambda o: o[capped(_groups(slate, o), most)]
    if taste.exploration:
        known = np.asarray(slate.popularity)
        yield (
            "exploration",
            lambda o: o[explored(known[o], n, taste.exploration, slate.seed)],
        )


def _groups(slate: Slate, order: NDArray[np.int64]) -> list[str]:
    return [slate.groups[at] for at in order]


def _taken(
    amounts: Mapping[str, NDArray[Any]], order: NDArray[np.int64], names: Iterable[str]
) -> dict[str, NDArray[Any]]:
    return {name: np.asarray(amounts[name])[order] for name in names}


def _moved(
    step: str, before: NDArray[np.int64], after: NDArray[np.int64], n: int
) -> list[Move]:
    old, new = np.argsort(before), np.argsort(after)
    near = np.minimum(old, new) < n
    return [
        Move(step, int(item), int(old[item]), int(new[item]))
        for item in np.flatnonzero((old != new) & near)
    ]

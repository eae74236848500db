"""Several recommenders added up, with the weights that the past asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.batch import top_n
from shop_personalize.ml.evaluation.circles import with_circles
from shop_personalize.ml.evaluation.splits import by_time, random_holdout
from shop_personalize.ml.mixing import pool_of
from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.ease import Ease
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.friends import Friends
from shop_personalize.ml.recommenders.graph import GraphWalk
from shop_personalize.ml.recommenders.ranked import fitted, mixture
from shop_personalize.ml.recommenders.user_user import UserUser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.knowledge import Candidates, Ints

STEPS = (0.4, 0.2, 0.1, 0.05)
"""How far a weight is moved at first, and then more and more finely."""
SWEEPS = 3
"""At most so many rounds over all weights with one step."""
DEPTH = 200
DAYS = 28.0
PART = 6.0
"""A window takes at most this part of the whole span, so that a past is left."""
EASE_MOST = 10_000
"""Items up to which the whole inverse of EASE is worth its time."""


def default_sources(
    data: TrainingData, *, people: int = 2, min_support: int = 2
) -> dict[str, Recommender]:
    """Views of a taste that err differently; the circle's where there are ties."""
    one: dict[str, Any] = {"min_support": min_support}
    sources: dict[str, Recommender] = {
        "walk": ForYou(start=0.5, through=0.5, end=0.2, **one),
        "graph": GraphWalk(**one),
        "als": Als(factors=32, reg=10.0),
        "users": UserUser(**one),
    }
    if data.n_items <= EASE_MOST:
        sources["ease"] = Ease(**one)
    if len(data.links):
        told: dict[str, Any] = {"people": people, **one}
        sources |= {
            "tied": Friends(direct=1.0, stranger=1.0, common=0.5, **told),
            "alike": Friends(direct=1.0, stranger=0.1, common=0.2, **told),
        }
    return sources


class Stack(Recommender):
    """``sources`` divided by their largest score and added up by learned weights.

    The weights, which may be negative, are those that do best on ``cases`` questions
    about hidden parts of the past (``rounds`` times hidden anew where rows carry no
    time): mean of recall and NDCG at ``k``, by a search along one weight after another
    that starts from the best source alone, so it is never below that one there.
    ``depth`` answers of each source are looked at. ``people`` of a circle must hold
    what is told of it, ``min_support`` visitors stand behind an edge.
    """

    kinds: ClassVar[tuple[str, ...]] = ForYou.kinds
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def __init__(
        self,
        sources: Mapping[str, Recommender] | None = None,
        people: int = 2,
        min_support: int = 2,
        cases: int = 2000,
        rounds: int = 3,
        k: int = 20,
        depth: int = DEPTH,
        seed: int = 0,
    ) -> None:
        self.sources = sources
        self.people = people
        self.min_support = min_support
        self.cases = cases
        self.rounds = rounds
        self.k = k
        self.depth = depth
        self.seed = seed

    def fit(self, data: TrainingData) -> Self:
        """Find the weights, then fit the sources on all of ``data``."""
        sources = dict(
            self.sources
            or default_sources(data, people=self.people, min_support=self.min_support)
        )
        weights = self.weights(data, sources)
        used = {name: source for name, source in sources.items() if weights[name]}
        self.knowledge_, self.query_config_, self.extras_ = mixture(
            fitted(used, data), weights=weights, depth=self.depth
        )
        return self

    def weights(
        self, data: TrainingData, sources: Mapping[str, Recommender]
    ) -> dict[str, float]:
        """Return the weight of each source; equal ones where the past asks nothing."""
        boards = [
            Board.of(_lists(sources, past, cases, self.depth), cases.truths)
            for past, cases in self._folds(data)
        ]
        if not boards:
            return dict.fromkeys(sources, 1.0)
        found = search_weights(boards, self.k)
        return dict(zip(sources, found.tolist(), strict=True))

    def _folds(self, data: TrainingData) -> Folds:
        """The last windows of time, random parts where rows carry none."""
        span = float(np.ptp(data.time)) if len(data) else 0.0
        if span > 0:
            days = min(DAYS, span / PART)
            folds = by_time(data, days=days, windows=self.rounds, most=self.cases)
        else:
            folds = [
                fold
                for draw in range(self.rounds)
                for fold in random_holdout(data, most=self.cases, seed=self.seed + draw)
            ]
        if len(data.links):
            folds = [(past, with_circles(past, cases)) for past, cases in folds]
        return folds


def _lists(
    sources: Mapping[str, Recommender],
    past: TrainingData,
    cases: Cases,
    depth: int,
) -> list[list[Candidates]]:
    """What each source, fitted on ``past``, answers to the cases."""
    return [
        top_n(
            source.knowledge_,
            source.query_config_,
            source.extras_,
            histories=cases.histories,
            anchors=cases.anchors,
            excluded=cases.excluded,
            n=depth,
        )
        for source in fitted(sources, past).values()
    ]


@dataclass(frozen=True)
class Board:
    """Candidates of c cases, padded to the longest: what each of p sources says.

    ``shares`` float32 (c, m, p), each source's scores over its largest; ``right`` bool
    (c, m); ``relevant`` int (c,): how many items would have been right.
    """

    shares: NDArray[np.float32]
    right: NDArray[np.bool_]
    relevant: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Sequence[Sequence[Candidates]], truths: Sequence[Ints]) -> Board:
        """Lay the lists of all sources (p, c) side by side."""
        pools = [pool_of(list(found)) for found in zip(*lists, strict=True)]
        width = max((len(pool.items) for pool in pools), default=0)
        shares = np.zeros((len(pools), width, len(lists)), np.float32)
        right = np.zeros((len(pools), width), bool)
        for row, (pool, truth) in enumerate(zip(pools, truths, strict=True)):
            shares[row, : len(pool.items)] = pool.shares
            right[row, : len(pool.items)] = np.isin(pool.items, truth)
        return cls(shares, right, np.array([len(truth) for truth in truths], np.int64))

    def score(self, total: NDArray[np.float32], k: int) -> float:
        """Mean of recall and NDCG at ``k`` when ``total`` (c, m) orders candidates."""
        k = min(k, total.shape[1])
        top = np.argpartition(-total, k - 1, axis=1)[:, :k] if k else None
        if top is None:
            return 0.0
        scores = np.take_along_axis(total, top, axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")
        top = np.take_along_axis(top, order, axis=1)
        hits = np.take_along_axis(self.right, top, axis=1)
        discount = 1 / np.log2(np.arange(2, k + 2))
        ideal = np.cumsum(discount)[np.minimum(self.relevant, k) - 1]
        gain = (hits * discount).sum(axis=1) / ideal
        return float((hits.sum(axis=1) / self.relevant + gain).mean() / 2)


def search_weights(boards: Sequence[Board], k: int) -> NDArray[np.float64]:
    """Return weights (p,), the largest 1, that do best over all boards.

    One weight is moved at a time, by smaller and smaller steps. Ties keep what is.
    """
    count = boards[0].shares.shape[2]
    alone = [_score(boards, _totals(boards, row), k) for row in np.eye(count)]
    weights = np.eye(count)[int(np.argmax(alone))]
    best = max(alone)
    for step in STEPS:
        for _ in range(SWEEPS):
            before = best
            for at in range(count):
                weights, best = _moved(boards, weights, best, at, step, k)
            if best <= before:
                break
    return np.asarray(np.round(weights / np.abs(weights).max(), 4))


def _moved(
    boards: Sequence[Board],
    weights: NDArray[np.float64],
    best: float,
    at: int,
    step: float,
    k: int,
) -> tuple[NDArray[np.float64], float]:
    """Move one weight up or down as long as that helps."""
    totals = _totals(boards, weights)
    for way in (step, -step):
        moved, helped = weights, False
        while True:
            tried = moved.copy()
            tried[at] += way
            totals_tried = [
                total + np.float32(tried[at] - weights[at]) * board.shares[:, :, at]
                for total, board in zip(totals, boards, strict=True)
            ]
            reached = _score(boards, totals_tried, k)
            if reached <= best:
                break
            moved, best, helped = tried, reached, True
        if helped:
            return moved, best
    return weights, best


def _totals(
    boards: Sequence[Board], weights: NDArray[np.float64]
) -> list[NDArray[np.float32]]:
    return [board.shares @ weights.astype(np.float32) for board in boards]


def _score(
    boards: Sequence[Board], totals: Sequence[NDArray[np.float32]], k: int
) -> float:
    scores = [
        board.score(total, k) for board, total in zip(boards, totals, strict=True)
    ]
    return float(np.average(scores, weights=[len(board.relevant) for board in boards]))

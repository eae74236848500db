"""The next item of a history, from several sides and in the order the past teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from shop_personalize.ml.evaluation.splits import leave_last_out
from shop_personalize.ml.recommenders.ordered import Ordered
from shop_personalize.ml.recommenders.sequence import Sequence
from shop_personalize.ml.recommenders.similar import Similar

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.recommenders.base import Recommender

ROUNDS = 3
STEPS = 3.0
"""Items after which what a visitor liked is e times fainter, for what is like it."""


class SequenceBlend(Ordered):
    """What followed the latest items, what goes with all, what is alike; by trees.

    Sources: ``Sequence`` as it is, without content, forward only and of the very last
    item; without order over the whole history; and the products that read alike. The
    trees learn from everyone's last item, asked of what came before; of few visitors
    from up to ``ROUNDS`` last items.
    """

    kinds: ClassVar[tuple[str, ...]] = Sequence.kinds
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "content": (2.0, 4.0, 8.0),
    }
    weights: ClassVar[dict[str, float]] = {
        "sequence": 1.0,
        "plain": 0.1,
        "after": 0.05,
        "last": 0.05,
        "taste": 0.1,
        "similar": 0.05,
    }

    def __init__(
        self,
        min_support: int = 2,
        content: float = 4.0,
        pool: int = 100,
        trees: int = 80,
        leaves: int = 15,
        rate: float = 0.08,
        cases: int = 8000,
        wrong: float = 0.2,
        seed: int = 0,
    ) -> None:
        super().__init__(
            min_support=min_support,
            pool=pool,
            trees=trees,
            leaves=leaves,
            rate=rate,
            cases=cases,
            wrong=wrong,
            seed=seed,
        )
        self.content = content

    def sources(self) -> dict[str, Recommender]:
        """Return the unfitted parts by name."""
        support = self.min_support
        sequence = Sequence(content=self.content, min_support=support)
        plain: dict[str, Any] = {"content": 0.0, "min_support": support}
        return {
            "sequence": sequence,
            "plain": Sequence(**plain),
            "after": Sequence(backward=0.0, **plain),
            "last": Sequence(window=1, backward=0.0, query_decay=0.3, **plain),
            "taste": Sequence(fade=0.0, backward=1.0, query_decay=9.0, **plain),
            "similar": Similar(k=100),
        }

    def folds(self, data: TrainingData) -> Folds:
        """Hide everyone's last item, and the ones before while cases are few."""
        found: Folds = []
        left = self.cases
        for _ in range(ROUNDS):
            past = found[-1][0] if found else data
            fold = leave_last_out(past, most=left, seed=self.seed) if left > 0 else []
            if not fold:
                break
            found += fold
            left -= len(fold[0][1])
        return found

    def asks(self) -> dict[str, Any]:
        """Return how a history asks what is like it."""
        every = dict.fromkeys(self.kinds, 1.0)
        alike = {"context": "history", "kinds": every, "decay_steps": STEPS}
        return {"asks": {"similar": {**alike, "limit": 30}}}

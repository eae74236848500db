"""Which model suits these ratings: asked of hidden parts of themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.ratings.baseline import Baseline
from shop_personalize.ml.ratings.gradient import GradientFactors
from shop_personalize.ml.ratings.sampled import SampledFactors
from shop_personalize.ml.ratings.triples import Triples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from shop_personalize.ml.ratings.base import RatingModel
    from shop_personalize.ml.ratings.triples import Shape

METHODS: dict[str, type[RatingModel]] = {
    "sampled": SampledFactors,
    "gradient": GradientFactors,
    "baseline": Baseline,
}
"""What is tried; the first is the default, and wins when nothing is better."""


@dataclass(frozen=True)
class RatingChoice:
    """The method and parameters of least cross-validated RMSE, and every trial.

    ``table`` rows are {"method", "params", "score"}; scores are RMSE, less is better.
    """

    method: str
    params: dict[str, Any]
    score: float
    default_score: float
    table: list[dict[str, Any]] = field(default_factory=list)

    def build(self) -> RatingModel:
        """Return the chosen model, unfitted."""
        return METHODS[self.method](**self.params)


def choose_rating(
    users: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    shape: Shape,
    *,
    clock: Callable[[], float],
    user_features: ArrayLike | None = None,
    item_features: ArrayLike | None = None,
    folds: int = 5,
    rounds: int = 1,
    budget_seconds: float = 60.0,
    progress: Callable[[float, str], None] | None = None,
) -> RatingChoice:
    """Hide one of ``folds`` parts, learn from the rest, ``rounds`` times; keep best.

    The default is asked first, whatever the budget; then the other methods, then one
    parameter at a time of the best method. Every trial sees the same parts. ``clock``
    returns seconds, such as ``time.monotonic``. ``ValueError`` as in ``fit``.
    """
    triples = Triples.of(users, items, ratings, shape)
    if not 2 <= folds <= max(len(triples), 2) or not 1 <= rounds <= folds:
        raise ValueError("folds must be 2 or more, rounds between 1 and folds")
    part = np.random.default_rng(0).permutation(len(triples)) % folds
    facts = {"user_features": user_features, "item_features": item_features}
    until = clock() + budget_seconds
    table: list[dict[str, Any]] = []
    for method, params in _trials(table):
        if table and clock() >= until:
            break
        model = METHODS[method](**params)
        score = _rmse(model, triples, part, rounds, facts)
        table.append({"method": method, "params": params, "score": score})
        if progress:
            progress(0.0, f"{method} {params}: {score:.4f}")
    best = _best(table)
    return RatingChoice(**best, default_score=table[0]["score"], table=table)


def _trials(table: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every method as it is, then the best one's parameters in turn.

    Looks at ``table`` as it fills, so that a gain is kept while the next is tried.
    """
    for method in METHODS:
        yield method, {}
    method = _best(table)["method"]
    defaults = METHODS[method]().get_params()
    for name, values in METHODS[method].grid.items():
        for value in values:
            params = {**_best(table)["params"], name: value}
            if value != defaults[name]:
                yield method, params


def _best(table: list[dict[str, Any]]) -> dict[str, Any]:
    """The trial of least error; of equal ones the earlier."""
    return min(table, key=lambda row: row["score"])


def _rmse(
    model: RatingModel,
    triples: Triples,
    part: NDArray[np.int64],
    rounds: int,
    facts: dict[str, Any],
) -> float:
    errors = []
    for hidden in range(rounds):
        known, asked = triples.where(part != hidden), triples.where(part == hidden)
        model.fit(known.users, known.items, known.values, known.shape, **facts)
        errors.append(model.predict(asked.users, asked.items) - asked.values)
    return float(np.sqrt(np.mean(np.concatenate(errors) ** 2))) if len(triples) else 0.0

"""Train a ranker with scikit-learn and leave it as plain arrays.

The export is compared with the trained model on the rows it learned from, and refused
unless it says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from shop_personalize.ml.ranking.features import MISSING
from shop_personalize.ml.ranking.score import decisions
from shop_personalize.ml.ranking.trees import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Arrays

CLOSE = 1e-6
CHECKED = 5000
BOUND = 5.0
"""Standard deviations beyond which a number says no more to a logistic model."""
A_TREE = 20
"""Right candidates for each tree beyond the tenth: few of them bear few trees."""
LEAST_TREES = 10
FEWEST = 20
"""Right and wrong candidates, each, below which nothing can be learned."""


@dataclass(frozen=True)
class Rows:
    """Candidates of past questions: ``values`` float32 (r, f), ``right`` bool (r,).

    ``old`` bool (r,) marks what the visitor had before; ``case`` int (r,) numbers the
    questions. Rows made by hand may go without both.
    """

    values: NDArray[np.float32]
    right: NDArray[np.bool_]
    old: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))
    case: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    @classmethod
    def together(cls, parts: list[Rows]) -> Rows:
        """Unite rows of several windows of the past, or of several questions."""
        first = np.cumsum([0, *(int(part.case.max(initial=-1)) + 1 for part in parts)])
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.old for part in parts]),
            np.concatenate(
                [part.case + at for part, at in zip(parts, first, strict=False)]
            ),
        )

    @property
    def enough(self) -> bool:
        """Whether there is something to learn from."""
        return int(min(self.right.sum(), (~self.right).sum())) >= FEWEST


@dataclass(frozen=True)
class Ranker:
    """What was learned: JSON values, and the arrays, named ``ranker__<array>``."""

    config: dict[str, Any]
    arrays: Arrays


def learn(
    rows: Rows,
    *,
    method: str = "trees",
    trees: int = 100,
    leaves: int = 31,
    depth: int = 6,
    rate: float = 0.1,
    least: int = 50,
    ridge: float = 1.0,
    columns: float = 0.5,
    wrong: float = 0.2,
    seed: int = 0,
) -> Ranker:
    """Learn which rows are right.

    ``method`` is "trees" (Friedman 2001, binned as in LightGBM) or "logistic".
    ``wrong`` is the share of wrong rows that is looked at, ``columns`` the share of the
    features each split chooses from, ``least`` the fewest rows of a leaf. Raises
    ValueError for an unknown method or rows without anything to learn.
    """
    if method not in {"trees", "logistic"}:
        raise ValueError(f'method is "trees" or "logistic", not {method!r}')
    if not rows.enough:
        raise ValueError(
            f"rows: at least {FEWEST} right and {FEWEST} wrong candidates are needed"
        )
    rng = np.random.default_rng(seed)
    keep = rows.right | (rng.random(len(rows.right)) < wrong)
    if keep.sum() - rows.right.sum() < FEWEST:
        keep[:] = True
    values, right = rows.values[keep], rows.right[keep]
    if method == "logistic":
        return _logistic(values, right)
    model = HistGradientBoostingClassifier(
        max_iter=min(trees, max(LEAST_TREES, int(right.sum()) // A_TREE)),
        max_leaf_nodes=leaves,
        max_depth=depth,
        learning_rate=rate,
        min_samples_leaf=least,
        l2_regularization=ridge,
        max_features=columns,
        early_stopping=False,
        random_state=seed,
    ).fit(values, right)
    return _checked(_exported(model, depth), model, values)


def _checked(ranker: Ranker, model: Any, values: NDArray[np.float32]) -> Ranker:
    """Refuse an export that does not say what the model says."""
    sample = values[np.linspace(0, len(values) - 1, CHECKED).astype(int)]
    ours = decisions(ranker.config, ranker.arrays, sample)
    off = float(np.abs(ours - model.decision_function(sample)).max())
    if not off <= CLOSE:
        raise RuntimeError(f"the exported trees are off by {off:.2g}")
    return ranker


def _exported(model: HistGradientBoostingClassifier, depth: int) -> Ranker:
    """Lay every tree out as a complete binary tree."""
    grown = [predictors[0].nodes for predictors in model._predictors]
    deepest = max(1, *(int(nodes["depth"].max()) for nodes in grown))
    size = 2**deepest - 1
    feature = np.zeros((len(grown), size), np.int16)
    threshold = np.full((len(grown), size), NEVER, np.float32)
    value = np.zeros((len(grown), size + 1), np.float64)
    for tree, nodes in enumerate(grown):
        _lay_out(nodes, feature[tree], threshold[tree], value[tree])
    base = float(np.ravel(model._baseline_prediction)[0])
    return Ranker(
        {"method": "trees", "base": base},
        {
            "ranker__feature": feature,
            "ranker__threshold": threshold,
            "ranker__value": value.astype(np.float32),
        },
    )


def _lay_out(
    nodes: NDArray[Any],
    feature: NDArray[np.int16],
    threshold: NDArray[np.float32],
    value: NDArray[np.float64],
) -> None:
    """Fill one tree: (node of the model, place in the complete tree), from the root."""
    size = len(threshold)
    todo = [(0, 0)]
    while todo:
        node, place = todo.pop()
        if nodes[node]["is_leaf"]:
            while place < size:
                place = 2 * place + 1
            value[place - size] = nodes[node]["value"]
            continue
        feature[place] = nodes[node]["feature_idx"]
        threshold[place] = _not_above(nodes[node]["num_threshold"])
        todo.append((int(nodes[node]["left"]), 2 * place + 1))
        todo.append((int(nodes[node]["right"]), 2 * place + 2))


def _not_above(threshold: float) -> np.float32:
    """Largest float32 that is no larger: splits float32 values in the same way."""
    near = np.float32(threshold)
    return np.nextafter(near, np.float32(-np.inf)) if near > threshold else near


def _logistic(values: NDArray[np.float32], right: NDArray[np.bool_]) -> Ranker:
    known = np.ma.masked_equal(values.astype(np.float64), MISSING)
    center = known.mean(axis=0).filled(0.0).astype(np.float32)
    scale = np.maximum(known.std(axis=0).filled(0.0), 1e-6).astype(np.float32)
    standard = np.where(values == MISSING, 0.0, (values - center) / scale)
    model = LogisticRegression(max_iter=500)
    model.fit(np.clip(standard, -BOUND, BOUND), right)
    return Ranker(
        {"method": "logistic", "base": float(model.intercept_[0]), "bound": BOUND},
        {
            "ranker__center": center,
            "ranker__scale": scale,
            "ranker__weight": model.coef_[0].astype(np.float32),
        },
    )

"""How each question is asked of the past when a method is chosen for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop_personalize.ml.evaluation import splits
from shop_personalize.ml.evaluation.circles import with_circles

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds

DAYS = 28.0
WINDOWS = 2
PART = 6.0
"""A window takes at most this part of the whole span, so that a past is left."""
FEW_CASES = 50


def folds_for(
    data: TrainingData, question: str, *, most: int = splits.MOST, seed: int = 0
) -> Folds:
    """Hide a part of ``data`` in the way that suits ``question``; [] if nothing can be.

    "new": the last windows of time, a random share of each visitor's items where rows
    carry no time; "next": everyone's last item; "session": the clicks of the latest
    visits; "basket": everyone's last basket. Raises ValueError for another question.
    """
    found = _hidden(data, question, most, seed)
    if not len(data.links):
        return found
    return [(past, with_circles(past, cases)) for past, cases in found]


def _hidden(data: TrainingData, question: str, most: int, seed: int) -> Folds:
    if question == "next":
        return splits.leave_last_out(data, most=most, seed=seed)
    if question == "session":
        return splits.last_sessions(data, most=most, seed=seed)
    if question == "basket":
        return splits.last_basket(data, most=most, seed=seed)
    if question != "new":
        raise ValueError(
            f"question must be new, next, session or basket, not {question!r}"
        )
    return _new(data, most, seed)


def _new(data: TrainingData, most: int, seed: int) -> Folds:
    span = float(data.time.max() - data.time.min()) if len(data) else 0.0
    if span > 0:
        days = min(DAYS, span / PART)
        found = splits.by_time(data, days=days, windows=WINDOWS, most=most // WINDOWS)
        found = [fold for fold in found if len(fold[1]) >= FEW_CASES]
        if found:
            return found
    return splits.random_holdout(data, most=most, seed=seed)

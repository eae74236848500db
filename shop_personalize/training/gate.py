"""May this model serve? Refusals are said in words an owner understands.

A model must hold something, be finite, and not say the same to everyone. Where the
registry says so it must also reach popularity on the same past cases, and no model may
be clearly worse than the one that serves now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from shop_personalize.training.coverage import covered, listed

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Knowledge
    from shop_personalize.registry import RecommenderSpec
    from shop_personalize.training.evaluate import Evaluation

METRIC = "ndcg@10"
FEW_CASES = 30
"""With fewer past cases to judge by, chance would decide."""
TOLERANCE_POPULARITY = 0.95
"""A personal list of equal hit rate is still the better list; hence a little slack."""
TOLERANCE_LIVE = 0.85
"""Weeks differ; only a clear loss against the live version is one."""


@dataclass(frozen=True)
class Decision:
    good: bool
    reason: str


def decide(
    spec: RecommenderSpec,
    fitted: Any,
    data: TrainingData,
    evaluation: Evaluation | None,
    *,
    force: bool = False,
) -> Decision:
    """Judge a fitted recommender by itself and by its evaluation."""
    flaw = _flaw(fitted.knowledge_, data)
    if flaw:
        return Decision(good=False, reason=flaw)
    if force:
        return Decision(good=True, reason=_("Published without comparison, as asked."))
    if evaluation is None:
        return Decision(good=True, reason=_("Published: nothing to compare it with."))
    return _compared(spec, evaluation)


def _flaw(knowledge: Knowledge, data: TrainingData) -> str:
    if not covered(knowledge):
        return _("Refused: there was nothing to learn from.")
    for name, array in knowledge.to_arrays().items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            return _("Refused: %(name)s holds values that are no numbers.") % {
                "name": name
            }
    if listed(knowledge) == 1 and data.n_items > 1:
        return _("Refused: it recommends one product everywhere.")
    return ""


def _compared(spec: RecommenderSpec, evaluation: Evaluation) -> Decision:
    own = evaluation.metrics.get(METRIC)
    if evaluation.cases < FEW_CASES or own is None:
        words = _("Published: only %(cases)s past cases, too few to compare.")
        return Decision(good=True, reason=words % {"cases": evaluation.cases})
    if not np.isfinite(own):
        return Decision(good=False, reason=_("Refused: its score is not a number."))
    popularity = evaluation.baseline.get(METRIC)
    live = evaluation.previous.get(METRIC)
    facts = {
        "own": f"{own:.4f}",
        "popularity": f"{popularity or 0:.4f}",
        "live": f"{live or 0:.4f}",
        "cases": evaluation.cases,
        "better": f"{100 * (own / popularity - 1):.0f}" if popularity else "",
    }
    if (
        spec.gated
        and popularity is not None
        and own < popularity * TOLERANCE_POPULARITY
    ):
        words = _(
            "Refused: NDCG@10 %(own)s is below popularity's %(popularity)s "
            "on %(cases)s past cases."
        )
        return Decision(good=False, reason=words % facts)
    if live is not None and own < live * TOLERANCE_LIVE:
        words = _(
            "Refused: NDCG@10 %(own)s is clearly below the live version's %(live)s "
            "on %(cases)s past cases."
        )
        return Decision(good=False, reason=words % facts)
    return Decision(
        good=True, reason=_praise(own, popularity, gated=spec.gated) % facts
    )


def _praise(own: float, popularity: float | None, *, gated: bool) -> str:
    """How it compares with showing best sellers, in a sentence."""
    if not popularity:
        return _("Published: NDCG@10 %(own)s on %(cases)s past cases.")
    if own >= popularity:
        return _(
            "Published: %(better)s %% better than showing best sellers "
            "(NDCG@10 %(own)s against %(popularity)s, %(cases)s past cases)."
        )
    if gated:
        return _(
            "Published: about as good as showing best sellers, and not the same for "
            "everyone (NDCG@10 %(own)s against %(popularity)s, %(cases)s past cases)."
        )
    return _(
        "Published beside best sellers, which sell more by themselves: it answers "
        "another question (NDCG@10 %(own)s against %(popularity)s, %(cases)s past "
        "cases)."
    )

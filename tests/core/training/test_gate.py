from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.knowledge import ItemNeighbors, Ranking
from shop_personalize.registry import spec
from shop_personalize.training.evaluate import Evaluation
from shop_personalize.training.gate import Decision, decide

DATA: Any = SimpleNamespace(n_items=3)
ONES = np.ones(2)
GOOD = Ranking(np.array([b""]), np.array([0, 2]), np.array([0, 1]), ONES)


def judged(
    knowledge: Any = GOOD,
    *,
    algorithm: str = "also_bought",
    own: float | None = 0.1,
    popularity: float = 0.1,
    live: float | None = None,
    cases: int = 200,
    force: bool = False,
) -> Decision:
    found = spec(algorithm)
    assert found is not None
    evaluation = Evaluation(
        metrics={} if own is None else {"ndcg@10": own},
        baseline={"ndcg@10": popularity},
        previous={} if live is None else {"ndcg@10": live},
        cases=cases,
        protocol="next",
    )
    fitted = SimpleNamespace(knowledge_=knowledge)
    return decide(found, fitted, DATA, evaluation, force=force)


def ranking(items: list[int], scores: list[float]) -> Ranking:
    return Ranking(
        np.array([b""]),
        np.array([0, len(items)]),
        np.array(items, int),
        np.array(scores),
    )


@pytest.mark.parametrize(
    ("knowledge", "reason"),
    [
        (ranking([], []), "Refused: there was nothing to learn from."),
        (
            ranking([0, 1], [1.0, float("nan")]),
            "Refused: scores holds values that are no numbers.",
        ),
        (
            ItemNeighbors(
                np.array([0, 0, 1, 2]), np.array([0, 0]), ONES, np.array([1, 1])
            ),
            "Refused: it recommends one product everywhere.",
        ),
    ],
)
def test_a_model_that_cannot_be_right_is_refused_even_by_force(
    knowledge: Any, reason: str
) -> None:
    assert judged(knowledge) == Decision(good=False, reason=reason)
    assert judged(knowledge, force=True) == Decision(good=False, reason=reason)


@pytest.mark.parametrize(
    ("facts", "good", "reason"),
    [
        (
            {"own": 0.2},
            True,
            "Published: 100 % better than showing best sellers "
            "(NDCG@10 0.2000 against 0.1000, 200 past cases).",
        ),
        (
            {"own": 0.0951},
            True,
            "Published: about as good as showing best sellers, and not the same for "
            "everyone (NDCG@10 0.0951 against 0.1000, 200 past cases).",
        ),
        (
            {"own": 0.0949},
            False,
            "Refused: NDCG@10 0.0949 is below popularity's 0.1000 on 200 past cases.",
        ),
        (
            {"own": 0.01, "algorithm": "similar"},
            True,
            "Published beside best sellers, which sell more by themselves: it answers "
            "another question (NDCG@10 0.0100 against 0.1000, 200 past cases).",
        ),
        ({"own": 0.2, "live": 0.23}, True, None),
        (
            {"own": 0.2, "live": 0.24},
            False,
            "Refused: NDCG@10 0.2000 is clearly below the live version's 0.2400 "
            "on 200 past cases.",
        ),
        ({"own": float("nan")}, False, "Refused: its score is not a number."),
        (
            {"own": 0.01, "cases": 29},
            True,
            "Published: only 29 past cases, too few to compare.",
        ),
        ({"own": None, "cases": 0}, True, None),
        ({"own": 0.01, "force": True}, True, "Published without comparison, as asked."),
    ],
)
def test_the_past_decides(
    facts: dict[str, Any], good: bool, reason: str | None
) -> None:
    decision = judged(**facts)
    assert decision.good is good
    if reason is not None:
        assert decision.reason == reason

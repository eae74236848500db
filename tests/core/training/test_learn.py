"""What a search has found is taken only if the last weeks do not speak against it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from shop_personalize.registry import specs
from shop_personalize.training import learn as learning
from shop_personalize.training.evaluate import Evaluation
from shop_personalize.training.fit import _is_tuned
from shop_personalize.training.learn import Task, learn
from shop_personalize.training.tune import Tuned
from tests.ml.build import busy

FOUND = {"decay_days": 20.0}


def learned(
    monkeypatch: pytest.MonkeyPatch,
    *,
    found: float,
    usual: float,
    own: dict[str, Any] | None = None,
    tune_seconds: float = 1.0,
    tuned: dict[str, Any] | None = None,
) -> Any:
    """Learn with a search that found FOUND, and these scores on the last weeks."""

    def evaluate(
        _data: Any, _spec: Any, params: dict[str, Any], **_: Any
    ) -> Evaluation:
        score = found if "decay_days" in params else usual
        return Evaluation({"ndcg@10": score}, {}, {}, 100, "new")

    row = {"protocol": "new", "method": "walk", "params": FOUND, "score": 0.2}
    monkeypatch.setattr(learning, "evaluate", evaluate)
    monkeypatch.setattr(
        learning, "tune", lambda *_, **__: Tuned(FOUND, [row], 0.1, 0.2, "walk", 1.0)
    )
    recommender: Any = SimpleNamespace(
        slug="for_you", params=own or {}, tuned=tuned or {}
    )
    task = Task(
        at=0,
        recommender=recommender,
        spec=specs()["for_you"],
        bar=lambda *_: None,  # type: ignore[arg-type]
        live=None,
        tune_seconds=tune_seconds,
    )
    return learn(task, busy())


def test_what_was_found_is_fitted_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    result = learned(monkeypatch, found=0.2, usual=0.1)
    assert result.params == FOUND
    assert result.fitted.decay_days == 20.0
    assert result.evaluation.metrics == {"ndcg@10": 0.2}
    assert (result.tuned["params"], result.tuned["method"]) == (FOUND, "walk")
    assert "kept" not in result.tuned


def test_the_default_stays_if_it_did_better_in_the_last_weeks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = learned(monkeypatch, found=0.1, usual=0.11)
    assert result.params == {}
    assert result.fitted.decay_days == 30.0
    assert result.evaluation.metrics == {"ndcg@10": 0.11}
    assert (result.tuned["params"], result.tuned["kept"]) == ({}, True)
    assert len(result.tuned["table"]) == 1


def test_an_earlier_find_is_used_without_another_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earlier = {"params": {"decay_days": 45.0}}
    result = learned(monkeypatch, found=0.1, usual=0.2, tune_seconds=0.0, tuned=earlier)
    assert (result.params, result.tuned) == ({"decay_days": 45.0}, {})


def test_the_owner_wins_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    result = learned(monkeypatch, found=0.2, usual=0.1, own={"decay_days": 7.0})
    assert result.fitted.decay_days == 7.0
    assert result.params == {"decay_days": 7.0}


@pytest.mark.parametrize(
    ("options", "tuned", "again"),
    [
        ({}, {}, True),
        ({}, {"params": {}, "budget": 100.0}, False),
        ({}, {"params": {}, "budget": 6.7}, True),
        ({}, {"params": {}}, False),
        ({"tune": True}, {"params": {}, "budget": 100.0}, True),
        ({"tune": False}, {}, False),
    ],
    ids=["first", "at leisure", "in a hurry", "older release", "asked", "refused"],
)
def test_there_is_one_search_at_leisure(
    options: dict[str, Any], tuned: dict[str, Any], again: bool
) -> None:
    recommender: Any = SimpleNamespace(tuned=tuned)
    assert _is_tuned(options, recommender, specs()["for_you"]) is again
    assert _is_tuned({"tune": True}, recommender, specs()["popular"]) is False

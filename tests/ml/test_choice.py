"""The search over methods: it starts at the default and ends no lower."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pytest

from shop_personalize.ml.knowledge import Ranking
from shop_personalize.ml.metrics.confidence import better
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.tuning import FAMILIES, Method, choose, choose_on, family
from shop_personalize.ml.tuning.judge import Judge
from shop_personalize.ml.tuning.questions import folds_for
from tests.ml.build import busy, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.tuning import Choice

HERE = "tests.ml.test_choice."


class Clock:
    """Seconds that pass when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


CLOCK = Clock()


class Fixed(Recommender):
    """Ranks items by code; ``shift`` moves the order, ``seconds`` is its cost."""

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"shift": (0, 1, 2, 3)}

    def __init__(self, shift: int = 3, seconds: float = 1.0) -> None:
        self.shift = shift
        self.seconds = seconds

    def fit(self, data: TrainingData) -> Self:
        CLOCK.now += self.seconds
        items = np.roll(np.arange(data.n_items), self.shift)
        scores = np.arange(len(items), 0, -1.0)
        bounds = np.array([0, len(items)])
        self.knowledge_ = Ranking(np.array([b""]), bounds, items, scores)
        self.query_config_ = {"context": "none"}
        self.extras_ = {}
        return self


class Plain(Fixed):
    """The same, with nothing to search."""

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}


class Broken(Recommender):
    """Raises when it is fitted."""

    def fit(self, data: TrainingData) -> Self:
        raise RuntimeError(f"no {data.n_items} for me")


DEFAULT = Method("default", HERE + "Fixed")


def timeless(visitors: int = 60) -> TrainingData:
    """Everyone had three of the items 0 to 4 of nine, in an order of their own."""
    rng = np.random.default_rng(1)
    rows = [
        (visitor, f"i{item}", "view", float(place))
        for visitor in range(visitors)
        for place, item in enumerate(rng.permutation(5)[:3])
    ]
    return shop(rows, [f"i{n}" for n in range(9)])


def chosen(*methods: Method, budget: float = 100.0, visitors: int = 60) -> Choice:
    CLOCK.now = 0.0
    folds = folds_for(timeless(visitors), "next")
    return choose_on(
        folds, methods, clock=CLOCK, k=1, metric="hit_rate", budget_seconds=budget
    )


def notes(choice: Choice) -> dict[str, str]:
    return {row["method"]: row["note"] for row in choice.table if row["note"]}


def test_takes_the_parameters_that_find_more() -> None:
    # of items 0..8 shifted by s the list begins with -s mod 9; right are 0..4
    found = chosen(DEFAULT)
    assert found.method == "default"
    assert found.params == {"shift": 0}
    assert found.default_score == 0
    assert found.score > 0.1
    assert isinstance(found.build(), Fixed)
    assert found.build().get_params() == {"shift": 0, "seconds": 1.0}


def test_the_table_tells_every_trial_and_marks_the_chosen() -> None:
    found = chosen(DEFAULT)
    assert [row["params"] for row in found.table] == [
        {},
        {"shift": 0},
        {"shift": 1},
        {"shift": 2},
    ]
    assert [row["chosen"] for row in found.table] == [False, True, False, False]
    assert [row["seconds"] for row in found.table] == [1, 1, 1, 1]
    best = found.table[1]
    assert best["low"] < best["score"] < best["high"]


def test_takes_another_method_that_is_better() -> None:
    other = Method("other", HERE + "Fixed", params={"shift": 0})
    found = chosen(Method("plain", HERE + "Plain"), other)
    assert (found.method, found.params) == ("other", {})
    assert found.build().get_params()["shift"] == 0


def test_question_parameters_are_tried_without_fitting_again() -> None:
    judge = Judge(folds_for(busy(), "new"), clock=CLOCK)
    method = Method("for_you", "shop_personalize.ml.recommenders.for_you.ForYou")
    judge.trial(method, {})
    first = judge.fitted(0)
    judge.trial(method, {"query_decay_days": 7.0})
    second = judge.fitted(0)
    judge.trial(method, {"decay_days": 7.0})
    third = judge.fitted(0)
    assert second is not None
    assert first is not None
    assert third is not None
    assert second.knowledge_ is first.knowledge_
    assert second.query_config_["decay_days"]["purchase"] == 7.0
    assert third.knowledge_ is not first.knowledge_


def test_the_default_stays_where_others_are_as_good() -> None:
    good = Method("good", HERE + "Fixed", params={"shift": 0})
    twin = Method("twin", HERE + "Fixed", params={"shift": 0})
    assert chosen(good, twin).method == "good"


def test_what_fails_or_is_not_there_is_noted_and_passed_over() -> None:
    found = chosen(
        DEFAULT,
        Method("broken", HERE + "Broken"),
        Method("absent", "nowhere.Nobody"),
        Method("misspelt", HERE + "Fixt"),
    )
    assert found.params == {"shift": 0}
    told = notes(found)
    assert told["broken"] == "failed: RuntimeError: no 9 for me"
    assert told["absent"].startswith("not installed: No module named 'nowhere'")
    assert told["misspelt"].startswith("not installed: ")


def test_a_broken_default_gives_way() -> None:
    good = Method("good", HERE + "Fixed", params={"shift": 0})
    assert chosen(Method("broken", HERE + "Broken"), good).method == "good"


def test_nothing_that_can_be_loaded_is_an_error() -> None:
    with pytest.raises(ImportError, match="nowhere"):
        chosen(Method("absent", "nowhere.Nobody"))


def test_a_method_that_would_take_too_long_is_not_begun() -> None:
    slow = Method("slow", HERE + "Fixed", cost=50, params={"seconds": 50.0})
    assert chosen(DEFAULT, slow, budget=20.0).table[-1] == {
        "method": "slow",
        "params": {},
        "seconds": 0.0,
        "chosen": False,
        "note": "not tried: it would have taken too long",
    }
    assert "slow" not in notes(chosen(DEFAULT, slow, budget=200.0))


def test_what_is_far_behind_gets_little_of_the_time() -> None:
    best = Method("best", HERE + "Fixed", params={"shift": 0})
    rest = Method("rest", HERE + "Fixed")
    found = chosen(best, rest, budget=6.0)
    tried = [row["method"] for row in found.table]
    assert (tried.count("best"), tried.count("rest")) == (4, 1)


def test_methods_are_tried_in_the_order_they_are_listed() -> None:
    slow = Method("slow", HERE + "Fixed", cost=3)
    quick = Method("quick", HERE + "Fixed", cost=2)
    found = chosen(DEFAULT, slow, quick)
    assert [row["method"] for row in found.table[:3]] == ["default", "slow", "quick"]


@pytest.mark.parametrize(("budget", "trials"), [(0.0, 1), (1.0, 1), (2.5, 2)])
def test_stops_when_the_time_is_over(budget: float, trials: int) -> None:
    assert len(chosen(DEFAULT, budget=budget).table) == trials


def test_out_of_time_leaves_the_default() -> None:
    found = chosen(DEFAULT, budget=0.0)
    assert (found.method, found.params) == ("default", {})
    assert found.score == found.default_score


def test_with_many_cases_the_other_half_confirms() -> None:
    found = chosen(DEFAULT, visitors=900)
    best = next(row for row in found.table if row["chosen"])
    assert found.score == best["confirmed"] != best["score"]
    assert found.default_score == found.table[0]["confirmed"]


def test_nothing_to_ask_leaves_the_default() -> None:
    found = choose(shop([(0, "a", "view", 1.0)]), "next", clock=CLOCK)
    assert (found.method, found.params, found.table) == (
        FAMILIES["next"][0].name,
        {},
        [],
    )


@pytest.mark.parametrize("question", FAMILIES)
def test_every_question_is_answered_from_its_family(question: str) -> None:
    found = choose(busy(), question, clock=CLOCK, budget_seconds=0.0)
    assert found.method == family(question)[0].name
    assert found.build().fit(busy())


def test_a_listener_that_raises_stops_the_search() -> None:
    class CancelledError(Exception):
        pass

    def listener(_done: float, _label: str) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        choose(busy(), "basket", clock=CLOCK, progress=listener)


def test_the_same_data_makes_the_same_choice() -> None:
    first, second = (
        choose(busy(), "basket", clock=Clock(), methods=["again"]) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"question": "other"}, "question must be one of new, next"),
        ({"metric": "rmse"}, "metric must be one of ndcg"),
        ({"methods": ["nobody"]}, "methods must be among"),
        ({"methods": []}, "methods must be among"),
    ],
    ids=["question", "metric", "method", "none"],
)
def test_what_is_not_known_is_said(options: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"question": "next", **options}
    with pytest.raises(ValueError, match=words):
        choose(busy(), clock=CLOCK, **asked)


def test_more_than_chance_is_asked_for() -> None:
    theirs = np.tile([0.0, 1.0], 100)
    assert better(theirs + 0.1, theirs)
    assert not better(theirs, theirs)
    assert not better(theirs[::-1], theirs)
    little = theirs.copy()
    little[0] = 1.0
    assert not better(little, theirs, sure=0.9)

"""What friends hold speaks; a single friend's purchase is told to nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.circle import Circle, circle_query
from shop_personalize.ml.data import Links
from shop_personalize.ml.evaluation.circles import Circles
from shop_personalize.ml.recommenders.friends import Friends
from shop_personalize.ml.serving import History, answer
from shop_personalize.ml.tuning.questions import folds_for
from tests.ml.build import names, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

NOBODY = np.empty(0, np.int64)


def circle(*people: list[int], strengths: list[float] | None = None) -> Circle:
    sizes = [len(items) for items in people]
    return Circle(
        np.repeat(np.arange(len(people)), sizes),
        np.array([item for items in people for item in items], np.int64),
        np.array(strengths or [1.0] * len(people)),
    )


def voices(config: dict[str, Any], around: Circle, own: Any = NOBODY) -> dict[int, Any]:
    query = circle_query(config, around, np.asarray(own, np.int64))
    return dict(zip(query.items.tolist(), query.weights.round(6).tolist(), strict=True))


def test_voices_of_those_who_hold_an_item_add_up() -> None:
    around = circle([3, 5], [5, 7], [5], strengths=[1.0, 2.0, 4.0])
    assert voices({"people": 1}, around) == {5: 7.0, 7: 2.0, 3: 1.0}


def test_one_persons_item_stays_silent_by_default() -> None:
    assert voices({}, circle([3, 5], [5, 7])) == {5: 2.0}
    assert voices({}, circle([3, 5])) == {}
    assert voices({"people": 3}, circle([5], [5])) == {}
    careful = replace(circle([3, 5], [5, 7]), least=3)
    assert voices({"people": 1}, careful) == {}


def test_those_alike_speak_louder() -> None:
    # two of three items shared with an own history of two: 2 / sqrt(3 * 2)
    around = circle([1, 2, 9], [8, 9])
    found = voices({"people": 1, "stranger": 0.0}, around, [1, 2])
    alike = round(2 / 6**0.5, 6)
    assert found == {1: alike, 2: alike, 9: alike}
    found = voices({"people": 1, "stranger": 0.5, "alike": 2.0}, around, [1, 2])
    assert found[8] == 0.5
    assert found[9] == pytest.approx(0.5 + 0.5 + 4 / 6, abs=1e-5)


def test_who_holds_much_may_speak_lower() -> None:
    around = circle([1, 2, 3, 4], [9])
    found = voices({"people": 1, "much": 0.5}, around)
    assert (found[1], found[9]) == (0.5, 1.0)


@given(
    st.lists(st.sets(st.integers(0, 6)).map(sorted), max_size=6),
    st.sets(st.integers(0, 6)),
    st.integers(1, 4),
)
def test_never_less_people_than_asked_for(
    people: list[list[int]], own: set[int], least: int
) -> None:
    query = circle_query({"people": least}, circle(*people), np.array(sorted(own), int))
    held = [sum(item in items for items in people) for item in query.items.tolist()]
    assert all(count >= least for count in held)
    assert (np.diff(query.weights) <= 0).all()


# --- the recommender ---------------------------------------------------------------


def tied() -> TrainingData:
    """0 hears 1 and 2, who hold b; b goes with c; 3 is tied to nobody."""
    rows = [
        (0, "a", "purchase", 90.0),
        (1, "b", "purchase", 90.0),
        (2, "b", "purchase", 90.0),
        (2, "d", "purchase", 90.0),
        *((v, item, "purchase", 90.0) for v in (4, 5, 6) for item in "bc"),
        (3, "a", "purchase", 90.0),
    ]
    data = shop(rows)
    links = Links(
        np.array([0, 0, 4], np.int32),
        np.array([1, 2, 2], np.int32),
        np.array([1.0, 3.0, 1.0], np.float32),
    )
    return replace(data, links=links)


def ask(fitted: Friends, data: TrainingData, visitor: int) -> list[str]:
    history = History(circle=Circles(data).of(visitor), visitor=visitor)
    found = answer(
        fitted.knowledge_, fitted.query_config_, fitted.extras_, history=history, n=9
    )
    return names(data, found.items.tolist())


def test_a_circle_is_what_those_one_is_tied_to_hold() -> None:
    data = tied()
    around = Circles(data).of(0)
    assert names(data, around.codes.tolist()) == ["b", "b", "d"]
    assert around.people.tolist() == [0, 1, 1]
    # 2 is tied to by two visitors
    np.testing.assert_allclose(around.strengths, [1.0, 3 / 2**0.5])
    assert len(Circles(data).of(3)) == 0
    assert len(Circles(data).of(-1)) == 0
    assert len(Circles(data).of(99)) == 0


def test_friends_items_come_first_and_then_what_goes_with_them() -> None:
    data = tied()
    assert ask(Friends().fit(data), data, 0) == ["b", "c"]
    assert ask(Friends(direct=1.0).fit(data), data, 0) == ["b"]
    assert ask(Friends(direct=0.0).fit(data), data, 0) == ["c"]
    assert ask(Friends().fit(data), data, 3) == []


def test_one_friends_purchase_is_not_told() -> None:
    data = tied()
    assert "d" not in ask(Friends().fit(data), data, 0)
    assert "d" in ask(Friends(people=1).fit(data), data, 0)


def test_refunded_purchases_leave_the_circle() -> None:
    rows = [
        (0, "a", "purchase", 90.0),
        (1, "b", "purchase", 90.0),
        (1, "b", "refund", 91.0),
    ]
    links = Links(np.zeros(1, np.int32), np.ones(1, np.int32), np.ones(1, np.float32))
    assert len(Circles(replace(shop(rows), links=links)).of(0)) == 0


def test_hidden_items_are_hidden_in_circles_too() -> None:
    rows = [(v, f"i{n}", "purchase", 0.0) for v in range(8) for n in range(6)]
    everyone = np.arange(8)
    source, target = (grid.ravel() for grid in np.meshgrid(everyone, everyone))
    links = Links(
        source[source != target].astype(np.int32),
        target[source != target].astype(np.int32),
        np.ones(56, np.float32),
    )
    (fold,) = folds_for(replace(shop(rows), links=links), "new")
    past, cases = fold
    assert len(cases) == 8
    for history in cases.histories:
        assert history.visitor >= 0
        others = past.item[past.visitor != history.visitor]
        assert sorted(history.circle.codes) == sorted(others)


def test_items_a_model_does_not_know_are_passed_over() -> None:
    data = tied()
    fitted = Friends().fit(data)
    strange = circle([99, 1], [99, 1])
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=History(circle=strange),
        n=9,
    )
    assert names(data, found.items.tolist()) == ["b", "c"]

"""Visits: the way from page to page, and the order the latest visits teach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from shop_personalize.ml.knowledge import Histories, Mixture, Query
from shop_personalize.ml.ranking.features import Moment
from shop_personalize.ml.ranking.places import NEVER, names_of_places, of_places
from shop_personalize.ml.recommenders.also_viewed import AlsoViewed
from shop_personalize.ml.recommenders.flow import Flow
from shop_personalize.ml.recommenders.visit_blend import VisitBlend
from shop_personalize.ml.serving import History, answer, opened
from tests.ml.build import names, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender

MINUTE = 1 / 1440


def visits(*texts: str) -> TrainingData:
    """One visitor a text, one letter viewed a minute, one after the other."""
    return shop(
        [
            (visitor, item, "view", visitor * 0.1 + place * MINUTE)
            for visitor, text in enumerate(texts)
            for place, item in enumerate(text)
        ]
    )


def ask(fitted: Recommender, data: TrainingData, latest_first: str) -> dict[str, float]:
    codes = data.ids.codes(list(latest_first))
    ages, ones = np.arange(len(codes)) * MINUTE, np.ones(len(codes))
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=History(codes, ("view",) * len(codes), ages, ones),
        anchors=codes[:1],
        n=10,
    )
    listed = names(data, found.items.tolist())
    return dict(zip(listed, found.scores.tolist(), strict=True))


def plain(**params: Any) -> Flow:
    how = {"reach": 1.0, "start": 0.0, "decay_days": 1e9, "min_support": 1, **params}
    return Flow(**how)


def test_flow_counts_pairs_of_a_visit_by_their_gap() -> None:
    data = visits("abc", "ab")
    found = ask(plain(backward=0.5).fit(data), data, "b")
    assert found == pytest.approx({"a": 2 * 0.5, "c": 1.0})
    found = ask(plain(backward=0.5).fit(data), data, "a")
    assert found == pytest.approx({"b": 2.0, "c": np.exp(-1)}, abs=1e-6)


def test_flow_stays_within_a_visit() -> None:
    rows = [(0, "a", "view", 10.0), (0, "b", "view", 10.0 + MINUTE)]
    rows += [(0, "c", "view", 10.5), (0, "d", "view", 10.5 + MINUTE)]
    data = shop(rows)
    assert set(ask(plain().fit(data), data, "b")) == {"a"}


def test_two_visitors_make_a_pair_and_one_visitor_only_once() -> None:
    rows = [(0, "a", "view", day) for day in (10.0, 20.0, 30.0)]
    rows += [(0, "x", "view", day + MINUTE) for day in (10.0, 20.0, 30.0)]
    rows += [(v, "a", "view", 40.0) for v in (1, 2)]
    rows += [(v, "y", "view", 40.0 + MINUTE) for v in (1, 2)]
    data = shop(rows)
    found = ask(plain(min_support=2).fit(data), data, "a")
    assert found == {"y": 2.0}


def test_a_second_step_reaches_what_was_never_seen_together() -> None:
    data = visits("ab", "bc", "bd")
    found = ask(plain(backward=0.0, hops=2).fit(data), data, "a")
    assert found == pytest.approx({"c": 0.5, "d": 0.5})


def histories(**facts: Any) -> Histories:
    """Owner 0 went 0 1 2, owner 1 went 0 2, owner 2 went 3 1."""
    arrays: dict[str, Any] = {
        "rows_indptr": [0, 3, 5, 7],
        "rows_indices": [0, 1, 2, 0, 2, 3, 1],
        "rows_data": [1.0] * 7,
        "columns_indptr": [0, 2, 4, 6, 7],
        "columns_indices": [0, 1, 0, 2, 0, 1, 2],
        "columns_data": [1.0] * 7,
        "norms": [1.0] * 3,
        "idf": [1.0] * 4,
        "neighbors": [9],
        "places": [0, 0, 1, 1, 2, 1, 0],
        **facts,
    }
    return Histories(**{name: np.array(values) for name, values in arrays.items()})


def test_past_visits_add_what_lies_near_the_shared_item() -> None:
    found = histories(same=[4.0]).candidates(
        Query(np.array([0, 3]), np.array([1.0, 0.5])), 9
    )
    # owners 0 and 1 share item 0 (weight 1), owner 2 item 3 (weight .5)
    expected = {0: 8.0, 2: 1 + np.exp(-1), 3: 2.0, 1: 1 + 0.5}
    assert dict(zip(found.items.tolist(), found.scores, strict=True)) == pytest.approx(
        expected
    )
    because = dict(zip(found.items.tolist(), found.because.tolist(), strict=True))
    assert because == {0: 0, 1: 0, 2: 0, 3: 3}


def test_the_nearest_visits_alone_are_used_and_support_is_kept() -> None:
    query = Query(np.array([0, 3]), np.array([1.0, 2.0]))
    one = histories(neighbors=[1]).candidates(query, 9)
    assert sorted(one.items.tolist()) == [1, 3]
    several = histories(support=[2]).candidates(query, 9)
    assert sorted(several.items.tolist()) == [0, 1, 2]
    assert len(histories().candidates(query, 0)) == 0


def moment(codes: list[int], ages: list[float], minutes: float | None) -> Moment:
    ones = np.ones(len(codes))
    views = ("view",) * len(codes)
    history = History(np.array(codes, np.int64), views, np.array(ages), ones)
    facts = np.arange(10.0, 16.0)[:, None].astype(np.float32)
    kin = {
        "ranker__category": np.array([0, 0, 1, 1, -1, 0]),
        "ranker__brand": np.full(6, -1),
    }
    nothing = np.zeros((3, 1))
    return Moment(
        items=np.array([1, 2, 5]),
        scores=nothing,
        shares=nothing,
        ranks=nothing,
        total=np.zeros(3),
        history=history,
        config={"facts": ["audience ever"], "minutes": minutes},
        extras={"ranker__facts": facts, **kin},
    )


def test_places_say_how_lately_and_how_often() -> None:
    asked = moment([1, 3, 5, 3, 5], [0.0, 1.0, 2.0, 3.0, 4.0], None)
    rows = of_places(asked)
    assert rows.shape == (3, len(names_of_places(asked.config)))
    same = [5, 3, 11.0]
    assert rows.tolist() == [
        [0, 1, *same, 1, 0],
        [NEVER, 0, *same, 0, 0],
        [2, 2, *same, 1, 0],
    ]


def test_places_look_no_further_back_than_the_visit() -> None:
    rows = of_places(moment([5, 1], [0.0, 1.0], 30.0))
    assert rows[:, 0].tolist() == [NEVER, NEVER, 0]
    assert of_places(moment([], [], None))[:, :5].tolist() == [[NEVER, 0, 0, 0, 0]] * 3


def test_a_page_comes_before_the_history() -> None:
    history = History(np.array([3, 4]), ("view", "purchase"), np.ones(2), np.ones(2))
    found = opened(history, np.array([7]))
    assert found.codes.tolist() == [7, 3, 4]
    assert found.kinds == ("view", "view", "purchase")
    assert found.ages.tolist() == [0, 1, 1]
    assert opened(history, np.array([3])) is history
    assert opened(history, np.empty(0, np.int64)) is history


def alternating(pairs: int = 400) -> TrainingData:
    """After a comes b where the visit began with x, and c where it began with y."""
    return visits(*(["xab", "yac"] * (pairs // 2)))


def test_trees_learn_what_the_visit_is_about() -> None:
    data = alternating()
    fitted = VisitBlend(trees=20).fit(data)
    assert isinstance(fitted.knowledge_, Mixture)
    assert "ranker" in fitted.query_config_
    assert next(iter(ask(fitted, data, "ax"))) == "b"
    assert next(iter(ask(fitted, data, "ay"))) == "c"


def test_what_was_seen_in_the_visit_may_come_again() -> None:
    data = alternating()
    assert {"a", "x"} <= set(ask(VisitBlend(trees=20).fit(data), data, "ax"))


def test_too_few_visits_are_added_up() -> None:
    data = visits("ab", "ab", "ac", "ac")
    fitted = VisitBlend().fit(data)
    assert "ranker" not in fitted.query_config_
    assert set(ask(fitted, data, "a")) == {"a", "b", "c"}


def test_also_viewed_and_its_blend_need_two_visitors() -> None:
    data = visits("ab", "ab", "ac")
    assert set(ask(AlsoViewed().fit(data), data, "a")) == {"a", "b"}
    assert "c" not in ask(VisitBlend().fit(data), data, "a")


def test_of_an_item_the_newest_visits_are_compared() -> None:
    data = visits("ab", "ac", "ad")
    found = ask(AlsoViewed(min_support=1, newest=2).fit(data), data, "a")
    assert set(found) == {"a", "c", "d"}

"""Accounts of a score: by hand for every shape, and never more than there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from shop_personalize.ml.circle import Circle
from shop_personalize.ml.explaining import Account, Effect, Part, accounts
from shop_personalize.ml.knowledge import (
    Candidates,
    Factors,
    Histories,
    ItemNeighbors,
    Mixture,
    Query,
    Ranking,
    RatedFactors,
)
from shop_personalize.ml.mixing import DEPTH
from shop_personalize.ml.recommenders.blend import Blend
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.visit_blend import VisitBlend
from shop_personalize.ml.serving import History, answer
from shop_personalize.ml.tuning.families import FAMILIES
from shop_personalize.registry.recommenders import BUILT_IN
from tests.ml.build import busy

WALK = {"context": "history", "kinds": {"purchase": 1.0, "view": 0.5}}
PAGE = {"context": "product"}
MAKERS = {spec.name: spec.build for spec in BUILT_IN if spec.estimator}
MAKERS |= {
    f"{question} by {method.name}": method.build
    for question, methods in FAMILIES.items()
    for method in methods
}


def past(*events: tuple[int, str, float]) -> History:
    return History(
        np.array([code for code, _, _ in events], np.int64),
        tuple(kind for _, kind, _ in events),
        np.array([age for _, _, age in events], float),
        np.ones(len(events)),
    )


def neighbors(*rows: list[tuple[int, float]]) -> ItemNeighbors:
    flat = [edge for row in rows for edge in row]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        np.array([item for item, _ in flat], np.int32),
        np.array([score for _, score in flat], np.float64),
        np.arange(2, 2 + len(flat)).astype(np.int32),
    )


def one(found: list[Account]) -> Account:
    (account,) = found
    return account


def test_neighbors_by_hand() -> None:
    known = neighbors([(2, 0.6), (1, 0.1)], [(2, 0.4)], [])
    history = past((0, "purchase", 0), (1, "view", 0))
    found = one(accounts(known, WALK, {}, [2], history=history))
    assert found.score == pytest.approx(0.8)
    assert found.parts == (
        Part("item", 0, pytest.approx(0.6)),
        Part("item", 1, pytest.approx(0.2)),
    )
    assert [share for _, share in found.shares] == pytest.approx([0.75, 0.25])
    assert (found.exact, found.people) == (True, 4)


def test_what_the_page_says_is_said_of_the_page() -> None:
    known = neighbors([(2, 0.6)], [(2, 0.4)], [])
    ask = {"history": past((1, "view", 0)), "anchors": np.array([0])}
    found = one(accounts(known, PAGE, {}, [2], **ask))
    assert found.parts == (Part("item", 0, pytest.approx(0.6)),)


def histories(**more: Any) -> Histories:
    """Owners: 0 has items 0, 2; 1 has 0, 1, 2; 2 has 1."""
    return Histories(
        rows_indptr=np.array([0, 2, 5, 6]),
        rows_indices=np.array([0, 2, 0, 1, 2, 1]),
        rows_data=np.ones(6),
        columns_indptr=np.array([0, 2, 4, 6]),
        columns_indices=np.array([0, 1, 1, 2, 0, 1]),
        columns_data=np.ones(6),
        norms=np.array([1.0, 2.0, 1.0]),
        idf=np.array([1.0, 2.0, 1.0]),
        neighbors=np.array([10]),
        **more,
    )


def test_histories_by_hand() -> None:
    # Likeness of owner 0: 1 (item 0); of owner 1: (1 x 1 + .5 x 4) / 2 = .5 + 1.
    history = past((0, "purchase", 0), (1, "view", 0))
    found = one(accounts(histories(), WALK, {}, [2], history=history))
    assert found.score == pytest.approx(2.5)
    assert found.parts == (
        Part("item", 0, pytest.approx(1.5)),
        Part("item", 1, pytest.approx(1.0)),
    )
    assert (found.exact, found.people) == (True, 2)


def test_histories_with_order_count_by_nearness() -> None:
    known = histories(
        places=np.array([0, 0, 1, 0, 1, 2]), reach=np.array([2.0]), same=np.array([4.0])
    )
    history = past((0, "purchase", 0))
    found = one(accounts(known, WALK, {}, [2], history=history))
    # Owner 0: distance 1; owner 1, of half the likeness: distance 2.
    assert found.score == pytest.approx(1 + 0.5 * np.exp(-0.5))
    assert found.parts == (Part("item", 0, pytest.approx(found.score)),)
    assert found.exact


def test_factors_by_hand() -> None:
    known = Factors(np.array([[1.0, 0], [0, 1.0], [1.0, 1.0]]), np.eye(2))
    history = past((0, "purchase", 0), (1, "view", 0))
    # System: diag(1 + 1, 1 + .5); vector: (2 / 2, 1.5 / 1.5).
    found = one(accounts(known, WALK, {}, [2], history=history))
    assert found.score == pytest.approx(2.0)
    assert found.parts == (
        Part("item", 0, pytest.approx(1.0)),
        Part("item", 1, pytest.approx(1.0)),
    )


def test_ratings_by_hand() -> None:
    known = RatedFactors(
        item_factors=np.array([[1.0], [2.0]]),
        offsets=np.array([3.0, 3.5]),
        precision=np.eye(1),
        prior=np.array([0.5]),
        listed=np.ones(2, bool),
    )
    history = replace(past((0, "rating", 0)), values=np.array([5.0]))
    # 5 stars where 3.5 were expected: half of it is believed, twice as strongly.
    config = {"context": "history", "rated": True}
    found = one(accounts(known, config, {}, [1], history=history))
    assert found.score == pytest.approx(3.5 + 2 * (0.5 + 0.75))
    assert found.parts == (
        Part("list", -1, pytest.approx(4.5)),
        Part("item", 0, pytest.approx(1.5)),
    )
    assert found.exact


def test_a_list_speaks_for_itself() -> None:
    known = Ranking(
        np.array([b"", b"cups"]),
        np.array([0, 1, 3]),
        np.array([1, 0, 1]),
        np.array([7.0, 5.0, 3.0]),
    )
    ask: dict[str, Any] = {"history": History()}
    assert one(accounts(known, {}, {}, [1], **ask)).parts == (Part("list", -1, 7.0),)
    found = one(accounts(known, {}, {}, [1], group="cups", **ask))
    assert found.score == 3.0
    assert one(accounts(known, {}, {}, [0], **ask)).parts == ()


def test_what_was_bought_before_speaks_for_itself_too() -> None:
    known = neighbors([(1, 0.5), (2, 0.25)], [], [])
    config = {**WALK, "own": {"decay_days": 1.0, "others": 0.4}}
    history = past((2, "purchase", 0), (0, "purchase", 0))
    found = one(accounts(known, config, {}, [2], history=history, repeats=True))
    assert found.score == pytest.approx(1 + 0.25 / 0.5 * 0.4)
    assert found.parts == (
        Part("own past", 2, pytest.approx(1.0)),
        Part("item", 0, pytest.approx(0.2)),
    )
    without = one(accounts(known, config, {}, [2], history=history))
    assert without.parts == (Part("item", 0, pytest.approx(0.25)),)


def mixture() -> tuple[Mixture, dict[str, Any]]:
    parts = {
        "walk": neighbors([(2, 0.6), (1, 0.3)], [(2, 0.2)], []),
        "list": Ranking(
            np.array([b""]), np.array([0, 2]), np.array([1, 2]), np.array([4.0, 2.0])
        ),
    }
    config = {
        "context": "history",
        "parts": [
            {"name": "walk", "weight": 1.0, "config": WALK},
            {"name": "list", "weight": 0.5, "config": {"context": "none"}},
        ],
    }
    return Mixture(parts), config


def test_a_mixture_by_recommender_then_by_item() -> None:
    known, config = mixture()
    history = past((0, "view", 0), (1, "view", 0))
    # The walk: .3 + .1 of at best .4; the list: 2 of at best 4, at half weight.
    found = one(accounts(known, config, {}, [2], history=history))
    assert found.score == pytest.approx(1.25)
    assert found.recommenders == (
        ("walk", pytest.approx(1.0)),
        ("list", pytest.approx(0.25)),
    )
    assert found.parts == (
        Part("item", 0, pytest.approx(0.75)),
        Part("item", 1, pytest.approx(0.25)),
        Part("list", -1, pytest.approx(0.25)),
    )
    assert found.exact
    served = answer(known, config, {}, history=history, n=3)
    assert served.scores[served.items == 2] == pytest.approx(found.score)


def test_a_ranker_is_explained_fact_by_fact_and_said_to_be_rough() -> None:
    known, config = mixture()
    config["ranker"] = {
        "method": "logistic",
        "base": -1.0,
        "bound": 10.0,
        "target": "purchase",
        "kinds": [],
        "parts": ["walk", "list"],
        "facts": [],
        "groups": ["sources"],
    }
    # Score, share and rank of each part, and the total: only the shares count.
    extras = {
        "ranker__center": np.zeros(7),
        "ranker__scale": np.ones(7),
        "ranker__weight": np.array([0.0, 0, 2.0, 1.0, 0, 0, 0]),
    }
    history = past((0, "view", 0), (1, "view", 0))
    # Shares of 2: 1 and .5; of 1: .15 / .4 and 1; the middle of both: .6875 and .75.
    served = answer(known, config, extras, history=history, n=3, repeats=True)
    ask = {"history": history, "repeats": True}
    found = one(accounts(known, config, extras, [2], **ask))
    assert served.scores[served.items == 2] == pytest.approx(found.score)
    assert found.score == pytest.approx(1 / (1 + np.exp(1 - 2.5)))
    assert not found.exact
    assert found.effects == (
        Effect("walk share", pytest.approx(2 * (1 - 0.6875))),
        Effect("list share", pytest.approx(0.5 - 0.75)),
    )
    assert found.recommenders[0][0] == "walk"


class Squares:
    """A shape that nobody knows: the square of the sum of the weights."""

    shape: ClassVar[str] = "squares"

    def candidates(self, query: Query, n: int) -> Candidates:
        total = float(query.weights.sum()) ** 2
        found = np.array([5][:n])
        return Candidates(found, np.array([total][:n]), found)


def test_an_unknown_shape_is_asked_without_each_item_in_turn() -> None:
    history = past((0, "purchase", 0), (1, "view", 0))
    known: Any = Squares()
    found = one(accounts(known, WALK, {}, [5], history=history))
    assert found.score == pytest.approx(2.25)
    # Without either: .25 and 1; together they say more than each alone.
    assert found.parts == (
        Part("item", 0, pytest.approx(2.25 - 0.25)),
        Part("item", 1, pytest.approx(2.25 - 1.0)),
        Part("list", -1, pytest.approx(2.25 - 3.25)),
    )
    assert not found.exact


def test_who_did_nothing_has_nothing_to_explain() -> None:
    known = neighbors([(1, 0.5)], [])
    found = one(accounts(known, WALK, {}, [1], history=History()))
    assert (found.score, found.parts, found.exact) == (0.0, (), True)
    assert found.shares == ()


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("name", MAKERS)
def test_every_recommender_accounts_for_what_it_answers(
    name: str, repeats: bool
) -> None:
    data = busy()
    fitted = MAKERS[name]({}).fit(data)
    model = (fitted.knowledge_, fitted.query_config_, fitted.extras_)
    rows = np.flatnonzero(data.visitor == 3)[::-1]
    ask: dict[str, Any] = {
        "history": History(
            data.item[rows].astype(np.int64),
            tuple(data.kinds[kind] for kind in data.kind[rows]),
            data.now - data.time[rows],
            data.quantity[rows].astype(float),
            circle=Circle(
                np.array([0, 0, 1, 1]), np.array([15, 16, 15, 16]), np.ones(2)
            ),
        ),
        "anchors": np.array([3]),
        "repeats": repeats,
    }
    # How deep a list is asked for may matter where own purchases join it.
    served = answer(*model, n=DEPTH, **ask)
    assert len(served)
    items, scores = served.items[:8], served.scores[:8]
    found = accounts(*model, items.tolist(), **ask)
    for account, item, score in zip(found, items, scores, strict=True):
        assert account.item == item
        assert account.score == pytest.approx(float(score), rel=1e-4)
        assert account.parts
        if account.exact:
            total = sum(part.amount for part in account.parts)
            assert total == pytest.approx(account.score, rel=1e-3)
        shares = [share for _, share in account.shares]
        assert sum(shares) == pytest.approx(1.0)


@pytest.mark.parametrize("blend", ["history", "visit"])
def test_a_learned_blend_accounts_for_what_it_answers(blend: str) -> None:
    data = busy(rows=1500)
    sources: dict[str, Any] = {"walk": ForYou(min_support=1), "best": Popular()}
    fitted = (
        Blend(sources, days=14.0, windows=2, trees=8)
        if blend == "history"
        else VisitBlend(min_support=1, trees=4, cases=60, pool=20)
    ).fit(data)
    model = (fitted.knowledge_, fitted.query_config_, fitted.extras_)
    ask: dict[str, Any] = {
        "history": past((3, "view", 0), (7, "view", 0.001)),
        "anchors": np.array([3]),
    }
    served = answer(*model, n=5, **ask)
    assert len(served)
    found = accounts(*model, served.items.tolist(), **ask)
    assert [each.score for each in found] == pytest.approx(served.scores.tolist())
    assert not any(each.exact for each in found)
    assert any(each.effects for each in found)
    strengths = [abs(effect.amount) for effect in found[0].effects]
    assert strengths == sorted(strengths, reverse=True)
    names = {name for each in found for name, _ in each.recommenders}
    assert names <= set(fitted.knowledge_.parts)

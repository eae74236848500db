from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.ranking.baskets import NEVER, names_of_baskets, of_baskets
from shop_personalize.ml.ranking.features import Moment
from shop_personalize.ml.recommenders.alike import Alike
from shop_personalize.ml.recommenders.baskets import baskets_of
from shop_personalize.ml.recommenders.next_basket import (
    DueAgain,
    Joining,
    Latest,
    NextBasket,
    Returning,
    Usual,
)
from shop_personalize.ml.serving import History, answer
from tests.ml.build import busy, names, shop


def bought(*codes: int, ages: Any = None) -> History:
    days = np.arange(len(codes), dtype=float) if ages is None else np.array(ages, float)
    kinds = ("purchase",) * len(codes)
    return History(np.array(codes, np.int64), kinds, days, np.ones(len(codes)))


def asked(fitted: Any, history: History, *, n: int = 10, repeats: bool = True) -> Any:
    parts = fitted.knowledge_, fitted.query_config_, fitted.extras_
    return answer(*parts, history=history, n=n, repeats=repeats)


# --- baskets -------------------------------------------------------------------------


def test_an_order_is_a_basket_and_so_is_a_day_without_one() -> None:
    rows = [
        (0, "a", "purchase", 1.1, None),
        (0, "b", "purchase", 1.9, None),
        (0, "a", "purchase", 2.5, 7),
        (0, "a", "purchase", 2.5, 7),
        (0, "a", "purchase", 2.6, 8),
        (1, "b", "purchase", 2.6, 9),
    ]
    found = baskets_of(shop(rows))
    columns = zip(found.visitor, found.item, found.since, strict=True)
    assert sorted(tuple(map(int, row)) for row in columns) == [
        (0, 0, 0),
        (0, 0, 1),
        (0, 0, 2),
        (0, 1, 2),
        (1, 1, 0),
    ]
    assert found.matrix().toarray().tolist() == [[3, 1], [0, 1]]
    assert found.matrix(0.5).toarray().tolist() == [[1.75, 0.25], [0, 1]]


def test_the_first_basket_with_an_item() -> None:
    rows = [(0, "a", "purchase", day, None) for day in (1.0, 2.0, 3.0)]
    rows += [(0, "b", "purchase", 2.0, None), (1, "a", "purchase", 3.0, None)]
    found = baskets_of(shop(rows))
    firsts = {
        (int(visitor), int(item), int(since))
        for visitor, item, since, first in zip(
            found.visitor, found.item, found.since, found.firsts(), strict=True
        )
        if first
    }
    assert firsts == {(0, 0, 2), (0, 1, 1), (1, 0, 0)}


def test_no_rows_no_baskets() -> None:
    assert baskets_of(shop([], ["a"])).matrix().shape == (0, 1)


# --- the sources ---------------------------------------------------------------------

SHOP = [
    (0, "a", "purchase", 1.0, 1),
    (0, "b", "purchase", 1.0, 1),
    (0, "a", "purchase", 5.0, 2),
    (0, "c", "purchase", 5.0, 2),
    (1, "a", "purchase", 2.0, 3),
    (1, "d", "purchase", 2.0, 3),
    (2, "e", "purchase", 3.0, 4),
    (2, "d", "purchase", 3.0, 4),
]


def test_own_counts_come_first_and_popularity_parts_ties() -> None:
    data = shop(SHOP)
    found = asked(
        Usual(popularity=0.5).fit(data), bought(0, 2, 1, 0, ages=[0, 1, 1, 2])
    )
    # a twice and in three baskets of three at most; b and c once, in one basket each;
    # d was not bought, but is in two.
    assert names(data, found.items.tolist()) == ["a", "b", "c", "d", "e"]
    np.testing.assert_allclose(
        found.scores,
        [2 * 1.5 + 0.5, 1 + 1 / 6 + 1 / 6, 1 + 1 / 6 + 1 / 6, 1 / 3, 1 / 6],
        rtol=1e-6,
    )


def test_own_items_alone_by_their_number() -> None:
    data = shop(SHOP)
    found = asked(Usual(popularity=0.0).fit(data), bought(1, 0, 0), repeats=False)
    assert names(data, found.items.tolist()) == ["a", "b"]
    np.testing.assert_allclose(found.scores, [2.0, 1.0], rtol=1e-6)


def test_what_returns_readily_comes_first() -> None:
    rows = [*SHOP, (1, "b", "purchase", 9.0, 6), (0, "b", "purchase", 9.0, 7)]
    data = shop(rows)
    fitted = Returning(prior=4.0).fit(data)
    rates = fitted.extras_["own_factor"]
    # a: returned once of 2 + 1; b: once of 2; c, d, e: never of 1, 1 and 0.
    usual = 2 / 7
    expected = [
        (1 + 4 * usual) / 7,
        (1 + 4 * usual) / 6,
        4 * usual / 5,
        4 * usual / 5,
        usual,
    ]
    np.testing.assert_allclose(rates, expected, rtol=1e-6)
    found = asked(fitted, bought(0, 1))
    assert names(data, found.items.tolist()) == ["b", "a"]


def test_what_is_taken_up_counts_once() -> None:
    data = shop(SHOP)
    found = asked(Latest(fade=1.0, first=True).fit(data), History())
    assert names(data, found.items.tolist()) == ["a", "d", "b", "c", "e"]
    assert found.scores.tolist() == [2.0, 2.0, 1.0, 1.0, 1.0]


def test_those_alike_add_up_what_they_have() -> None:
    data = shop(SHOP)
    fitted = Alike(neighbors=1).fit(data)
    # d and e are what visitor 2 has, and nobody else has e.
    found = asked(fitted, bought(4))
    assert names(data, found.items.tolist()) == ["d", "e"]
    rare = np.log(3.0) + 1e-3
    common = np.log(1.5) + 1e-3
    likeness = rare**2 / np.sqrt(rare**2 + common**2)
    np.testing.assert_allclose(found.scores, [likeness, likeness], rtol=1e-5)


def test_latest_baskets_count_most() -> None:
    data = shop(SHOP)
    found = asked(Latest(fade=0.5).fit(data), History())
    assert names(data, found.items.tolist()) == ["a", "d", "c", "e", "b"]
    assert found.scores.tolist() == [2.5, 2.0, 1.0, 1.0, 0.5]


def test_what_joins_was_met_by_two() -> None:
    rows = [*SHOP, (3, "a", "purchase", 4.0, 5), (3, "d", "purchase", 4.0, 5)]
    data = shop(rows)
    found = asked(Joining().fit(data), bought(0))
    assert names(data, found.items.tolist()) == ["d"]


# --- what a ranker sees --------------------------------------------------------------


def test_baskets_are_counted_from_the_latest() -> None:
    # Three baskets: items 0 and 1 today, 0 a week before, 2 a month before.
    history = bought(0, 1, 0, 2, ages=[0.5, 0.5, 7.2, 30.0])
    moment = Moment(
        items=np.array([0, 2, 5]),
        scores=np.zeros((3, 1)),
        shares=np.zeros((3, 1)),
        ranks=np.zeros((3, 1)),
        total=np.zeros(3),
        history=history,
        config={"target": "purchase"},
        extras={},
    )
    found = dict(zip(names_of_baskets({}), of_baskets(moment).T, strict=True))
    expected = {
        "share of the baskets": [2 / 3, 1 / 3, 0.0],
        "baskets with it, fading by 0.8": [1.8, 0.8**2, 0.0],
        "baskets with it, fading by 0.5": [1.5, 0.25, 0.0],
        "baskets since the last with it": [0.0, 2.0, NEVER],
        "baskets since the first with it": [1.0, 2.0, NEVER],
        "share of the baskets since the first": [1.0, 1 / 3, 0.0],
        "baskets between two with it": [1.0, NEVER, NEVER],
        "baskets since in such intervals": [0.0, 2 / NEVER, 1.0],
        "items a basket": [4 / 3] * 3,
        "distinct share": [0.75] * 3,
    }
    assert found.keys() == expected.keys()
    for name, column in found.items():
        np.testing.assert_allclose(column, expected[name], err_msg=name)


# --- the next basket -----------------------------------------------------------------


def regulars() -> Any:
    """Forty visitors: bread every time, one of three cheeses in turn, others once."""
    rng = np.random.default_rng(0)
    rows: list[Any] = []
    for visitor in range(60):
        for turn in range(6):
            order, day = visitor * 6 + turn, 10.0 * turn + visitor % 7
            cheese = f"cheese {(visitor + turn) % 2}"
            other = f"other {rng.integers(12):02d}"
            for item in ("bread", cheese, other):
                rows.append((visitor, item, "purchase", day, order))
    return shop(rows)


def test_it_learns_what_returns_and_when() -> None:
    data = regulars()
    fitted = NextBasket(cases=60).fit(data)
    codes = data.ids.codes(["bread", "cheese 0", "other 03", "bread", "cheese 1"])
    history = bought(*codes, ages=[0, 0, 0, 10, 10])
    # Cheeses take turns: the one of the last basket but one is due.
    top = names(data, asked(fitted, history, n=2).items.tolist())
    assert top == ["bread", "cheese 1"]


def test_own_items_only_where_that_is_asked() -> None:
    data = regulars()
    fitted = DueAgain(cases=60).fit(data)
    codes = data.ids.codes(["bread", "other 03", "bread"])
    history = bought(*codes, ages=[0, 0, 10])
    for repeats in (True, False):
        found = asked(fitted, history, repeats=repeats)
        assert set(names(data, found.items.tolist())) == {"bread", "other 03"}
    assert len(asked(fitted, History())) == 0


@pytest.mark.parametrize("repeats", [True, False])
def test_with_little_past_the_sources_are_added_up(repeats: bool) -> None:
    data = shop(SHOP)
    fitted = NextBasket().fit(data)
    assert "ranker" not in fitted.query_config_
    found = names(data, asked(fitted, bought(0), repeats=repeats).items.tolist())
    assert ("a" in found) is repeats
    assert "d" in found


def test_a_guest_gets_what_is_popular() -> None:
    fitted = NextBasket().fit(busy())
    assert "ranker" in fitted.query_config_
    assert len(asked(fitted, History())) == 10

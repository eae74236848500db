"""What each algorithm is for, on shops small enough to work out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from shop_personalize.ml.recommenders.also_bought import AlsoBought
from shop_personalize.ml.recommenders.also_viewed import AlsoViewed
from shop_personalize.ml.recommenders.bought_together import BoughtTogether
from shop_personalize.ml.recommenders.buy_it_again import BuyItAgain
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.likelihood import likelihood_ratio
from shop_personalize.ml.recommenders.momentum import momentum
from shop_personalize.ml.recommenders.new import New
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.similar import Similar
from shop_personalize.ml.recommenders.trending import Trending
from shop_personalize.ml.recommenders.viewed_then_bought import ViewedThenBought
from shop_personalize.ml.serving import History, answer
from tests.ml.build import described, names, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender

MINUTE = 1 / 1440


def ask(
    fitted: Recommender,
    data: TrainingData,
    *page: str,
    bought: tuple[tuple[str, float], ...] = (),
    group: str = "",
) -> list[str]:
    history = History(
        data.ids.codes([item for item, _ in bought]),
        ("purchase",) * len(bought),
        np.array([age for _, age in bought]),
        np.ones(len(bought)),
    )
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=history,
        anchors=data.ids.codes(list(page)),
        n=10,
        group=group,
    )
    return [name for name in names(data, found.items) if name not in page]


# --- popular ---------------------------------------------------------------------


def test_popular_counts_a_visitor_once() -> None:
    rows = [(0, "pushed", "purchase", 99.0 + i / 100) for i in range(50)]
    rows += [(1, "liked", "purchase", 99.0), (2, "liked", "purchase", 99.0)]
    data = shop(rows)
    assert ask(Popular().fit(data), data) == ["liked", "pushed"]


def test_popular_fades() -> None:
    rows: list[Any] = [(v, "old", "purchase", 10.0) for v in range(5)]
    data = shop([*rows, (9, "fresh", "purchase", 99.0)])
    assert ask(Popular(decay_days=14).fit(data), data) == ["fresh", "old"]
    assert ask(Popular(decay_days=1000).fit(data), data) == ["old", "fresh"]


def test_popular_purchase_outweighs_views() -> None:
    rows = [
        (0, "bought", "purchase", 99.0),
        (1, "seen", "view", 99.0),
        (2, "seen", "view", 99.0),
    ]
    data = shop(rows)
    assert ask(Popular().fit(data), data) == ["bought", "seen"]


def test_popular_per_category() -> None:
    data = shop(
        [
            (0, "cup", "purchase", 99.0),
            (1, "bag", "purchase", 99.0),
            (2, "bag", "purchase", 99.0),
        ]
    )
    data = described(data, categories={"cup": ("cups",), "bag": ("bags",)})
    assert ask(Popular().fit(data), data, group="cups") == ["cup"]


def test_refund_takes_the_purchase_back() -> None:
    rows = [
        (0, "a", "purchase", 98.0, 1, 2),
        (0, "a", "refund", 99.0, 1, 2),
        (1, "b", "purchase", 90.0),
    ]
    data = shop(rows)
    assert ask(Popular().fit(data), data) == ["b"]


# --- trending, new ---------------------------------------------------------------


def test_trending_is_growth_not_size() -> None:
    rows = [
        (v, "giant", "view", day + 0.5) for day in range(40, 100) for v in range(20)
    ]
    rows += [(v, "rising", "view", 50.5) for v in range(2)]
    rows += [(v, "rising", "view", 98.5) for v in range(12)]
    data = shop(rows)
    assert ask(Trending().fit(data), data) == ["rising"]


def test_trending_needs_several_visitors() -> None:
    rows = [(v, "usual", "view", day + 0.5) for day in range(40, 100) for v in range(5)]
    rows += [(99, "pushed", "view", 95 + i / 20) for i in range(80)]
    data = shop(rows)
    assert "pushed" not in ask(Trending().fit(data), data)


def test_new_is_young_and_those_liked_first() -> None:
    data = shop(
        [(v, "liked", "view", 95.0) for v in range(5)], ["quiet", "liked", "old"]
    )
    data = described(data, created={"quiet": 95.0, "liked": 95.0, "old": 5.0})
    assert ask(New().fit(data), data) == ["liked", "quiet"]


def test_new_knows_an_import_from_an_arrival() -> None:
    data = shop([(0, "sold for long", "view", 2.0)], ["arrived"])
    data = described(data, created={"sold for long": 99.0, "arrived": 98.0})
    assert ask(New().fit(data), data) == ["arrived"]


# --- neighbors ---------------------------------------------------------------------


def test_also_bought_needs_two_buyers_and_one_vote_each() -> None:
    rows = [(v, item, "purchase", 90.0) for v in range(3) for item in ("tea", "pot")]
    rows += [
        (7, item, "purchase", 80.0 + i) for i in range(10) for item in ("tea", "spam")
    ]
    data = shop(rows)
    assert ask(AlsoBought().fit(data), data, "tea") == ["pot"]


def test_support_of_an_edge_is_its_buyers() -> None:
    data = shop(
        [(v, item, "purchase", 90.0) for v in range(3) for item in ("tea", "pot")]
    )
    known = AlsoBought().fit(data).knowledge_
    assert known.to_arrays()["support"].tolist() == [3, 3]


def test_likelihood_ratio_of_dunning() -> None:
    # G2 of [[10, 0], [0, 10]] = 2 x 20 x ln 2
    assert likelihood_ratio(10, 10, 10, 20) == pytest.approx(40 * np.log(2))
    assert likelihood_ratio(5, 10, 10, 20) == 0
    assert likelihood_ratio(1, 10, 10, 20) == 0


def orders(*baskets: tuple[str, ...], each: int = 4) -> list[Any]:
    """Every basket bought by ``each`` visitors of their own."""
    rows, order = [], 0
    for basket in baskets:
        for _ in range(each):
            rows += [(order, item, "purchase", 90.0, order) for item in basket]
            order += 1
    return rows


def test_bought_together_is_one_order_not_one_customer() -> None:
    rows = orders(("cake", "candles"), ("rope", "tape"))
    rows += [(v, "rope", "purchase", 95.0, 100 + v) for v in range(4)]
    data = shop(rows)
    assert ask(BoughtTogether().fit(data), data, "cake") == ["candles"]


def test_bought_together_one_account_cannot_make_a_pair() -> None:
    rows = orders(("cake", "candles"), ("other", "more"))
    rows += [
        (99, item, "purchase", 95.0, 500 + i)
        for i in range(30)
        for item in ("cake", "spam")
    ]
    data = shop(rows)
    assert ask(BoughtTogether().fit(data), data, "cake") == ["candles"]


def test_bought_together_prefers_complements_to_what_reads_the_same() -> None:
    rows = orders(("red mug", "blue mug"), ("red mug", "tea"), ("x", "y"), ("z", "w"))
    data = shop(rows)
    titles = {
        "red mug": "red enamel mug",
        "blue mug": "blue enamel mug",
        "tea": "green leaves",
    }
    data = described(data, titles=titles)
    assert ask(BoughtTogether().fit(data), data, "red mug") == ["tea", "blue mug"]


def test_basket_adds_up() -> None:
    rows = orders(
        ("a", "both"), ("b", "both"), ("a", "only"), ("x", "y"), ("z", "w"), ("q", "r")
    )
    data = shop(rows)
    assert ask(BoughtTogether().fit(data), data, "a", "b")[0] == "both"


def test_viewed_then_bought_looks_forward_only() -> None:
    rows: list[Any] = []
    for v in range(4):
        rows += [(v, "shown", "view", 90.0), (v, "taken", "purchase", 90.1, v)]
        rows += [(v, "late", "view", 90.5)]
        rows += [
            (v + 10, "other", "view", 90.0),
            (v + 10, "thing", "purchase", 90.1, v + 10),
        ]
    data = shop(rows)
    fitted = ViewedThenBought().fit(data)
    assert ask(fitted, data, "shown") == ["taken"]
    assert ask(fitted, data, "late") == []


def test_also_viewed_is_one_visit_and_what_is_near_counts_more() -> None:
    rows: list[Any] = []
    for v in range(4):
        trip = ["lamp", "bulb", "desk", "chair"]
        rows += [(v, item, "view", 90 + i * MINUTE) for i, item in enumerate(trip)]
        rows += [(v, "elsewhere", "view", 95.0), (v, "else", "view", 95 + MINUTE)]
    data = shop(rows)
    assert ask(AlsoViewed().fit(data), data, "lamp") == ["bulb", "desk", "chair"]


def test_also_viewed_counts_a_visitor_once() -> None:
    rows: list[Any] = []
    for v in range(3):
        rows += [(v, "lamp", "view", 90.0), (v, "bulb", "view", 90 + MINUTE)]
    for day in range(20):
        rows += [
            (9, "lamp", "view", 60.0 + day),
            (9, "spam", "view", 60.0 + day + MINUTE),
        ]
    data = shop(rows)
    assert ask(AlsoViewed().fit(data), data, "lamp") == ["bulb"]


def test_similar_reads_title_category_and_price() -> None:
    data = shop([], ["a", "b", "c", "d"])
    titles = {
        "a": "red tea mug",
        "b": "red tea mug",
        "c": "red tea mug",
        "d": "garden rake",
    }
    data = described(
        data, titles=titles, prices={"a": 10.0, "b": 200.0, "c": 11.0, "d": 10.0}
    )
    assert ask(Similar().fit(data), data, "a") == ["c", "b"]


def test_similar_reads_chinese() -> None:
    data = shop([], ["a", "b", "c"])
    data = described(data, titles={"a": "红色茶杯", "b": "蓝色茶杯", "c": "木椅"})
    assert ask(Similar().fit(data), data, "a") == ["b"]


# --- personal ----------------------------------------------------------------------


def regulars() -> list[Any]:
    rows = [(v, "soap", "purchase", 10.0 + 20 * i) for v in range(6) for i in range(5)]
    return rows + [(v, "sofa", "purchase", 50.0) for v in range(6)]


def test_buy_it_again_is_what_people_buy_again() -> None:
    data = shop(regulars())
    fitted = BuyItAgain(prior=1.0).fit(data)
    assert ask(fitted, data, bought=(("sofa", 20.0), ("soap", 20.0))) == [
        "soap",
        "sofa",
    ]
    assert ask(fitted, data) == []


def test_cycle_of_an_item_is_its_own_gap() -> None:
    data = shop(regulars())
    fitted = BuyItAgain(prior=1e-9).fit(data)
    soap = int(data.ids.codes(["soap"])[0])
    assert np.exp(fitted.extras_["cycle_mean"][soap]) == pytest.approx(20.0)
    # 24 of the 30 purchases of soap were followed by another one
    assert fitted.extras_["own_factor"][soap] == pytest.approx(24 / 30)


def test_for_you_follows_the_recent_history() -> None:
    rows: list[Any] = []
    for v in range(4):
        rows += [(v, item, "purchase", 80.0 + v) for item in ("tea", "pot")]
        rows += [(v + 10, item, "purchase", 80.0 + v) for item in ("saw", "nail")]
    data = shop(rows)
    fitted = ForYou().fit(data)
    found = ask(fitted, data, bought=(("tea", 1.0), ("saw", 200.0)))
    assert [name for name in found if name in {"pot", "nail"}] == ["pot", "nail"]


def test_for_you_learns_from_views_alone() -> None:
    rows = [
        (v, item, "view", 90.0 + day)
        for v in range(4)
        for item in ("a", "b")
        for day in (0, 2)
    ]
    data = shop(rows)
    assert ask(ForYou().fit(data), data, bought=(("a", 1.0),)) == ["b"]


def test_momentum_is_growth_against_the_shop() -> None:
    rows: list[Any] = [(v, "start", "purchase", 1.0) for v in range(3)]
    rows += [
        (v, "steady", "purchase", float(day))
        for day in range(20, 160, 7)
        for v in range(30)
    ]
    rows += [(v + 50, "rising", "purchase", 155.0) for v in range(40)]
    rows += [(v + 50, "fading", "purchase", 100.0) for v in range(40)]
    data = shop(rows, now=160.0)
    growth = dict(
        zip(
            names(data, range(data.n_items)),
            momentum(data, {"purchase": 1.0}),
            strict=True,
        )
    )
    assert growth["rising"] == 2.5
    assert growth["fading"] < 0.5 < growth["steady"] < 2.5


def test_momentum_of_a_young_shop_is_none() -> None:
    data = shop([(0, "a", "purchase", 99.0), (1, "b", "purchase", 60.0)])
    assert momentum(data, {"purchase": 1.0}).tolist() == [1.0, 1.0]

"""New products placed by their content, and how that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from shop_personalize.ml.evaluation.cold_items import (
    cold_items,
    hide_items,
)
from shop_personalize.ml.evaluation.cold_items import (
    described as well_described,
)
from shop_personalize.ml.recommenders import content_space
from shop_personalize.ml.recommenders.cold import Cold
from shop_personalize.ml.recommenders.content_space import ContentMap, coordinates
from shop_personalize.ml.serving import History, answer
from tests.ml.build import described, names, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

TITLES = {
    "cup": "porcelain cup",
    "saucer": "wooden saucer",
    "lamp": "garden lamp",
    "bulb": "electric bulb",
    "new saucer": "saucer large",
    "new bulb": "bulb bright",
}


def bought_in_twos() -> TrainingData:
    """Cups go with saucers and lamps with bulbs; nobody has the new ones yet."""
    rows = [
        (visitor, item, "purchase", 90.0)
        for visitor in range(6)
        for item in (("cup", "saucer") if visitor < 3 else ("lamp", "bulb"))
    ]
    return described(shop(rows, list(TITLES)), titles=TITLES)


def ask(fitted: Cold, data: TrainingData, *items: str) -> list[str]:
    history = History(
        data.ids.codes(list(items)),
        ("purchase",) * len(items),
        np.zeros(len(items)),
        np.ones(len(items)),
    )
    found = answer(
        fitted.knowledge_, fitted.query_config_, fitted.extras_, history=history, n=10
    )
    return names(data, found.items)


def test_new_product_follows_the_neighbors_of_what_it_resembles() -> None:
    data = bought_in_twos()
    fitted = Cold(content=0.0, popularity=0.0, share=0.0, few=0).fit(data)
    assert ask(fitted, data, "cup") == ["new saucer", "new bulb"]
    assert ask(fitted, data, "lamp") == ["new bulb", "new saucer"]


def test_new_product_speaks_too() -> None:
    data = bought_in_twos()
    fitted = Cold(content=0.0, popularity=0.0, share=0.0, few=0).fit(data)
    assert ask(fitted, data, "new saucer") == ["new bulb"]


def test_content_that_sold_well_is_promising() -> None:
    rows = [(v, "cup", "purchase", 90.0) for v in range(5)]
    rows += [(v, "lamp", "purchase", 90.0) for v in range(2)]
    titles = {"cup": "cup", "lamp": "lamp", "new cup": "cup", "new lamp": "lamp"}
    data = described(shop(rows, list(titles)), titles=titles)
    fitted = Cold(popularity=100.0, share=0.0, few=0).fit(data)
    assert ask(fitted, data, "cup") == ["new cup", "new lamp"]
    assert ask(fitted, data, "lamp") == ["new cup", "new lamp"]


def test_without_visitors_plain_likeness_is_left() -> None:
    data = described(shop([], list(TITLES)), titles=TITLES)
    fitted = Cold().fit(data)
    assert ask(fitted, data, "saucer") == ["new saucer"]
    assert ask(fitted, data, "cup") == []


def test_only_hardly_touched_products_are_answered() -> None:
    data = bought_in_twos()
    few = Cold(few=0, share=0.0).fit(data)
    assert set(ask(few, data, "cup")) == {"new saucer", "new bulb"}
    everyone = Cold(few=3, share=0.0).fit(data)
    assert set(ask(everyone, data, "cup")) == set(TITLES) - {"cup"}


def test_unavailable_and_wordless_products_are_not_answered() -> None:
    data = bought_in_twos()
    data.items.available[data.ids.codes(["new bulb"])] = False
    data.items.titles[int(data.ids.codes(["new saucer"])[0])] = ""
    assert ask(Cold(few=0, share=0.0).fit(data), data, "cup") == []


def test_a_single_visitor_teaches_nothing() -> None:
    rows = [(0, "cup", "purchase", 90.0), (0, "saucer", "purchase", 90.0)]
    data = described(shop(rows, list(TITLES)), titles=TITLES)
    fitted = Cold(few=0, share=0.0, min_support=2).fit(data)
    assert ask(fitted, data, "cup") == []
    assert "new saucer" in ask(Cold(few=0, min_support=1).fit(data), data, "cup")


def test_at_most_k_of_a_row_are_kept_the_best_ones() -> None:
    data = bought_in_twos()
    every = Cold(few=3, share=0.0).fit(data).knowledge_
    two = Cold(few=3, share=0.0, k=2).fit(data).knowledge_
    for code in range(data.n_items):
        assert two.row(code)[0].tolist() == every.row(code)[0].tolist()[:2]


def test_regression_by_hand() -> None:
    places = np.array([[1.0], [2.0], [3.0]])
    learned = ContentMap.of(places, np.array([True, True, False]), ridge=1.0)
    facts = np.array([[1.0], [2.0], [99.0]])
    # slope = (1*1 + 2*2) / (1*1 + 2*2 + 1)
    np.testing.assert_allclose(learned.predicted(facts), [[5 / 6], [10 / 6], [15 / 6]])


@given(
    st.integers(1, 6).flatmap(
        lambda columns: st.lists(
            st.lists(st.floats(0, 2, width=16), min_size=columns, max_size=columns),
            min_size=1,
            max_size=8,
        )
    )
)
def test_coordinates_keep_inner_products(rows: list[list[float]]) -> None:
    dense = np.array(rows)
    places = coordinates(sparse.csr_array(dense), rank=2)
    np.testing.assert_allclose(places @ places.T, dense @ dense.T, atol=1e-4)


def test_large_catalogs_keep_the_main_directions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content_space, "EXACT_ITEMS", 3)
    dense = np.array([[3.0, 0, 0], [0, 2, 0], [0, 0, 0.1], [3, 2, 0.1]])
    places = coordinates(sparse.csr_array(dense), rank=2)
    assert places.shape == (4, 2)
    np.testing.assert_allclose(places @ places.T, dense @ dense.T, atol=0.05)


# --- hiding whole products ---------------------------------------------------------


def test_hidden_products_leave_training_with_all_their_rows() -> None:
    rows = [(v, item, "view", 1.0) for v in range(3) for item in "abcde"]
    data = shop(rows)
    hidden = hide_items(data, np.ones(5, bool), share=0.4, seed=1)
    assert len(hidden.codes) == 2
    assert not np.isin(hidden.past.item, hidden.codes).any()
    assert len(hidden.past) == 9
    assert [set(truth) for truth in hidden.among.truths] == [set(hidden.codes)] * 3
    warm = np.setdiff1d(np.arange(5), hidden.codes)
    for out, own, history in zip(
        hidden.among.excluded,
        hidden.everywhere.excluded,
        hidden.among.histories,
        strict=True,
    ):
        assert out.tolist() == own.tolist() == warm.tolist()
        assert sorted(history.codes) == warm.tolist()


def test_only_eligible_products_are_hidden() -> None:
    data = shop([(v, item, "view", 1.0) for v in range(3) for item in "abcde"])
    eligible = np.array([True, False, True, False, False])
    hidden = hide_items(data, eligible, share=0.5)
    assert len(hidden.codes) == 1
    assert eligible[hidden.codes].all()


def test_who_touched_hidden_products_alone_is_not_asked() -> None:
    rows = [(0, "a", "view", 1.0), (0, "b", "view", 1.0), (1, "b", "view", 1.0)]
    hidden = hide_items(shop(rows), np.array([False, True]), share=0.99)
    assert len(hidden.codes) == 0
    rows += [(0, "c", "view", 1.0)]
    hidden = hide_items(shop(rows), np.array([False, True, True]), share=0.5, seed=0)
    assert len(hidden.among) == 1


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_a_share_must_be_a_share(share: float) -> None:
    with pytest.raises(ValueError, match="share must lie between 0 and 1"):
        hide_items(shop([]), np.zeros(0, bool), share=share)


def test_the_mask_must_fit() -> None:
    with pytest.raises(ValueError, match="eligible must have one entry an item: 1"):
        hide_items(shop([(0, "a", "view", 1.0)]), np.ones(2, bool))


def test_well_described_fills_as_many_fields_as_most() -> None:
    data = described(
        shop([], ["a", "b", "c"]), titles={"a": "x", "b": "y"}, texts={"a": "long"}
    )
    assert well_described(data.items).tolist() == [True, True, False]
    assert well_described(shop([]).items).tolist() == []


def test_folds_hide_different_products() -> None:
    rows = [(v, f"i{n:02d}", "view", 1.0) for v in range(4) for n in range(20)]
    titles = {f"i{n:02d}": f"thing {n}" for n in range(20)}
    data = described(shop(rows), titles=titles)
    found = cold_items(data, folds=3)
    assert len(found) == 3
    hidden = [frozenset(cases.truths[0].tolist()) for _, cases in found]
    assert len(set(hidden)) == 3
    assert all(len(codes) == 4 for codes in hidden)


def test_nothing_to_hide_is_no_fold() -> None:
    assert cold_items(shop([])) == []

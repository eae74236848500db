"""Each step of preparation on data small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from shop_personalize.ml.data.checked import checked
from shop_personalize.ml.data.preparation import (
    cleaned,
    filled,
    newest,
    normalized,
    trust,
)
from shop_personalize.ml.recommenders.preferences import Preferences
from tests.ml.build import shop


def test_cleaning_counts_each_row_under_its_first_reason() -> None:
    data = shop([(v, "a", "purchase", 10.0 + v) for v in range(8)])
    time, quantity = data.time.copy(), data.quantity.copy()
    item = data.item.copy()
    time[0], quantity[0] = np.nan, np.nan
    quantity[1:4] = [np.inf, -3, 0]
    item[4] = 7
    bad = replace(data, time=time, quantity=quantity, item=item)
    found = cleaned(bad)
    assert found.dropped == {
        "unknown": 1,
        "time": 1,
        "quantity": 1,
        "negative": 1,
        "zero": 1,
        "duplicate": 0,
    }
    assert found.data.visitor.tolist() == [5, 6, 7]
    assert checked(found.data) is found.data


def test_cleaning_keeps_refunds_and_the_first_of_equal_rows() -> None:
    rows = [
        (0, "a", "purchase", 10.0, 1, 2),
        (0, "a", "purchase", 10.0, 1, 2),
        (0, "a", "purchase", 10.0, 2, 2),
        (0, "a", "refund", 11.0, 1, -1),
    ]
    found = cleaned(shop(rows))
    assert found.dropped["duplicate"] == 1
    assert found.data.order.tolist() == [1, 2, 1]
    assert found.data.quantity.tolist() == [2, 2, -1]


def test_cleaning_for_some_reasons_only() -> None:
    data = shop([(0, "a", "view", 1.0), (0, "a", "view", 1.0)])
    found = cleaned(data, ("time", "negative"))
    assert (found.data, found.dropped) == (data, {"time": 0, "negative": 0})
    assert len(cleaned(data, ("duplicate",)).data) == 1
    with pytest.raises(ValueError, match="reasons: 'old', needed are some of unknown"):
        cleaned(data, ("old",))


def test_missing_values_take_the_median_of_their_group() -> None:
    values = np.array([1.0, 3.0, np.nan, 10.0, np.nan, np.nan])
    groups = np.array([0, 0, 0, 1, 1, 2])
    assert filled(values, groups).tolist() == [1, 3, 2, 10, 10, 3]
    assert filled(values).tolist() == [1, 3, 3, 10, 3, 3]
    assert filled(np.array([np.nan])).tolist() == [0]


def test_a_cap_keeps_the_latest_items_with_all_their_rows() -> None:
    rows = [
        (0, "old", "view", 1.0),
        (0, "back", "view", 2.0),
        (0, "new", "view", 3.0),
        (0, "back", "view", 4.0),
        (1, "old", "view", 1.0),
    ]
    data = shop(rows)
    kept = newest(data, 2)
    assert data.ids.texts(kept.item) == ["old", "back", "new", "back"]
    assert kept.visitor.tolist() == [1, 0, 0, 0]
    assert newest(data, 3) is data
    with pytest.raises(ValueError, match="most: 0 items, needed is 1 or more"):
        newest(data, 0)


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from("abcdef"),
            st.just("view"),
            st.integers(0, 9).map(float),
        ),
        max_size=40,
    ),
    most=st.integers(1, 5),
)
def test_a_cap_holds_for_everyone(rows: list[Any], most: int) -> None:
    kept = newest(shop(rows), most)
    for visitor in range(4):
        mine = [row for row in rows if row[0] == visitor]
        distinct = len({row[1] for row in mine})
        items = np.unique(kept.item[kept.visitor == visitor])
        assert len(items) == min(distinct, most)


def test_buyers_are_trusted_more_than_names_and_names_more_than_guests() -> None:
    rows = [(0, "a", "purchase", 1.0), (1, "a", "view", 1.0), (2, "a", "view", 1.0)]
    data = shop(rows)
    assert trust(data).tolist() == [1.0, 0.2, 0.2]
    known = replace(data, identified=np.array([True, True, False]))
    assert trust(known).tolist() == [1.0, 0.5, 0.2]


def test_a_shop_of_guests_trusts_them_all_alike() -> None:
    data = shop([(0, "a", "view", 1.0), (1, "b", "view", 1.0)])
    assert trust(data).tolist() == [1.0, 1.0]


MATRIX = sparse.csr_array(np.array([[3.0, 4.0, 0.0], [0.0, 8.0, 0.0]], np.float32))


def dense(how: str) -> list[list[float]]:
    found: list[list[float]] = normalized(MATRIX, how).toarray().tolist()
    return [[round(value, 4) for value in row] for row in found]


def test_normalizations_by_hand() -> None:
    assert dense("none") == [[3, 4, 0], [0, 8, 0]]
    assert dense("rows") == [[0.6, 0.8, 0], [0, 1, 0]]
    column = np.sqrt(16 + 64)
    expected = [[1, 4 / column, 0], [0, 8 / column, 0]]
    assert dense("columns") == [[round(x, 4) for x in row] for row in expected]
    assert dense("log")[0][0] == round(np.log(4), 4)
    rare, common = np.log(3 / 2) + 1e-3, 1e-3
    assert dense("tfidf")[0][0] == round(np.sqrt(3) * rare, 4)
    assert dense("tfidf")[1][1] == round(np.sqrt(8) * common, 4)
    # Rows add up to 7 and 8, 7.5 on average; k1 = 1.2, b = 0.75.
    damp = 1.2 * (0.25 + 0.75 * 7 / 7.5)
    assert dense("bm25")[0][0] == round(3 * 2.2 / (3 + damp) * rare, 4)


def test_an_unknown_normalization_is_named() -> None:
    with pytest.raises(ValueError, match="how: 'okapi', needed is one of none, log"):
        normalized(MATRIX, "okapi")


def test_preferences_take_the_strongest_event_faded_by_its_kind() -> None:
    rows = [
        (0, "a", "view", 100.0),
        (0, "a", "purchase", 10.0),
        (0, "b", "view", 86.0),
        (1, "b", "purchase", 100.0),
    ]
    data = shop(rows)
    found = Preferences(decay_days=90.0).matrix(data).toarray()
    # A view weighs a fifth of a purchase and fades e-fold in 14 days, not 90.
    expected = [[np.exp(-1), 0.2 * np.exp(-1)], [0, 1]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_preferences_of_clicks_alone_weigh_one() -> None:
    data = shop([(0, "a", "click", 1.0)])
    assert Preferences().matrix(data).toarray().tolist() == [[1.0]]
    assert Preferences().query(data, None)["kinds"]["click"] == 1.0


def test_caution_weighs_guests_less() -> None:
    rows = [(0, "a", "purchase", 1.0), (1, "a", "view", 1.0)]
    found = Preferences(caution=1.0).matrix(shop(rows)).toarray()
    np.testing.assert_allclose(found, [[1.0], [0.2 * 0.2]], rtol=1e-6)

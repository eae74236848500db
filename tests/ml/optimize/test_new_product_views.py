"""What is read from the page of a product."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from shop_personalize.ml.optimize.prices.new_product import Listings, SparseNet
from shop_personalize.ml.optimize.prices.new_product.sources import (
    crosses,
    numbers,
    stems,
    text_crosses,
)
from shop_personalize.ml.optimize.prices.new_product.style import styles
from shop_personalize.ml.optimize.prices.new_product.views import Views


def test_chinese_words_are_characters_and_pairs_of_them() -> None:
    views = Views().fit(Listings(["红色连衣裙"]))
    words = [name for kind, name in views.terms_ if kind == "title"]
    assert sorted(words) == sorted(
        ["红", "色", "连", "衣", "裙", "红 色", "色 连", "连 衣", "衣 裙"]
    )


def test_words_count_in_their_category_and_beside_each_other() -> None:
    listings = Listings(
        ["Red bag", "red Bag"], brands=["Zara", ""], categories=[("A", "B", "C"), ()]
    )
    assert crosses(listings) == [
        [
            "word in category\tred / A / B",
            "word in category\tred / A / B / C",
            "word of brand\tred / Zara",
            "word in category\tbag / A / B",
            "word in category\tbag / A / B / C",
            "word of brand\tbag / Zara",
            "words\tbag, red",
        ],
        ["words\tbag, red"],
    ]


def test_columns_have_names() -> None:
    listings = Listings(["bag"] * 2, brands=["Zara", ""])
    views = Views().fit(listings)
    seen = views.of(listings)
    assert seen.all.shape == (2, len(views.terms_))
    named = {views.terms_[column] for column in seen.all[[0]].indices}
    assert ("brand", "Zara") in named
    assert ("brand", "") not in named


def test_words_of_the_text_count_in_their_category_and_with_their_brand() -> None:
    listings = Listings(
        ["", ""],
        texts=["Red, red BAG", "x"],
        brands=["Zara", ""],
        categories=[("A", "B", "C"), ()],
    )
    assert text_crosses(listings) == [
        [
            "word in category\tred / A / B",
            "word of brand\tred / Zara",
            "word in category\tbag / A / B",
            "word of brand\tbag / Zara",
        ],
        [],
    ]


def test_numbers_count_beside_their_words_and_in_their_category() -> None:
    listings = Listings(
        ["Lot of 3 cups", "iPhone 16GB 0123456"],
        texts=["3 cups", ""],
        categories=[("Home", "Kitchen"), ()],
    )
    assert numbers(listings) == [
        ["words\tof 3", "words\t3 cups", "word in category\t3 / Home / Kitchen"],
        ["words\tiphone 16", "words\t16 gb"],
    ]


def test_the_style_is_told_alone_and_in_the_category() -> None:
    listings = Listings(
        ["NEW bag!"], texts=["- 2 bags, #new"], categories=[("Women", "Bags")]
    )
    marks = [
        "title length 2",
        "text length 7",
        "words 2",
        "title capitals 3",
        "text capitals 0",
        "numbers 1",
        "! 1",
        ", 1",
        "# 1",
        "- 1",
    ]
    expected = [f"style\t{place}{mark}" for mark in marks for place in ("", "Women / ")]
    assert styles(listings) == [expected]


def test_columns_of_some_kinds_are_asked_for_by_name() -> None:
    listings = Listings(["red bag", "red bags"], texts=["3 cups", "a cup"])
    views = Views().fit(listings)
    seen = views.of(listings)
    kinds = np.array([kind for kind, _name in views.terms_])
    for kind in ("title", "stem", "spelling"):
        found = seen.only([kind])
        assert found.shape == (2, (kinds == kind).sum()) != (2, 0)
        np.testing.assert_array_equal(
            found.toarray(), seen.all[:, kinds == kind].toarray()
        )
    both = seen.only(["spelling", "title", "nothing"])
    assert both.shape[1] == np.isin(kinds, ["spelling", "title"]).sum()
    one = seen.take(np.array([1])).only(["title"])
    np.testing.assert_array_equal(one.toarray(), seen.only(["title"])[[1]].toarray())


def test_a_plural_is_the_same_word() -> None:
    listings = Listings(["Red Bags", "bus pass"], texts=["2 Shoes", ""])
    assert stems(listings) == ["red bag 2 shoe", "bus pass"]


@pytest.mark.parametrize("settings", [{}, {"binary": True}, {"squared": 32}])
def test_a_network_learns_what_no_sum_of_columns_is(
    settings: dict[str, Any],
) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(2, size=(800, 6)).astype(np.float32)
    y = 5 + np.where(x[:, 0] != x[:, 1], 2.0, -2.0)
    sparse = sp.csr_matrix(x)
    net = SparseNet(dropped=0, epochs=20, **settings).fit(sparse, y)
    assert np.abs(net.predict(sparse) - y).max() < 0.1
    assert sparse.nnz == x.sum()
    assert net.predict(sparse[:0]).shape == (0,)


def test_what_is_squared_learns_a_product_of_two_columns() -> None:
    """The first layer alone would take a sum of single columns for it."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((800, 3)).astype(np.float32)
    y = x[:, 0] * x[:, 1]
    net = SparseNet(layers=(1,), squared=8, dropped=0, epochs=100)
    found = net.fit(sp.csr_matrix(x), y).predict(sp.csr_matrix(x))
    assert np.corrcoef(found, y)[0, 1] > 0.99
    kept = [(each.shape, each.dtype) for each in net.weights_]
    assert kept == [((3, 9), np.float16), ((9, 1), np.float32)]

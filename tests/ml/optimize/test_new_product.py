"""The price of a product that was never sold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from shop_personalize.ml.optimize.prices.new_product import (
    Listings,
    NewPrice,
)
from shop_personalize.ml.optimize.prices.new_product.brands import NamedBrands
from shop_personalize.ml.optimize.prices.new_product.explaining import pulls
from shop_personalize.ml.optimize.prices.new_product.summaries import Summaries
from shop_personalize.ml.optimize.prices.sales import PriceError

BRANDS = {"Nike": 3.0, "Gucci": 6.0, "Zara": 2.5, "": 2.0}
THINGS = {"shirt": 0.0, "鞋子": 0.4, "bag": 0.8, "coat": 1.2}
NOISE = 0.1


def shop(rows: int, seed: int) -> tuple[Listings, np.ndarray]:
    """Log price = brand + thing + 0.3 if new + noise."""
    rng = np.random.default_rng(seed)
    brands = rng.choice(list(BRANDS), rows)
    things = rng.choice(list(THINGS), rows)
    new = rng.integers(2, size=rows)
    logs = [BRANDS[b] + THINGS[t] for b, t in zip(brands, things, strict=True)]
    listings = Listings(
        titles=[f"{b} {t}" for b, t in zip(brands, things, strict=True)],
        brands=brands.tolist(),
        categories=[("Fashion", str(thing)) for thing in things],
        attributes={"condition": ["new" if each else "used" for each in new]},
    )
    return listings, np.exp(logs + 0.3 * new + NOISE * rng.standard_normal(rows))


@pytest.fixture(scope="module")
def learned() -> NewPrice:
    return NewPrice().fit(*shop(600, seed=0))


def test_it_errs_hardly_more_than_the_noise(learned: NewPrice) -> None:
    listings, prices = shop(500, seed=1)
    price = learned.predict(listings).price
    assert np.sqrt(np.mean(np.log(price / prices) ** 2)) < 1.15 * NOISE


def test_the_interval_holds_the_share_it_promises(learned: NewPrice) -> None:
    listings, prices = shop(1000, seed=2)
    price, low, high = learned.predict(listings)
    assert ((low <= price) & (price <= high)).all()
    inside = ((low <= prices) & (prices <= high)).mean()
    assert inside == pytest.approx(0.8, abs=0.06)


def test_a_wider_level_gives_wider_intervals() -> None:
    listings, prices = shop(100, seed=0)
    narrow = (
        NewPrice(folds=3, nets=0, level=0.5).fit(listings, prices).predict(listings)
    )
    wide = NewPrice(folds=3, nets=0, level=0.9).fit(listings, prices).predict(listings)
    np.testing.assert_array_equal(narrow.price, wide.price)
    assert (wide.high / wide.low > narrow.high / narrow.low).all()


def test_the_same_seed_gives_the_same_prices() -> None:
    listings, prices = shop(100, seed=0)
    first, second = (NewPrice(folds=2).fit(listings, prices) for _ in range(2))
    for one, other in zip(
        first.predict(listings), second.predict(listings), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_prices_in_another_currency_are_the_same_prices() -> None:
    listings, prices = shop(100, seed=0)
    one = NewPrice(folds=3, nets=0).fit(listings, prices).predict(listings)
    other = NewPrice(folds=3, nets=0).fit(listings, 1000 * prices).predict(listings)
    np.testing.assert_allclose(other.price, 1000 * one.price, rtol=0.01)


def test_a_brand_named_in_the_title_alone_counts(learned: NewPrice) -> None:
    given = Listings(
        ["Gucci coat", "Gucci coat"],
        brands=["Gucci", ""],
        categories=[("Fashion", "coat")] * 2,
        attributes={"condition": ["new", "new"]},
    )
    price = learned.predict(given).price
    assert price[0] == price[1]
    assert price[0] > 500


def test_nothing_known_of_a_product_still_gives_a_price(learned: NewPrice) -> None:
    given = Listings(
        ["", "完全未知", "something else"],
        brands=["", "Nobody", ""],
        categories=[(), ("Elsewhere", "?", "!"), ("Fashion",)],
        attributes={"condition": ["", None, "broken"]},
    )
    _, prices = shop(600, seed=0)
    price, low, high = learned.predict(given)
    assert (prices.min() <= low).all()
    assert (low <= price).all()
    assert (price <= high).all()
    assert (high <= prices.max()).all()


def test_no_products_have_no_prices(learned: NewPrice) -> None:
    none = learned.predict(Listings([], attributes={"condition": []}))
    assert [len(each) for each in none] == [0, 0, 0]


def test_listings_without_a_word_are_priced_by_attributes() -> None:
    grade = np.arange(200) % 2
    listings = Listings([""] * 200, attributes={"grade": grade.tolist()})
    found = NewPrice(folds=3, nets=0).fit(listings, np.where(grade, 40.0, 10.0))
    price = found.predict(listings.take([0, 1])).price
    np.testing.assert_allclose(price, [10, 40], rtol=0.05)


def test_what_pulls_a_price_is_told(learned: NewPrice) -> None:
    given, _ = shop(30, seed=3)
    row = given.brands.index("Gucci")
    reasons = learned.explain(given, row)
    brand = next(each for each in reasons if each[:2] == ("brand", "Gucci"))
    assert brand.factor > 1.2
    strength = [abs(np.log(each.factor)) for each in reasons]
    assert strength == sorted(strength, reverse=True)


def test_pulls_are_exact_and_spellings_summed() -> None:
    row = sp.csr_matrix(np.array([[0.5, 2.0, 1.0, 1.0, 0.0]]))
    terms = [
        ("title", "bag"),
        ("text", "bag"),
        ("spelling", "ba"),
        ("spelling", "ag"),
        ("brand", "Zara"),
    ]
    found = pulls(row, np.array([1.0, 0.25, -0.1, -0.2, 9.0]), terms, 5)
    assert [each[:2] for each in found] == [("word", "bag"), ("spelling", "")]
    factors = [each.factor for each in found]
    np.testing.assert_allclose(factors, np.exp([1.0, -0.3]))


def test_what_is_one_thing_to_a_reader_is_told_once() -> None:
    terms = [
        ("title", "bag"),
        ("text", "bag"),
        ("stem", "bag"),
        ("spelling", "ba"),
        ("text spelling", "ag"),
        ("style", "! 1"),
        ("style", "Women / ! 1"),
    ]
    row = sp.csr_matrix(np.ones((1, len(terms))))
    found = pulls(row, np.array([0.1, 0.2, 0.3, 0.1, 0.1, -0.2, -0.2]), terms, 5)
    assert [each[:2] for each in found] == [
        ("word", "bag"),
        ("style", ""),
        ("spelling", ""),
    ]
    factors = [each.factor for each in found]
    np.testing.assert_allclose(factors, np.exp([0.6, -0.4, 0.2]))


def test_a_word_that_is_rarely_the_brand_names_none() -> None:
    titles = ["Pink Fox scarf"] * 3 + ["pink dress"] * 4 + ["Free People top"] * 3
    brands = ["Pink"] * 3 + ["Zara"] * 4 + ["Free People"] * 3
    named = NamedBrands().fit(titles, brands)
    assert named.known_ == {"free people": "Free People"}
    assert named.fill(["a FREE PEOPLE bag", "pink bag", "x"], ["", "", "Y"]) == [
        "Free People",
        "",
        "Y",
    ]


def test_means_leave_out_the_rows_of_the_own_fold() -> None:
    listings = Listings(["a"] * 4, brands=["X", "X", "X", "Y"])
    target = np.array([1.0, 2.0, 6.0, 3.0])
    summaries = Summaries().fit(listings, target)
    fold = np.array([0, 1, 1, 0])
    brand = summaries.without_own(listings, target, fold)[:, 2:4]
    mean = (1 - 3 + 2 - 3 + 6 - 3) / (3 + 10)
    np.testing.assert_allclose(
        brand,
        [
            [(-1 + 3) / 12, np.log(3)],
            [-2 / 11, np.log(2)],
            [-2 / 11, np.log(2)],
            [0, 0],
        ],
    )
    np.testing.assert_allclose(summaries.of(listings)[0, 2:4], [mean, np.log(4)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"prices": [0.0]}, "price of product 7: above 0, not 0"),
        ({"prices": [-2.0]}, "price of product 7: above 0, not -2"),
        ({"prices": [np.nan]}, "price of product 7: above 0, not nan"),
        ({"same": True}, "every price is 3: nothing can be learned"),
        ({"rows": 49}, "49 priced products are too few to learn from: 50 or more"),
        ({"folds": 1}, "folds: 2 or more"),
        ({"ridge": 0.0}, "ridge: above 0, not 0"),
    ],
)
def test_what_cannot_be_learned_from_is_named(
    change: dict[str, Any], said: str
) -> None:
    listings, prices = shop(change.get("rows", 60), seed=0)
    if "prices" in change:
        prices[7:8] = change["prices"]
    if "same" in change:
        prices[:] = 3
    settings = {name: change[name] for name in ("folds", "ridge") if name in change}
    with pytest.raises(PriceError, match=said):
        NewPrice(**settings).fit(listings, prices)


def test_fields_of_other_lengths_are_named() -> None:
    with pytest.raises(PriceError, match="brands has 1 entries for 2 titles"):
        Listings(["a", "b"], brands=["x"])
    with pytest.raises(PriceError, match="attribute size has 3 entries for 2 titles"):
        Listings(["a", "b"], attributes={"size": [1, 2, 3]})
    with pytest.raises(PriceError, match=r"prices is \(3,\)"):
        NewPrice().fit(Listings(["a", "b"]), np.ones(3))


def test_what_is_unknown_may_be_none() -> None:
    none: Any = None
    given = Listings([none, "a"], brands=[none, "x"], categories=[none, ("A", "", "B")])
    assert (given.titles, given.texts) == (["", "a"], ["", ""])
    assert given.brands == ["", "x"]
    assert given.categories == [(), ("A", "B")]
    assert Listings(["a"], categories=["Shoes"]).categories == [("Shoes",)]


def test_an_attribute_learned_from_must_be_given(learned: NewPrice) -> None:
    with pytest.raises(PriceError, match="attribute condition was learned from"):
        learned.predict(Listings(["a"]))

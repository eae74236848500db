"""In place of what is sold out, and for words that found nothing."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.recommenders.matching import Matching
from shop_personalize.ml.recommenders.substitutes import Substitutes
from shop_personalize.ml.words import nearest, words_of
from tests.ml.build import described, names, shop

TITLES = {
    "red mug": "Red enamel mug",
    "blue mug": "Blue enamel mug",
    "gold mug": "Golden enamel mug",
    "mug poster": "Poster of an enamel mug",
    "mug tree": "Tall wooden tree for an enamel mug",
    "candle": "Candle",
}
CATEGORIES = dict.fromkeys(TITLES, ("Kitchen",)) | {"mug poster": ("Pictures",)}
PRICES = dict.fromkeys(TITLES, 5.0) | {"gold mug": 90.0}


def in_place_of_the_red_mug(*orders: tuple[str, ...]) -> list[str]:
    rows = [
        (number, item, "purchase", 50.0, number)
        for number, order in enumerate(orders)
        for item in order
    ]
    data = shop(rows, list(TITLES))
    data = described(data, titles=TITLES, categories=CATEGORIES, prices=PRICES)
    fitted = Substitutes(alike=0.3).fit(data)
    known = fitted.knowledge_
    assert isinstance(known, ItemNeighbors)
    code = int(data.ids.codes(["red mug"])[0])
    return names(data, known.row(code)[0].tolist())
    return fitted


def test_same_category_first_then_near_in_price_never_what_is_not_alike() -> None:
    assert in_place_of_the_red_mug() == [
        "blue mug",
        "mug tree",
        "gold mug",
        "mug poster",
    ]


def test_what_is_bought_along_with_it_is_no_substitute_unless_it_reads_alike() -> None:
    together = [("red mug", "mug tree", "blue mug")] * 8 + [("candle",)] * 20
    assert in_place_of_the_red_mug(*together) == ["blue mug", "gold mug", "mug poster"]


def test_an_unknown_price_neither_helps_nor_hurts() -> None:
    data = shop([], list(TITLES))
    data = described(data, titles=TITLES, categories=CATEGORIES)
    fitted = Substitutes().fit(data)
    code = int(data.ids.codes(["red mug"])[0])
    known = fitted.knowledge_
    assert isinstance(known, ItemNeighbors)
    near, scores = known.row(code)
    found = dict(zip(names(data, near.tolist()), scores.tolist(), strict=True))
    assert found["gold mug"] == pytest.approx(found["blue mug"])


def test_each_word_has_its_products_the_rare_word_and_the_title_weigh_more() -> None:
    data = shop([(0, "b", "purchase", 99.0), (1, "b", "purchase", 99.0)], ["a", "b"])
    data = described(
        data,
        titles={"a": "Owl mug", "b": "Red mugs"},
        categories={"a": ("Owls",), "b": ("Owls",)},
    )
    known = Matching().fit(data).knowledge_.to_arrays()
    words = [name.decode() for name in known["groups"]]
    assert words == ["", "mug", "owl", "red"]
    ranked = {
        word: names(data, known["items"][start:stop].tolist())
        for word, start, stop in zip(
            words, known["indptr"], known["indptr"][1:], strict=False
        )
    }
    # Both hold "owl", one in its title; of the mugs the one that sells comes first.
    assert ranked == {"": ["b"], "mug": ["b", "a"], "owl": ["a", "b"], "red": ["b"]}
    assert known["scores"][1] == pytest.approx(np.log1p(1.0) * 1.25)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Red MUGS, café", ["red", "mug", "cafe"]),
        ("glass dress 2024 x", ["glass", "dress"]),
        ("红色马克杯", ["红", "色", "马", "克", "杯"]),
        ("가방", ["가", "방"]),
        ("<script>alert(1)</script>", ["script", "alert", "script"]),
        ("\ud800\x00", []),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


def test_a_word_that_is_not_known_means_a_longer_or_a_misspelled_one() -> None:
    known = ["mug", "muffin", "mughouse", "music"]
    assert nearest("mugh", known) == ["mughouse"]
    assert nearest("muffn", known) == ["muffin"]
    assert nearest("zebra", known) == []

"""The collaborative family, each method against its formula on small matrices."""

from __future__ import annotations

import builtins
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

from shop_personalize.ml.knowledge import Factors, Histories, ItemNeighbors, Query
from shop_personalize.ml.recommenders import ease, with_implicit
from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.alternating import alternate
from shop_personalize.ml.recommenders.bpr import Bpr
from shop_personalize.ml.recommenders.ease import Ease, dense_weights
from shop_personalize.ml.recommenders.item_item import ItemItem
from shop_personalize.ml.recommenders.likelihood import likelihood_ratio
from shop_personalize.ml.recommenders.local_ridge import local_weights
from shop_personalize.ml.recommenders.pairwise import rank_pairs
from shop_personalize.ml.recommenders.similarity import by_owners, by_product
from shop_personalize.ml.recommenders.svd import Svd
from shop_personalize.ml.recommenders.user_user import UserUser
from tests.ml.build import shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

# a and b share two people, a and c one, b and c one, d has a person of its own.
HELD = {0: "ab", 1: "abc", 2: "a", 3: "c", 4: "d"}
needs_implicit = pytest.mark.skipif(
    find_spec("implicit") is None, reason="implicit is not installed"
)


def small() -> TrainingData:
    return shop(
        [(v, item, "purchase", 50.0) for v, items in HELD.items() for item in items]
    )


def random_pairs(owners: int = 60, items: int = 20, share: float = 0.3) -> Any:
    rng = np.random.default_rng(0)
    found = (rng.random((owners, items)) < share).astype(np.float32)
    return sparse.csr_array(found)


def edge(fitted: Any, first: str, second: str) -> float:
    codes = {"a": 0, "b": 1, "c": 2, "d": 3}
    indices, data = fitted.knowledge_.row(codes[first])
    return float(
        dict(zip(indices.tolist(), data.tolist(), strict=True)).get(codes[second], 0.0)
    )


# --- item-item -------------------------------------------------------------------

PLAIN: dict[str, Any] = {"active": 0.0, "min_support": 1}


def test_cosine_jaccard_and_likelihood_by_hand() -> None:
    cosine = ItemItem(**PLAIN).fit(small())
    assert edge(cosine, "a", "b") == pytest.approx(2 / np.sqrt(3 * 2))
    assert edge(cosine, "c", "a") == pytest.approx(1 / np.sqrt(2 * 3))
    jaccard = ItemItem("jaccard", **PLAIN).fit(small())
    assert edge(jaccard, "a", "b") == pytest.approx(2 / 3)
    ratio = ItemItem("likelihood", **PLAIN).fit(small())
    assert edge(ratio, "b", "a") == pytest.approx(float(likelihood_ratio(2, 2, 3, 5)))
    assert edge(ratio, "a", "c") == 0.0  # Rarer than chance: 1 < 3 x 2 / 5.


def test_shrinkage_support_and_popularity_by_hand() -> None:
    shrunk = ItemItem("jaccard", shrink=2.0, **PLAIN).fit(small())
    assert edge(shrunk, "a", "b") == pytest.approx(2 / 3 * 2 / 4)
    assert edge(shrunk, "a", "c") == pytest.approx(1 / 4 * 1 / 3)
    two = ItemItem(active=0.0, min_support=2).fit(small())
    assert (edge(two, "a", "b") > 0, edge(two, "a", "c")) == (True, 0.0)
    rare = ItemItem("jaccard", popular=1.0, **PLAIN).fit(small())
    assert edge(rare, "b", "a") == pytest.approx(2 / 3 / 3)
    assert edge(rare, "a", "b") == pytest.approx(2 / 3 / 2)


def test_who_holds_much_says_less() -> None:
    fitted = ItemItem(active=0.5, min_support=1).fit(small())
    # A person's entries count 1 / size: a 1/2 + 1/3 + 1, c 1/3 + 1, together 1/3.
    assert edge(fitted, "a", "c") == pytest.approx(
        1 / 3 / np.sqrt((1 / 2 + 1 / 3 + 1) * (1 / 3 + 1))
    )


def test_one_product_counts_and_weighs_as_two_do() -> None:
    pairs = random_pairs(owners=300)
    worth = 1.0 / np.maximum(np.diff(pairs.indptr), 1)
    limits = {"k": 7, "shrink": 3.0, "min_support": 25}
    once = by_owners(pairs, worth, **limits)  # type: ignore[arg-type]
    scaled = sparse.csr_array(sparse.diags_array(worth**0.5) @ pairs)
    twice = by_product(scaled, **limits)  # type: ignore[arg-type]
    assert len(once.indices) > 50
    np.testing.assert_array_equal(once.indices, twice.indices)
    np.testing.assert_array_equal(once.support, twice.support)
    np.testing.assert_allclose(once.data, twice.data, rtol=1e-5)


def test_adjusted_cosine_compares_with_ones_own_mean() -> None:
    # Both like a more than b by kind, so a and b are opposites and c, at the mean,
    # tells nothing.
    kinds = {"a": "purchase", "b": "view", "c": "add_to_cart"}
    rows = [(v, item, kind, 50.0) for v in range(3) for item, kind in kinds.items()]
    assert edge(ItemItem("adjusted", **PLAIN).fit(shop(rows)), "a", "b") == 0.0
    # One who likes d as much as a makes them alike.
    rows += [(0, "d", "purchase", 50.0), (1, "d", "purchase", 50.0)]
    assert edge(ItemItem("adjusted", **PLAIN).fit(shop(rows)), "a", "d") > 0.5


def test_an_unknown_similarity_is_named() -> None:
    with pytest.raises(ValueError, match="similarity: 'dice', needed is one of cosine"):
        ItemItem("dice").fit(small())
    with pytest.raises(ValueError, match="similarity: 'dice', needed is one of cosine"):
        UserUser("dice").fit(small())


# --- user-user -------------------------------------------------------------------


def people(fitted: Any, *codes: int) -> dict[int, float]:
    query = Query(np.array(codes, np.int64), np.ones(len(codes)))
    found = fitted.knowledge_.candidates(query, 10)
    scores = dict(zip(found.items.tolist(), found.scores.tolist(), strict=True))
    return {code: float(score) for code, score in scores.items()}


def test_people_alike_vote_with_their_cosine() -> None:
    fitted = UserUser(rarity=0.0, power=1.0, popular=0.0, min_support=1).fit(small())
    assert isinstance(fitted.knowledge_, Histories)
    # Asked with {b}: visitor 0 holds ab (1/sqrt 2), visitor 1 abc (1/sqrt 3).
    found = people(fitted, 1)
    assert found == pytest.approx(
        {1: 2**-0.5 + 3**-0.5, 0: 2**-0.5 + 3**-0.5, 2: 3**-0.5}
    )


def test_people_compared_as_sets() -> None:
    fitted = UserUser("jaccard", power=2.0, popular=0.0, min_support=1).fit(small())
    # {b, c} against ab: 1 of 3, abc: 2 of 3, c: 1 of 2.
    assert people(fitted, 1, 2)[0] == pytest.approx((1 / 3) ** 2 + (2 / 3) ** 2)
    assert people(fitted, 1, 2)[2] == pytest.approx((2 / 3) ** 2 + (1 / 2) ** 2)


def test_shrinkage_and_support_of_people() -> None:
    plain: dict[str, Any] = {"rarity": 0.0, "power": 1.0, "popular": 0.0}
    fitted = UserUser(shrink=1.0, min_support=1, **plain).fit(small())
    assert people(fitted, 1)[2] == pytest.approx(1 / (np.sqrt(3) + 1))
    assert 2 not in people(UserUser(min_support=2, **plain).fit(small()), 1)


# --- EASE ------------------------------------------------------------------------


def test_ease_solves_every_regression() -> None:
    pairs = random_pairs()
    dense = pairs.toarray().astype(float)
    found = dense_weights(pairs, 5.0)
    for item in range(dense.shape[1]):
        others = np.delete(np.arange(dense.shape[1]), item)
        gram = dense[:, others].T @ dense[:, others] + 5.0 * np.eye(len(others))
        expected = np.linalg.solve(gram, dense[:, others].T @ dense[:, item])
        np.testing.assert_allclose(found[others, item], expected, atol=1e-5)
    assert np.abs(np.diag(found)).max() == 0


def test_ease_mirrors_its_solution_block_by_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = dense_weights(random_pairs(), 5.0)
    monkeypatch.setattr(ease, "ROWS_AT_ONCE", 7)
    np.testing.assert_array_equal(dense_weights(random_pairs(), 5.0), whole)


def test_local_ridge_with_all_items_near_is_ease() -> None:
    pairs = random_pairs(share=0.6)
    assert (pairs.T @ pairs).toarray().min() > 0
    local = local_weights(pairs, reg=5.0, near=19).toarray()
    np.testing.assert_allclose(local, dense_weights(pairs, 5.0), atol=1e-5)


def test_ease_keeps_negative_weights_and_the_largest_in_size() -> None:
    rows = [(v, i, "view", 1.0) for v in range(30) for i in ("ab" if v % 2 else "ac")]
    fitted = Ease(reg=1.0).fit(shop(rows))
    assert isinstance(fitted.knowledge_, ItemNeighbors)
    assert edge(fitted, "b", "c") < 0 < edge(fitted, "b", "a")
    assert edge(Ease(reg=1.0, k=1).fit(shop(rows)), "b", "a") in {
        0.0,
        edge(fitted, "b", "a"),
    }


def test_ease_of_a_large_catalog_is_local() -> None:
    fitted = Ease(reg=1.0, min_support=1, dense_items=2, near=3).fit(small())
    whole = Ease(reg=1.0, min_support=1).fit(small())
    for pair in ("ab", "ba", "ac", "bc"):
        assert edge(fitted, *pair) == pytest.approx(edge(whole, *pair), abs=1e-5)


def test_a_ridge_must_be_positive() -> None:
    for made in (Ease(reg=0.0), Als(reg=-1.0), Bpr(ridge=0.0)):
        with pytest.raises(ValueError, match="needed"):
            made.fit(small())


# --- factors ---------------------------------------------------------------------


def test_svd_of_full_rank_gives_back_the_history() -> None:
    pairs = random_pairs(owners=40, items=6)
    rows = [
        (int(u), f"i{i}", "view", 1.0) for u, i in zip(*pairs.nonzero(), strict=True)
    ]
    fitted = Svd(factors=6, active=0.25, popular=0.25).fit(shop(rows))
    assert isinstance(fitted.knowledge_, Factors)
    query = Query(np.array([4, 1]), np.array([1.0, 0.5]))
    found = fitted.knowledge_.candidates(query, 2)
    assert found.items.tolist() == [4, 1]
    np.testing.assert_allclose(found.scores, [1.0, 0.5], atol=1e-5)
    assert found.because.tolist() == [4, 1]


def test_svd_of_few_factors_is_the_best_of_its_rank() -> None:
    pairs = random_pairs(owners=50, items=8)
    rows = [
        (int(u), f"i{i}", "view", 1.0) for u, i in zip(*pairs.nonzero(), strict=True)
    ]
    fitted = Svd(factors=2, active=0.0, popular=0.0).fit(shop(rows))
    _, _, axes = np.linalg.svd(pairs.toarray())
    expected = axes[:2].T @ axes[:2]
    known = fitted.knowledge_
    assert isinstance(known, Factors)
    np.testing.assert_allclose(known.item_factors @ known.voices.T, expected, atol=1e-3)


def loss(confidence: Any, items: Any, reg: float) -> float:
    """What the method minimizes, owners solved exactly for the items given."""
    extra = confidence.toarray().astype(float)
    liked = (extra > 0).astype(float)
    gram = items.T @ items
    total = reg * float((items**2).sum())
    for row, likes in zip(extra, liked, strict=True):
        weight = 1 + row
        system = gram + items.T @ (row[:, None] * items) + reg * np.eye(items.shape[1])
        mine = np.linalg.solve(system, items.T @ (weight * likes))
        total += float((weight * (likes - items @ mine) ** 2).sum() + reg * mine @ mine)
    return total


def test_alternating_reaches_the_minimum_of_exact_solutions() -> None:
    pairs = random_pairs()
    confidence = pairs * np.float32(8.0)
    found = alternate(confidence, factors=4, reg=1.0, iterations=40, seed=1)
    start = alternate(confidence, factors=4, reg=1.0, iterations=1, seed=1)
    rng = np.random.default_rng(1)
    items = rng.random((20, 4)) * 0.01
    extra = confidence.toarray().astype(float)
    for _ in range(40):
        mine = solved(extra, items)
        items = solved(extra.T, mine)
    best = loss(confidence, items, 1.0)
    assert loss(confidence, found.astype(float), 1.0) == pytest.approx(best, rel=0.02)
    assert loss(confidence, start.astype(float), 1.0) > best * 1.05


def solved(extra: Any, other: Any) -> Any:
    rows = []
    for row in extra:
        system = other.T @ ((1 + row)[:, None] * other) + np.eye(other.shape[1])
        rows.append(np.linalg.solve(system, other.T @ ((1 + row) * (row > 0))))
    return np.array(rows)


@needs_implicit
def test_both_engines_learn_the_same() -> None:
    confidence = random_pairs() * np.float32(8.0)
    same: dict[str, Any] = {"factors": 4, "reg": 1.0, "iterations": 40, "seed": 1}
    own = loss(confidence, alternate(confidence, **same).astype(float), 1.0)
    theirs = loss(confidence, with_implicit.als(confidence, **same).astype(float), 1.0)
    assert own == pytest.approx(theirs, rel=0.02)


def groups(engine: str, kind: type[Any], **params: Any) -> set[str]:
    """Two groups with items of their own; what one who has one item is answered."""
    rng = np.random.default_rng(3)
    rows = []
    for visitor in range(60):
        mine = "abcde" if visitor % 2 else "vwxyz"
        held = rng.choice(list(mine), 3, replace=False)
        rows += [(visitor, item, "purchase", 50.0) for item in held]
    data = shop(rows)
    fitted = kind(engine=engine, factors=2, **params).fit(data)
    first = int(data.ids.codes(["a"])[0])
    config = fitted.query_config_["kinds"]["purchase"]
    query = Query(np.array([first]), np.array([config]))
    return set(data.ids.texts(fitted.knowledge_.candidates(query, 5).items))


ENGINES = ["own", pytest.param("implicit", marks=needs_implicit)]


@pytest.mark.parametrize("engine", ENGINES)
def test_factors_keep_groups_apart(engine: str) -> None:
    assert groups(engine, Als, reg=1.0) == set("abcde")
    assert groups(engine, Bpr, epochs=100, ridge=1.0) == set("abcde")


def test_pairs_rank_what_is_held_above_the_rest() -> None:
    liked = sparse.csr_array(np.kron(np.eye(2), np.ones((10, 4))).astype(np.float32))
    items = rank_pairs(liked, factors=3, reg=0.01, rate=0.1, epochs=60, seed=0)
    assert items.shape == (8, 4)
    inside, across = items[0, :3] @ items[1, :3], items[0, :3] @ items[5, :3]
    assert inside > 0 > across


def test_a_missing_library_explains_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_implicit, "find_spec", lambda _: None)
    assert with_implicit.chosen("auto") == "own"
    with pytest.raises(ImportError, match=r"pip install django-shop-personalize\[impl"):
        Als(engine="implicit").fit(small())
    with pytest.raises(ValueError, match="engine: 'cuda', needed is one of auto"):
        Als(engine="cuda").fit(small())


def test_the_core_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == "implicit":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr(with_implicit, "find_spec", lambda _: None)
    for made in (Als(), Bpr()):
        assert isinstance(made.fit(small()).knowledge_, Factors)


def test_nothing_fades_unless_asked_and_then_by_kind() -> None:
    data = small()
    old = replace(data, time=np.where(data.visitor == 1, 0.0, 50.0))
    plain, faded = ItemItem(**PLAIN), ItemItem(decay_days=10.0, **PLAIN)
    assert edge(plain.fit(old), "b", "c") == edge(plain.fit(data), "b", "c")
    assert edge(faded.fit(old), "b", "c") < edge(plain.fit(old), "b", "c")

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from shop_personalize.ml.knowledge import NOBODY, Query, RatedFactors
from shop_personalize.ml.ratings import (
    Baseline,
    GradientFactors,
    RatingModel,
    SampledFactors,
    Triples,
    choose_rating,
)
from shop_personalize.ml.ratings.draws import draw_prior, draw_rows, draw_wishart
from shop_personalize.ml.ratings.fold_in import rated_factors
from shop_personalize.ml.ratings.link import Link, unit_rows
from shop_personalize.ml.recommenders.rated import Rated, latest_ratings
from shop_personalize.ml.serving import History, answer
from tests.ml.build import names, shop

SHAPE = (3, 2)
MODELS = [
    Baseline(),
    GradientFactors(factors=2, epochs=3),
    SampledFactors(factors=2, sweeps=6, burn_in=2),
]
every = pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)


def rmse(model: RatingModel, triples: Triples) -> float:
    error = model.predict(triples.users, triples.items) - triples.values
    return float(np.sqrt(np.mean(error**2)))


def tastes(seed: int = 0) -> tuple[Triples, Triples]:
    """40 users of two tastes, 30 items of two kinds: 5 for one's own kind, else 1."""
    rng = np.random.default_rng(seed)
    users, items = np.divmod(np.arange(40 * 30), 30)
    values = np.where(users % 2 == items % 2, 5.0, 1.0)
    known = rng.random(len(users)) < 0.4
    every = Triples(users, items, values, (40, 30))
    return every.where(known), every.where(~known)


# --- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([0, 1], [0, 1], [1.0, np.nan]), "ratings must be finite"),
        (([0, 1], [0, 1], [1.0, np.inf]), "ratings must be finite"),
        (([0, 3], [0, 1], [1.0, 2.0]), r"users must lie in 0\.\.2, not 0\.\.3"),
        (([0, 1], [-1, 1], [1.0, 2.0]), r"items must lie in 0\.\.1, not -1\.\.1"),
        (([0, 1], [0, 1], [1.0]), "equally long, not 2, 2 and 1"),
        (([0.5], [0], [1.0]), "users must be one column of whole numbers"),
        (([0, 1, 0], [1, 0, 1], [1.0, 2.0, 3.0]), r"the pair \(0, 1\) is rated twice"),
    ],
)
@every
def test_bad_columns_are_named(
    model: RatingModel, columns: tuple[Any, Any, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        model.fit(*columns, SHAPE)


@every
def test_features_must_fit_the_shape(model: RatingModel) -> None:
    with pytest.raises(ValueError, match="user_features must have one row each of 3"):
        model.fit([0], [0], [1.0], SHAPE, user_features=np.ones((2, 1)))
    with pytest.raises(ValueError, match="item_features must be finite"):
        model.fit([0], [0], [1.0], SHAPE, item_features=[[np.nan], [1.0]])


# --- what every model keeps ----------------------------------------------------------


@every
def test_without_a_rating_nothing_is_known(model: RatingModel) -> None:
    assert model.fit([], [], [], (0, 0)).predict([], []).tolist() == []
    assert model.fit([], [], [], SHAPE).predict([0, -1], [1, 9]).tolist() == [0.0, 0.0]


@every
def test_one_opinion_is_all_there_is(model: RatingModel) -> None:
    model.fit([1], [0], [4.0], SHAPE)
    assert model.predict([1, 0, 7], [0, 1, -1]).tolist() == [4.0, 4.0, 4.0]


@every
def test_strangers_get_the_biases(model: RatingModel) -> None:
    columns = [0, 0, 1, 1], [0, 1, 0, 1], [5.0, 3.0, 3.0, 1.0]
    model.fit(*columns, SHAPE)
    biases = Baseline().fit(*columns, SHAPE).biases_
    asked = [2, -1, 99, 0, -1], [0, 0, 1, 2, 2]
    expected = [
        3 + biases.items[0],
        3 + biases.items[0],
        3 + biases.items[1],
        3 + biases.users[0],
        3.0,
    ]
    np.testing.assert_allclose(model.predict(*asked), expected)


@every
def test_the_same_seed_says_the_same(model: RatingModel) -> None:
    known, hidden = tastes()
    columns = known.users, known.items, known.values, known.shape
    first = model.fit(*columns).predict(hidden.users, hidden.items)
    again = model.fit(*columns).predict(hidden.users, hidden.items)
    np.testing.assert_array_equal(first, again)


@given(
    rated=st.dictionaries(
        st.tuples(st.integers(0, 4), st.integers(0, 3)),
        st.floats(-10, 10, width=16),
        min_size=1,
    )
)
@settings(max_examples=30, deadline=None)
@every
def test_predictions_stay_on_the_scale(
    model: RatingModel, rated: dict[tuple[int, int], float]
) -> None:
    users, items = np.array(list(rated)).T
    values = np.array(list(rated.values()))
    model.fit(users, items, values, (5, 4))
    found = model.predict(*np.divmod(np.arange(20), 4))
    assert ((found >= values.min()) & (found <= values.max())).all()


# --- the biases ----------------------------------------------------------------------


def test_biases_are_damped_means() -> None:
    # One item, rated 5 and 1 by two users: the mean is 3 and the item lies on it, so a
    # user's deviation is 2 beside five of 0.
    model = Baseline().fit([0, 1], [0, 0], [5.0, 1.0], (2, 1))
    assert model.biases_.mean == 3.0
    np.testing.assert_allclose(model.biases_.users, [2 / 6, -2 / 6])
    np.testing.assert_allclose(model.biases_.items, [0.0])
    np.testing.assert_allclose(model.predict([0, 1], [0, 0]), [3 + 1 / 3, 3 - 1 / 3])


# --- gradient descent ----------------------------------------------------------------


def test_a_batch_of_one_is_plain_descent() -> None:
    known, _ = tastes()
    known = known.where(np.arange(25))
    model = GradientFactors(factors=3, epochs=2, rate=0.05, damping=0.1, batch=1)
    model.fit(known.users, known.items, known.values, known.shape)
    users, items = _plain_descent(model, known)
    np.testing.assert_allclose(model.users_, users)
    np.testing.assert_allclose(model.items_, items)


def _plain_descent(model: GradientFactors, known: Triples) -> tuple[Any, Any]:
    """Koren, Bell, Volinsky (2009), eq. 5, rating by rating."""
    rng = np.random.default_rng(model.seed)
    p, q = (rng.normal(0, 0.1, (size, model.factors)) for size in known.shape)
    b, c = model.biases_.users.copy(), model.biases_.items.copy()
    for _ in range(model.epochs):
        for at in rng.permutation(len(known)):
            u, i = known.users[at], known.items[at]
            e = known.values[at] - model.biases_.mean - b[u] - c[i] - p[u] @ q[i]
            b[u] += model.rate * (e - model.damping * b[u])
            c[i] += model.rate * (e - model.damping * c[i])
            p[u], q[i] = (
                p[u] + model.rate * (e * q[i] - model.damping * p[u]),
                q[i] + model.rate * (e * p[u] - model.damping * q[i]),
            )
    return np.column_stack([p, b]), np.column_stack([q, c])


def test_descent_finds_tastes() -> None:
    known, hidden = tastes()
    columns = known.users, known.items, known.values, known.shape
    model = GradientFactors(factors=4, epochs=300, rate=0.02, damping=0.02, batch=50)
    assert rmse(model.fit(*columns), hidden) < 0.5
    assert rmse(Baseline().fit(*columns), hidden) > 1.9


# --- sampling ------------------------------------------------------------------------


def test_rows_are_drawn_from_their_normal() -> None:
    precision = np.array([[2.0, 0.5], [0.5, 1.0]])
    many = np.repeat(precision[None], 40_000, axis=0)
    weighted = np.tile([1.0, 2.0], (40_000, 1))
    drawn = draw_rows(many, weighted, np.random.default_rng(0))
    covariance = np.linalg.inv(precision)
    np.testing.assert_allclose(drawn.mean(0), covariance @ [1.0, 2.0], atol=0.02)
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.02)


def test_wishart_has_its_mean() -> None:
    scatter = np.array([[2.0, 0.5], [0.5, 1.0]])
    rng = np.random.default_rng(0)
    mean = np.mean([draw_wishart(7.0, scatter, rng) for _ in range(20_000)], axis=0)
    np.testing.assert_allclose(mean, 7 * np.linalg.inv(scatter), atol=0.1)


def test_the_prior_of_many_rows_is_where_they_are() -> None:
    rng = np.random.default_rng(0)
    rows = rng.multivariate_normal([1.0, -2.0], [[1.0, 0.6], [0.6, 2.0]], size=50_000)
    mean, precision = draw_prior(rows, np.zeros((0, 2)), 1.0, rng)
    np.testing.assert_allclose(mean, [1.0, -2.0], atol=0.03)
    np.testing.assert_allclose(
        np.linalg.inv(precision), [[1.0, 0.6], [0.6, 2.0]], atol=0.05
    )


def test_a_link_without_noise_is_ridge_regression() -> None:
    rng = np.random.default_rng(0)
    facts, rows = rng.normal(size=(20, 6)), rng.normal(size=(20, 3))
    link = Link(sparse.csr_matrix(facts), 3)
    link.draw(rows, 1e18 * np.eye(3), rng)
    ridge = np.linalg.solve(facts.T @ facts + 10 * np.eye(6), facts.T @ rows)
    np.testing.assert_allclose(link.says(), facts @ ridge, atol=1e-6)


def test_a_row_of_facts_has_length_one() -> None:
    table = sparse.csr_matrix(np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 0.0]]))
    expected = [[0.6, 0.8], [0.0, 0.0], [1.0, 0.0]]
    np.testing.assert_allclose(unit_rows(table).toarray(), expected)


def test_sampling_finds_tastes() -> None:
    known, hidden = tastes()
    model = SampledFactors(factors=3, sweeps=80, burn_in=30, implicit=False)
    model.fit(known.users, known.items, known.values, known.shape)
    assert rmse(model, hidden) < 0.3


def test_facts_tell_of_a_taste_before_it_is_rated() -> None:
    # Users 0 and 1 rated item 29 alone, which nobody else did.
    known, hidden = tastes()
    known = known.where((known.users < 2) == (known.items == 29))
    hidden = hidden.where((hidden.users < 2) & (hidden.items < 29))
    assert len(known.where(known.users < 2)) == 1
    columns = known.users, known.items, known.values, known.shape
    model = SampledFactors(factors=3, sweeps=120, burn_in=40, implicit=False)
    alone = rmse(model.fit(*columns), hidden)
    sides = [np.eye(2)[np.arange(size) % 2] for size in known.shape]
    model.fit(*columns, user_features=sides[0], item_features=sides[1])
    assert rmse(model, hidden) < 0.5 < 1.5 < alone


def test_the_unreliable_are_trusted_less() -> None:
    known, _ = tastes()
    rng = np.random.default_rng(1)
    noisy = known.users < 10
    values = np.where(noisy, rng.permutation(known.values), known.values)
    columns = known.users, known.items, values, known.shape
    same = SampledFactors(3, sweeps=80, burn_in=30, reliability=False).fit(*columns)
    told = SampledFactors(3, sweeps=80, burn_in=30).fit(*columns)
    careful = known.where(~noisy)
    assert rmse(told, careful) < rmse(same, careful)


def test_draws_kept_are_bounded() -> None:
    known, _ = tastes()
    model = SampledFactors(factors=2, sweeps=20, burn_in=4, draws=5)
    model.fit(known.users, known.items, known.values, known.shape)
    assert model.users_.shape == (4, 40, 3)
    assert model.items_.shape == (4, 30, 3)


# --- choosing ------------------------------------------------------------------------


def test_without_time_the_default_is_chosen() -> None:
    known, _ = tastes()
    columns = known.users, known.items, known.values, known.shape
    choice = choose_rating(*columns, budget_seconds=0, clock=lambda: 0.0)
    assert (choice.method, choice.params) == ("sampled", {})
    assert choice.score == choice.default_score
    assert choice.build().get_params() == SampledFactors().get_params()


def test_the_best_of_all_trials_is_chosen() -> None:
    rng = np.random.default_rng(0)
    users, items = np.divmod(np.arange(60), 6)
    values = rng.integers(1, 6, 60).astype(float)
    choice = choose_rating(
        users, items, values, (10, 6), clock=lambda: 0.0, folds=3, rounds=3
    )
    scores = [row["score"] for row in choice.table]
    assert [row["method"] for row in choice.table[:3]] == [
        "sampled",
        "gradient",
        "baseline",
    ]
    assert choice.default_score == scores[0]
    assert choice.score == min(scores)


def test_folds_must_be_possible() -> None:
    with pytest.raises(ValueError, match="folds must be 2 or more"):
        choose_rating([0], [0], [1.0], (1, 1), clock=lambda: 0.0, folds=1)


# --- serving -------------------------------------------------------------------------


def test_own_ratings_move_all_scores() -> None:
    knowledge = RatedFactors(
        item_factors=np.array([[1.0], [1.0], [-1.0], [1.0]]),
        offsets=np.array([3.0, 4.0, 4.5, 9.0]),
        precision=np.array([[1.0]]),
        prior=np.zeros(1),
        listed=np.array([True, True, True, False]),
    )
    unrated = knowledge.candidates(Query(), 5)
    assert unrated.items.tolist() == [2, 1, 0]
    # Item 0 is 2 above what was expected; half of it is taste, half chance.
    liked = Query(np.array([0]), np.ones(1), values=np.array([5.0]))
    found = knowledge.candidates(liked, 2)
    assert found.items.tolist() == [1, 0]
    np.testing.assert_allclose(found.scores, [5.0, 4.0])
    assert found.because.tolist() == [0, 0]
    disliked = Query(np.array([0]), np.ones(1), values=np.array([1.0]))
    found = knowledge.candidates(disliked, 3)
    assert found.items.tolist() == [2, 1, 0]
    np.testing.assert_allclose(found.scores, [5.5, 3.0, 2.0])
    assert found.because.tolist() == [0, NOBODY, NOBODY]


def test_folding_in_agrees_with_the_chain() -> None:
    known, hidden = tastes()
    model = SampledFactors(factors=3, sweeps=80, burn_in=30, implicit=False)
    model.fit(known.users, known.items, known.values, known.shape)
    knowledge = rated_factors(model, np.ones(30, bool))
    for user in (0, 1):
        mine, theirs = known.users == user, hidden.users == user
        items = known.items[mine]
        query = Query(items, np.ones(len(items)), values=known.values[mine])
        found = knowledge.candidates(query, 30)
        scores = np.empty(30)
        scores[found.items] = found.scores
        np.testing.assert_allclose(
            np.clip(scores[hidden.items[theirs]], 1, 5), hidden.values[theirs], atol=0.6
        )


def likes(item: str, value: float) -> History:
    code = np.array([int(item[1:])], np.int64)
    return History(code, ("rating",), np.ones(1), np.ones(1), np.array([value]))


def rated_shop() -> Any:
    """Even visitors like even items, odd ones odd items; i8 is rated once."""
    rows: list[Any] = [
        (visitor, f"i{item}", "rating", 1.0 + item, None, 1, stars)
        for visitor in range(20)
        for item in range(8)
        for stars in [5 if visitor % 2 == item % 2 else 1]
        if (visitor + item) % 3
    ]
    rows.append((0, "i8", "rating", 30.0, None, 1, 5))
    return shop(rows)


def test_taste_is_read_from_the_visitors_own_ratings() -> None:
    data = rated_shop()
    fitted = Rated(factors=2).fit(data)
    parts = fitted.knowledge_, fitted.query_config_, fitted.extras_
    even = answer(*parts, history=likes("i0", 5.0), n=4)
    assert sorted(names(data, even.items.tolist())) == ["i0", "i2", "i4", "i6"]
    odd = answer(*parts, history=likes("i0", 1.0), n=4)
    assert sorted(names(data, odd.items.tolist())) == ["i1", "i3", "i5", "i7"]
    everything = answer(*parts, history=likes("i0", 5.0), n=99)
    assert len(everything) == 8


def test_the_latest_rating_counts() -> None:
    rows = [
        (0, "a", "rating", 1.0, None, 1, 5),
        (0, "a", "rating", 3.0, None, 1, 2),
        (1, "a", "rating", 2.0, None, 1, 4),
        (1, "b", "rating", 2.0, None, 1, np.nan),
        (1, "b", "view", 4.0, None, 1, 9.5),
    ]
    kept = latest_ratings(shop(rows))
    assert kept.visitor.tolist() == [1, 0]
    assert kept.value.tolist() == [4.0, 2.0]


def test_a_changed_mind_counts_while_serving() -> None:
    data = rated_shop()
    fitted = Rated(factors=2).fit(data)
    parts = fitted.knowledge_, fitted.query_config_, fitted.extras_
    history = History(
        codes=np.array([0, 0, 3, 5], np.int64),
        kinds=("rating", "rating", "view", "rating"),
        ages=np.arange(4.0),
        quantities=np.ones(4),
        values=np.array([5.0, 1.0, 9.5, np.nan]),
    )
    found = answer(*parts, history=history, n=8)
    expected = answer(*parts, history=likes("i0", 5.0), n=8)
    np.testing.assert_array_equal(found.items, expected.items)
    np.testing.assert_array_equal(found.scores, expected.scores)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from shop_personalize.ml import metrics
from shop_personalize.ml.metrics import per_case

LISTS = [np.array([1, 2, 3]), np.array([4, 5]), np.array([], int)]
TRUTHS = [np.array([2, 9]), np.array([4, 5, 6, 7]), np.array([1])]
RELEVANT = np.array([2, 4, 1])
HITS = np.array([[False, True, False], [True, True, False], [False, False, False]])


def test_hits_mark_the_right_positions_and_pad_short_lists() -> None:
    np.testing.assert_array_equal(metrics.find_hits(LISTS, TRUTHS, 3), HITS)


def test_ndcg_cuts_the_ideal_at_k() -> None:
    d1, d2, d3 = 1.0, 1 / np.log2(3), 0.5
    first, second = d2 / (d1 + d2), (d1 + d2) / (d1 + d2 + d3)
    assert metrics.ndcg(HITS, RELEVANT) == pytest.approx((first + second) / 3)


def test_recall_precision_hit_rate() -> None:
    assert metrics.recall(HITS, RELEVANT) == pytest.approx((1 / 2 + 2 / 4 + 0) / 3)
    assert metrics.precision(HITS) == pytest.approx(3 / 9)
    assert metrics.hit_rate(HITS) == pytest.approx(2 / 3)


def test_mrr_is_the_first_right_position() -> None:
    assert metrics.mrr(HITS) == pytest.approx((1 / 2 + 1 + 0) / 3)


def test_average_precision() -> None:
    first, second = (1 / 2) / 2, (1 + 1) / 3
    assert metrics.mean_average_precision(HITS, RELEVANT) == pytest.approx(
        (first + second) / 3
    )


def test_a_perfect_list_scores_one_everywhere() -> None:
    hits, relevant = np.ones((2, 3), bool), np.array([3, 5])
    assert metrics.ndcg(hits, relevant) == pytest.approx(1)
    assert metrics.mean_average_precision(hits, relevant) == pytest.approx(1)
    assert metrics.mrr(hits) == 1


def test_no_cases_score_zero() -> None:
    hits, none = np.zeros((0, 10), bool), np.zeros(0, int)
    assert (
        metrics.ndcg(hits, none) == metrics.recall(hits, none) == metrics.mrr(hits) == 0
    )


def test_coverage_counts_items_shown_at_all() -> None:
    assert metrics.coverage([np.array([0, 1]), np.array([1, 2])], 6) == 0.5
    assert metrics.coverage([], 6) == 0


def test_gini_is_zero_for_equal_exposure_and_grows_with_concentration() -> None:
    assert metrics.gini([np.array([0, 1, 2, 3])], 4) == 0
    assert metrics.gini([np.array([0]), np.array([0])], 4) == pytest.approx(0.75)
    assert metrics.gini([], 4) == 0


def test_novelty_is_bits() -> None:
    shares = np.array([0.5, 0.25])
    assert metrics.novelty([np.array([0, 1])], shares) == pytest.approx(1.5)
    assert metrics.novelty([], shares) == 0


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    # precision 1/3, recall 1/2; precision 2/3, recall 2/4; nothing found
    first, second = 2 / 5, 2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4)
    assert per_case.f1(HITS, RELEVANT).tolist() == pytest.approx([first, second, 0])
    assert metrics.f1(HITS, RELEVANT) == pytest.approx((first + second) / 3)


def test_means_are_the_means_of_the_cases() -> None:
    for name in ("ndcg", "recall", "f1"):
        each = metrics.PER_CASE[name](HITS, RELEVANT)
        assert getattr(metrics, name)(HITS, RELEVANT) == each.mean()
    assert metrics.PER_CASE["mrr"](HITS, RELEVANT).mean() == metrics.mrr(HITS)
    assert metrics.PER_CASE["precision"](HITS, RELEVANT).mean() == pytest.approx(1 / 3)
    assert metrics.PER_CASE["hit_rate"](HITS, RELEVANT).tolist() == [1, 1, 0]


def test_auc_counts_pairs_and_shuffles_what_was_not_listed() -> None:
    # six candidates, right are two: listed wrong, right, wrong; the other right item
    # stands among two wrong ones. Pairs 2 x 4: the first is below 1 of 4, the second
    # below 2 and half of 2.
    hits, relevant = np.array([[False, True, False]]), np.array([2])
    found = per_case.auc(hits, relevant, np.array([6]), np.array([3]))
    assert found.tolist() == [1 - (1 + 3) / 8]


def test_auc_of_nothing_listed_is_a_half_and_of_all_right_too() -> None:
    none = per_case.auc(
        np.zeros((1, 3), bool), np.array([1]), np.array([5]), np.array([0])
    )
    every = per_case.auc(
        np.ones((1, 3), bool), np.array([3]), np.array([3]), np.array([3])
    )
    assert (none.tolist(), every.tolist()) == ([0.5], [0.5])


@given(
    right=st.lists(st.booleans(), min_size=2, max_size=12).filter(
        lambda right: any(right) and not all(right)
    ),
    k=st.integers(1, 12),
)
def test_measures_agree_with_scikit_learn(right: list[bool], k: int) -> None:
    truth = np.array([right])
    k = min(k, len(right))
    relevant, n = truth.sum(axis=1), np.array([len(right)])
    scores = np.arange(len(right), 0, -1.0)[None]
    listed = np.where(np.arange(len(right)) < k, scores, 0.0)
    auc = per_case.auc(truth[:, :k], relevant, n, np.array([k]))
    assert auc[0] == pytest.approx(theirs.roc_auc_score(truth[0], listed[0]))
    ndcg = per_case.ndcg(truth[:, :k], relevant)
    assert ndcg[0] == pytest.approx(theirs.ndcg_score(truth, scores, k=k))
    shown = listed[0] > 0
    for name, score in (
        ("precision", theirs.precision_score),
        ("recall", theirs.recall_score),
        ("f1", theirs.f1_score),
    ):
        ours = metrics.PER_CASE[name](truth[:, :k], relevant)
        assert ours[0] == pytest.approx(score(truth[0], shown))
    whole = per_case.average_precision(truth, relevant)
    assert whole[0] == pytest.approx(
        theirs.average_precision_score(truth[0], scores[0])
    )


def test_novelty_and_popularity_of_each_list() -> None:
    shares = np.array([0.5, 0.25, 0.125])
    lists = [np.array([0, 1]), np.array([], int), np.array([2])]
    np.testing.assert_array_equal(metrics.novelty_each(lists, shares), [1.5, np.nan, 3])
    np.testing.assert_array_equal(
        metrics.popularity_each(lists, shares), [0.375, np.nan, 0.125]
    )
    assert metrics.novelty(lists, shares) == 2.25


def test_popularity_lift_compares_lists_with_histories() -> None:
    shares = np.array([0.4, 0.2, 0.1])
    lists, histories = [np.array([0]), np.array([1])], [np.array([2]), np.array([1])]
    assert metrics.popularity_lift(lists, histories, shares) == pytest.approx(1.0)
    assert metrics.popularity_lift(lists, lists, shares) == 0
    assert metrics.popularity_lift([], histories, shares) == 0
    assert metrics.popularity_lift(lists, [], shares) == 0


def test_diversity_is_the_mean_distance_of_pairs() -> None:
    labels = [frozenset("a"), frozenset("ab"), frozenset("c"), frozenset()]
    lists = [np.array([0, 1, 2]), np.array([0]), np.array([3, 3])]
    # a and ab share one of two; c shares nothing with either; nothing is like nothing
    np.testing.assert_allclose(
        metrics.diversity_each(lists, labels), [(0.5 + 1 + 1) / 3, np.nan, 0]
    )


def test_diversity_by_vectors_is_one_less_the_mean_cosine() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]])
    found = metrics.vector_diversity_each(
        [np.array([0, 1]), np.array([0, 1, 2]), np.array([1])], vectors
    )
    np.testing.assert_allclose(found, [1, 1 - 1 / 3, np.nan])


def test_serendipity_is_what_is_right_and_not_expected() -> None:
    found = metrics.serendipity_each(
        [np.array([1, 2, 3]), np.array([4])],
        [np.array([1, 3]), np.array([5])],
        [np.array([1, 9]), np.array([4])],
        3,
    )
    np.testing.assert_allclose(found, [1 / 3, 0])


def test_exposure_parity_is_least_over_greatest() -> None:
    groups = np.array([0, 0, 1, 1])
    d2 = 1 / np.log2(3)
    assert metrics.exposure_parity([np.array([0, 2])], groups) == pytest.approx(d2)
    both = [np.array([0, 2]), np.array([3, 1])]
    assert metrics.exposure_parity(both, groups) == pytest.approx(1)
    assert metrics.exposure_parity([np.array([0])], groups) == 0
    assert metrics.exposure_parity([], groups) == 1


def test_an_interval_holds_the_mean_and_narrows_with_cases() -> None:
    few, many = np.tile([0.0, 1.0], 20), np.tile([0.0, 1.0], 2000)
    low, high = metrics.confidence(few)
    # the binomial's 2.5 and 97.5 % points for n = 40 are 14 and 26
    assert (low, high) == pytest.approx((14 / 40, 26 / 40), abs=0.026)
    narrow = metrics.confidence(many)
    assert narrow[1] - narrow[0] == pytest.approx((high - low) / 10, rel=0.15)
    assert metrics.confidence(few) == (low, high)
    assert metrics.confidence([0.3, 0.3]) == pytest.approx((0.3, 0.3))
    assert metrics.confidence([]) == (0, 0)


def test_intervals_of_many_measures_are_those_of_each() -> None:
    rng = np.random.default_rng(3)
    values = {"a": rng.random(50), "b": rng.random(50)}
    found = metrics.intervals(values)
    for name, each in values.items():
        assert found[name] == pytest.approx(metrics.confidence(each))
    gaps = metrics.intervals({"a": np.array([0.5, np.nan, 0.5])}, resamples=200)
    assert gaps["a"] == (0.5, 0.5)
    assert metrics.intervals({"a": np.empty(0)}) == {"a": (0, 0)}
    assert metrics.intervals({}) == {}


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_that_makes_no_sense_is_said(level: float) -> None:
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        metrics.confidence([1.0], level=level)


def test_a_value_that_is_no_number_is_said() -> None:
    with pytest.raises(ValueError, match="finite"):
        metrics.confidence([1.0, float("nan")])

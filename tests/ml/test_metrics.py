from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml import metrics

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

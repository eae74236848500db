from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from shop_personalize.ml.ranking.facts import item_facts, target_of
from shop_personalize.ml.ranking.features import (
    GROUPS,
    LONG_AGO,
    MISSING,
    Moment,
    matrix,
    names,
)
from shop_personalize.ml.ranking.lean import find_lean, gain, leaning
from shop_personalize.ml.ranking.learn import Rows, learn
from shop_personalize.ml.ranking.score import chances, decisions
from shop_personalize.ml.ranking.trees import sums
from shop_personalize.ml.serving import History
from tests.ml.build import described, shop


def table(seed: int = 0, n: int = 4000) -> Rows:
    """Two columns decide, one is noise, one is often missing."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((n, 4)).astype(np.float32)
    values[rng.random(n) < 0.3, 3] = MISSING
    odds = 2 * values[:, 0] * (values[:, 1] > 0) - 2
    return Rows(values, rng.random(n) < 1 / (1 + np.exp(-odds)))


# Trees


def test_one_tree_by_hand() -> None:
    """Column 0 at 0, then column 1: at 5 on the left, at 7 on the right."""
    feature = np.array([[0, 1, 1]])
    threshold = np.array([[0.0, 5.0, 7.0]], np.float32)
    value = np.array([[1.0, 2.0, 3.0, 4.0]], np.float32)
    rows = np.array([[0, 5], [0, 6], [1, 7], [1, 8]], np.float32)
    assert sums(rows, feature, threshold, value).tolist() == [1, 2, 3, 4]


def test_trees_add_up_and_a_stump_is_a_tree() -> None:
    feature = np.array([[0], [0]])
    threshold = np.array([[0.0], [1.0]], np.float32)
    value = np.array([[1.0, 2.0], [10.0, 20.0]], np.float32)
    rows = np.array([[0], [1], [2]], np.float32)
    assert sums(rows, feature, threshold, value).tolist() == [11, 12, 22]


@pytest.mark.parametrize("depth", [1, 2, 6])
def test_exported_trees_say_what_the_model_says(depth: int) -> None:
    rows = table()
    options: dict[str, Any] = {"trees": 20, "depth": depth, "wrong": 1.0, "seed": 3}
    ranker = learn(rows, **options)
    model = HistGradientBoostingClassifier(
        max_iter=20,
        max_leaf_nodes=31,
        max_depth=depth,
        learning_rate=0.1,
        min_samples_leaf=50,
        l2_regularization=1.0,
        max_features=0.5,
        early_stopping=False,
        random_state=3,
    ).fit(rows.values, rows.right)
    unseen = table(seed=9).values
    np.testing.assert_allclose(
        decisions(ranker.config, ranker.arrays, unseen),
        model.decision_function(unseen),
        atol=1e-6,
    )
    assert ranker.arrays["ranker__feature"].shape == (20, 2**depth - 1)


def test_values_beside_a_threshold_fall_on_the_right_side() -> None:
    """Whole numbers: every split lies between two values that occur."""
    rng = np.random.default_rng(1)
    values = rng.integers(0, 4, (2000, 1)).astype(np.float32)
    right = (values[:, 0] >= 2) ^ (rng.random(2000) < 0.1)
    ranker = learn(Rows(values, right), trees=5, wrong=1.0, columns=1.0)
    odds = decisions(ranker.config, ranker.arrays, np.array([[1], [2]], np.float32))
    assert odds[0] < 0 < odds[1]


def test_an_export_that_differs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "shop_personalize.ml.ranking.learn.decisions",
        lambda _config, _arrays, rows: np.zeros(len(rows)),
    )
    with pytest.raises(RuntimeError, match="exported trees are off by"):
        learn(table(), trees=3)


def test_both_methods_tell_right_from_wrong() -> None:
    rows, unseen = table(), table(seed=5)
    for method in ("trees", "logistic"):
        ranker = learn(rows, method=method, wrong=1.0)
        said = chances(ranker.config, ranker.arrays, unseen.values)
        assert said[unseen.right].mean() > said[~unseen.right].mean() + 0.1
        assert ((said > 0) & (said < 1)).all()


def test_what_is_missing_says_nothing_to_a_logistic_model() -> None:
    ranker = learn(table(), method="logistic", wrong=1.0)
    nothing = np.full((1, 4), MISSING, np.float32)
    odds = decisions(ranker.config, ranker.arrays, nothing)
    assert odds.tolist() == [ranker.config["base"]]


def test_nothing_to_learn_is_said() -> None:
    rows = table()
    never = Rows(rows.values, np.zeros(len(rows.right), bool))
    with pytest.raises(ValueError, match="at least 20 right"):
        learn(never)
    with pytest.raises(ValueError, match='"trees" or "logistic"'):
        learn(rows, method="forest")


# Features


def moment(history: History, **more: Any) -> Moment:
    facts = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    extras = {
        "ranker__facts": facts,
        "ranker__category": np.array([0, 0, 1, -1]),
        "ranker__brand": np.array([-1, -1, -1, -1]),
    }
    config = {
        "target": "purchase",
        "kinds": ["view"],
        "parts": ["walk"],
        "facts": ["price"],
        "groups": list(GROUPS),
    }
    items = np.array([0, 2, 3])
    given: dict[str, Any] = {
        "items": items,
        "scores": np.array([[4.0], [2.0], [0.0]]),
        "shares": np.array([[1.0], [0.5], [0.0]]),
        "ranks": np.array([[0.0], [1.0], [2.0]]),
        "total": np.array([1.0, 0.5, 0.0]),
        "history": history,
        "config": config,
        "extras": extras,
    }
    return Moment(**{**given, **more})


def column(asked: Moment, name: str) -> list[float]:
    return matrix(asked)[:, names(asked.config).index(name)].tolist()


PAST = History(
    np.array([0, 1, 2, 0, 0, 2]),
    ("purchase", "purchase", "view", "purchase", "purchase", "purchase"),
    np.array([2.0, 2.2, 5.0, 12.0, 12.5, 350.0]),
    np.array([1.0, 1.0, 1.0, np.e, np.e, 1.0]),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("walk score", [4, 2, 0]),
        ("walk share", [1, 0.5, 0]),
        ("walk rank", [0, 1, 2]),
        ("total", [1, 0.5, 0]),
        ("price", [0, 2, 3]),
        ("events", [5, 5, 5]),
        ("distinct items", [3, 3, 3]),
        ("visits", [3, 3, 3]),
        ("visits lately", [2, 2, 2]),
        ("days since the last visit", [2, 2, 2]),
        ("days since the first visit", [350, 350, 350]),
        ("days between visits", [174, 174, 174]),
        ("events a visit", [5 / 3] * 3),
        ("mean log price bought", [0.6] * 3),
        ("times done", [3, 1, 0]),
        ("visits with it", [2, 1, 0]),
        ("visits with it, fading in 20 days", [np.exp(-0.1) + np.exp(-0.6), 0, 0]),
        ("days since last done", [2, 350, LONG_AGO]),
        ("days between doing it", [10, LONG_AGO, LONG_AGO]),
        ("share of the interval passed", [0.2, MISSING, MISSING]),
        ("done a year ago", [0, 1, 0]),
        ("done at the last visit", [1, 0, 0]),
        ("mean log quantity of it", [2 / 3, 0, MISSING]),
        ("view, fading in 20 days", [0, np.exp(-0.25), 0]),
        ("view, days since", [LONG_AGO, 5, LONG_AGO]),
        ("log price against the usual", [-0.6, 1.4, 2.4]),
    ],
)
def test_features_by_hand(name: str, expected: list[float]) -> None:
    assert column(moment(PAST), name) == pytest.approx(expected, abs=1e-6)


def test_affinity_is_the_fading_share_of_the_group() -> None:
    fresh = np.exp(-np.array([2, 2.2, 12, 12.5, 350]) / 90.0)
    alike = [fresh[:4].sum() / fresh.sum(), fresh[4] / fresh.sum(), 0]
    assert column(moment(PAST), "share of the category") == pytest.approx(alike)
    assert column(moment(PAST), "share of the brand") == [0, 0, 0]


def test_a_stranger_has_no_past_and_no_holes() -> None:
    rows = matrix(moment(History()))
    assert rows.shape == (3, len(names(moment(History()).config)))
    assert not np.isnan(rows).any()
    assert column(moment(History()), "times done") == [0, 0, 0]
    assert column(moment(History()), "days since the last visit") == [LONG_AGO] * 3


# Facts


def facts_of(rows: list[Any], **more: Any) -> dict[str, Any]:
    data = described(shop(rows, ["a", "b", "c"]), **more)
    found, arrays = item_facts(data, "purchase")
    return {
        **dict(zip(found, arrays["ranker__facts"].T.tolist(), strict=True)),
        **arrays,
    }


def test_facts_count_people_by_hand() -> None:
    facts = facts_of(
        [
            (0, "a", "purchase", 99.0),
            (0, "a", "purchase", 98.0),
            (1, "a", "purchase", 60.0),
            (1, "b", "purchase", 40.0),
            (2, "b", "view", 99.0),
        ]
    )
    assert facts["audience of a week"] == [1, 0, 0]
    assert facts["audience of the four weeks before"] == [1, 0, 0]
    assert facts["audience ever"] == [2, 1, 0]
    assert facts["audience, fading in 60 days"] == pytest.approx(
        [1 + np.exp(-39 / 60), np.exp(-59 / 60), 0]
    )
    assert facts["growth of four weeks"] == pytest.approx([1, 1, 1])
    assert facts["growth of the week"] == pytest.approx([2, 1, 1])
    assert facts["days since first wanted"] == [39, 59, MISSING]
    assert facts["days since last wanted"] == [0, 59, LONG_AGO]
    assert facts["share who come back"] == pytest.approx([1.5 / 4, 0.5 / 3, 0.25])


def test_facts_remember_the_season() -> None:
    rows = [(v, "a", "purchase", 30.0 + v) for v in range(3)]
    facts = facts_of([*rows, (9, "b", "purchase", 20.0 + 365.0)])
    assert facts["audience of the coming weeks a year ago"] == [3, 0, 0]
    assert facts["growth in the coming weeks a year ago"] == [2.5, 1, 1]


def test_facts_of_the_catalog() -> None:
    facts = facts_of(
        [(0, "a", "purchase", 1.0)],
        prices={"b": np.e},
        categories={"a": ("tea", "cups"), "b": ("cups",)},
        brands={"c": "Acme"},
    )
    assert facts["price"] == pytest.approx([0, 1, MISSING])
    assert facts["ranker__category"].tolist() == [1, 1, -1]
    assert facts["ranker__brand"].tolist() == [-1, -1, 1]


def test_the_target_is_the_strongest_kind_there_is() -> None:
    assert target_of(shop([(0, "a", "view", 1.0), (0, "a", "purchase", 1.0)])) == (
        "purchase"
    )
    assert target_of(shop([(0, "a", "view", 1.0), (0, "a", "click", 1.0)])) == "view"
    assert target_of(shop([(0, "a", "click", 1.0)])) == "click"
    assert target_of(shop([])) == "purchase"


def test_serving_needs_numpy_alone() -> None:
    code = (
        "import sys; import shop_personalize.ml.serving;"
        "print([m for m in ('scipy', 'sklearn', 'django') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# Leaning


def test_new_candidates_change_places_and_old_ones_keep_theirs() -> None:
    scores = np.array([0.9, 0.8, 0.5, 0.1])
    shares = np.array([[0.0, 1.0], [0.0, 0.0], [0.0, 0.1], [0.0, 1.0]])
    old = np.array([True, False, False, False])
    lean = {"parts": [1], "by": 1.0}
    leant = leaning(scores, shares, old, lean)
    assert leant.tolist() == [0.9, 0.1, 0.8, 0.5]
    kept = leaning(scores, shares, old, {"parts": [0], "by": 1.0})
    assert kept.tolist() == scores.tolist()


def test_a_lean_is_found_where_a_part_knows_better() -> None:
    rng = np.random.default_rng(0)
    case = np.repeat(np.arange(100), 20)
    knows, noise = rng.random(2000), rng.random(2000)
    right = knows > 0.9
    shares = np.column_stack([noise, knows])
    assert find_lean(noise, shares, right, case)["parts"] == [1]
    assert find_lean(noise, shares, right, case)["by"] == 2.0
    assert find_lean(np.log(knows / (1 - knows)), shares, right, case) == {}
    assert find_lean(noise, shares, np.zeros(2000, bool), case) == {}


def test_two_parts_that_know_different_things_are_leant_on_together() -> None:
    rng = np.random.default_rng(1)
    case = np.repeat(np.arange(200), 20)
    one, other, noise = rng.random((3, 4000))
    right = one + other > 1.5
    shares = np.column_stack([noise, one, other])
    assert sorted(find_lean(noise, shares, right, case)["parts"]) == [1, 2]
    scores, old = np.array([0.6, 0.5, 0.4]), np.zeros(3, bool)
    both = np.array([[1.0, 0.0], [0.0, 0.2], [0.9, 0.9]])
    leant = leaning(scores, both, old, {"parts": [0, 1], "by": 2.0})
    assert leant.tolist() == [0.5, 0.4, 0.6]


def test_the_gain_is_ndcg_by_hand() -> None:
    """Case 0: right at place 2 of 2; case 1: nothing right; case 2: right at once."""
    scores = np.array([2.0, 1.0, 5.0, 3.0])
    right = np.array([False, True, False, True])
    case = np.array([0, 0, 1, 2])
    assert gain(scores, right, case) == pytest.approx((1 / np.log2(3) + 1) / 2)


def test_rows_of_several_windows_number_their_cases_apart() -> None:
    one = Rows(
        np.zeros((3, 1), np.float32),
        np.array([True, False, False]),
        np.array([False, True, False]),
        np.array([0, 0, 1]),
    )
    both = Rows.together([one, one])
    assert both.case.tolist() == [0, 0, 1, 2, 2, 3]
    assert both.old.tolist() == [False, True, False] * 2

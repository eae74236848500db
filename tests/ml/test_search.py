from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.tuning import search

GRID = {"a": (1, 2, 3), "b": (10, 20)}
DEFAULT = {"a": 1, "b": 10, "untouched": "x"}


def test_finds_the_best_point_and_keeps_what_is_not_searched() -> None:
    found = search(lambda p: p["a"] * p["b"], DEFAULT, GRID)
    assert found.params == {"a": 3, "b": 20, "untouched": "x"}
    assert (found.default_score, found.score) == (10, 60)


def test_each_trial_is_made_once_and_noted() -> None:
    tried: list[dict[str, Any]] = []

    def score(params: dict[str, Any]) -> float:
        tried.append(dict(params))
        return -abs(params["a"] - 2)

    found = search(score, DEFAULT, GRID)
    assert len(tried) == len({repr(p) for p in tried}) == len(found.table)
    assert found.table[0] == {"params": {}, "score": -1}
    assert found.table[1] == {"params": {"a": 2}, "score": 0}


def test_equal_is_not_better() -> None:
    assert search(lambda p: 1.0, DEFAULT, GRID).params == DEFAULT


def test_what_changes_nothing_is_left_alone() -> None:
    grid = {"idle": (1, 2, 3, 4, 5), "a": (1, 2, 3)}
    found = search(lambda p: p["a"], {"idle": 1, "a": 1}, grid)
    tried = [trial["params"].get("idle") for trial in found.table]
    assert found.params == {"idle": 1, "a": 3}
    assert sorted(filter(None, tried)) == [2, 3]


def test_out_of_time_leaves_the_default() -> None:
    found = search(lambda p: p["a"], DEFAULT, GRID, out_of_time=lambda: True)
    assert found.params == DEFAULT
    assert len(found.table) == 1


def test_tells_how_far_it_is() -> None:
    told: list[float] = []
    search(
        lambda p: p["a"], DEFAULT, GRID, progress=lambda done, _label: told.append(done)
    )
    assert told == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


@given(scores=st.lists(st.floats(-5, 5), min_size=6, max_size=6))
def test_never_worse_than_the_default(scores: list[float]) -> None:
    by_point = {
        (a, b): scores[i]
        for i, (a, b) in enumerate((a, b) for a in (1, 2, 3) for b in (10, 20))
    }
    found = search(lambda p: by_point[p["a"], p["b"]], DEFAULT, GRID)
    assert found.score >= found.default_score == by_point[1, 10]
    assert found.score == by_point[found.params["a"], found.params["b"]]

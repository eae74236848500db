from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.knowledge import NOBODY, Candidates, Mixture, Query, Ranking
from shop_personalize.ml.mixing import looked_at, mixed, pool_of
from shop_personalize.ml.serving import History, answer


def found(*rows: tuple[int, float, int]) -> Candidates:
    """Rows are (item, score, because), best first."""
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    items, scores, because = columns
    return Candidates(
        np.array(items, np.int64), np.array(scores, float), np.array(because, np.int64)
    )


def bought(*codes: int, kind: str = "purchase") -> History:
    n = len(codes)
    return History(np.array(codes, np.int64), (kind,) * n, np.ones(n), np.ones(n))


FIRST = found((7, 4.0, 1), (3, 2.0, 1), (5, 1.0, 2))
SECOND = found((3, 10.0, 9), (8, 5.0, NOBODY))
PARTS = {"parts": [{"name": "a", "weight": 1.0}, {"name": "b", "weight": 0.5}]}


def mix(history: History | None = None, **more: Any) -> Candidates:
    asked = {"n": 10, "repeats": False, **more}
    history = History() if history is None else history
    return mixed([FIRST, SECOND], PARTS, {}, history=history, **asked)


def test_a_pool_holds_every_item_once_with_what_each_part_says() -> None:
    pool = pool_of([FIRST, SECOND])
    assert pool.items.tolist() == [3, 5, 7, 8]
    assert pool.scores.tolist() == [[2, 10], [1, 0], [4, 0], [0, 5]]
    assert pool.shares.tolist() == [[0.5, 1], [0.25, 0], [1, 0], [0, 0.5]]
    assert pool.ranks.tolist() == [[1, 0], [2, 2], [0, 2], [3, 1]]
    assert pool.because.tolist() == [[1, 9], [2, -1], [1, -1], [-1, -1]]


def test_shares_add_up_by_weight_and_the_louder_part_names_the_reason() -> None:
    mixture = mix()
    assert mixture.items.tolist() == [3, 7, 5, 8]
    assert mixture.scores.tolist() == [1.0, 1.0, 0.25, 0.25]
    assert mixture.because.tolist() == [1, 1, 2, NOBODY]


def test_what_was_bought_is_out_before_the_largest_is_looked_for() -> None:
    mixture = mix(bought(7))
    assert mixture.items.tolist() == [3, 5, 8]
    assert mixture.scores.tolist() == [1.5, 0.5, 0.25]
    assert mix(bought(7), repeats=True).items.tolist() == [3, 7, 5, 8]


def test_only_the_kinds_that_count_make_an_item_old() -> None:
    assert 7 in mix(bought(7, kind="view")).items


def test_a_negative_weight_takes_away() -> None:
    parts = {"parts": [{"name": "a", "weight": 1.0}, {"name": "b", "weight": -0.4}]}
    mixture = mixed([FIRST, SECOND], parts, {}, history=History(), n=9, repeats=False)
    assert mixture.items.tolist() == [7, 5, 3]
    assert mixture.scores == pytest.approx([1.0, 0.25, 0.1])


def test_parts_that_say_nothing_leave_nothing() -> None:
    nothing = [Candidates.empty(), Candidates.empty()]
    for ranker in ({}, {"ranker": {"target": "purchase"}}):
        config = {**PARTS, **ranker}
        asked = mixed(nothing, config, {}, history=History(), n=5, repeats=True)
        assert len(asked) == 0


def test_the_best_of_the_old_and_of_the_new_are_looked_at() -> None:
    config = {**PARTS, "pool": 1}
    pool, shares, old = looked_at(pool_of([FIRST, SECOND]), config, bought(5, 8))
    assert pool.items.tolist() == [3, 5]
    assert shares.tolist() == [[0.5, 1], [0.25, 0]]
    assert old.tolist() == [False, True]


def ranking(*items: int) -> Ranking:
    scores = np.arange(len(items), 0, -1, dtype=np.float32)
    return Ranking(np.array([b""]), np.array([0, len(items)]), np.array(items), scores)


def test_a_mixture_survives_storage_with_mixtures_inside() -> None:
    inner = Mixture({"a": ranking(1, 2), "b": ranking(2)})
    outer = Mixture({"in": inner, "c": ranking(3)})
    arrays = outer.to_arrays()
    assert arrays["parts"].tolist() == [b"in=mixture", b"c=ranking"]
    assert arrays["in__parts"].tolist() == [b"a=ranking", b"b=ranking"]
    rebuilt = Mixture.from_arrays(arrays)
    assert rebuilt.parts["in"].parts["a"].items.tolist() == [1, 2]
    assert Mixture.from_arrays(Mixture({}).to_arrays()).parts == {}


def test_a_mixture_without_configuration_adds_its_parts_equally() -> None:
    known = Mixture({"a": ranking(1, 2), "b": ranking(2, 4)})
    answered = known.candidates(Query(), 5)
    assert answered.items.tolist() == [2, 1, 4]
    assert answered.scores.tolist() == [1.5, 1.0, 0.5]
    assert len(Mixture({}).candidates(Query(), 5)) == 0


def test_each_part_is_asked_with_its_own_configuration_and_extras() -> None:
    known = Mixture({"a": ranking(1, 2), "own": ranking()})
    own = {"context": "none", "own": {"only": True, "decay_days": 10.0}}
    config = {
        "parts": [
            {"name": "a", "weight": 1.0, "config": {"context": "none"}},
            {"name": "own", "weight": 0.4, "config": own},
        ]
    }
    extras = {"own__own_factor": np.array([0.0, 0.0, 0.5, 2.0])}
    history = bought(2, 3)
    asked = answer(known, config, extras, history=history, n=5, repeats=True)
    assert asked.items.tolist() == [1, 2, 3]
    assert asked.scores == pytest.approx([1.0, 0.5 + 0.4 * 0.25, 0.4])
    assert answer(known, config, extras, history=history, n=5).items.tolist() == [1]


lists = st.lists(
    st.dictionaries(st.integers(0, 9), st.floats(0.125, 8, width=16), max_size=6),
    min_size=1,
    max_size=4,
)


@given(lists=lists, n=st.integers(0, 8))
def test_mixtures_are_sound(lists: list[dict[int, float]], n: int) -> None:
    each = [
        found(*((i, s, i) for i, s in sorted(row.items(), key=lambda pair: -pair[1])))
        for row in lists
    ]
    config = {"parts": [{"name": str(at)} for at in range(len(each))]}
    answered = mixed(each, config, {}, history=History(), n=n, repeats=True)
    every = {code for row in lists for code in row}
    assert len(answered) == min(n, len(every))
    assert set(answered.items.tolist()) <= every
    assert (np.diff(answered.scores) <= 1e-12).all()
    assert answered.because.tolist() == answered.items.tolist()

"""What is hidden and what is asked, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.evaluation import splits
from shop_personalize.ml.tuning.questions import folds_for
from tests.ml.build import busy, names, shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.ml.data import TrainingData

MINUTE = 1 / 1440


def left(data: TrainingData, past: TrainingData) -> list[tuple[int, str]]:
    return [
        (int(visitor), names(data, [item])[0])
        for visitor, item in zip(past.visitor, past.item, strict=True)
    ]


def texts(data: TrainingData, lists: list[Any]) -> list[list[str]]:
    return [names(data, codes) for codes in lists]


def test_by_time_hides_window_after_window_the_latest_first() -> None:
    rows = [(0, "a", "purchase", 10.0, 1), (1, "b", "purchase", 10.0, 2)]
    rows += [(0, "b", "purchase", 60.0, 3), (1, "a", "purchase", 95.0, 4)]
    data = shop(rows)
    latest, earlier = splits.by_time(data, days=28, windows=3)
    assert left(data, latest[0]) == [(0, "a"), (1, "b"), (0, "b")]
    assert texts(data, latest[1].truths) == [["a"]]
    assert latest[0].now == pytest.approx(67.0, abs=1e-5)
    assert left(data, earlier[0]) == [(0, "a"), (1, "b")]
    assert texts(data, earlier[1].truths) == [["b"]]
    assert earlier[1].histories[0].ages == pytest.approx([29.0], abs=1e-5)


def test_leave_last_out_asks_for_the_last_item_from_the_moment_it_came() -> None:
    rows = [(0, "a", "view", 1.0), (0, "b", "view", 2.0), (0, "c", "view", 4.5)]
    rows += [(1, "c", "view", 1.0), (1, "b", "view", 2.0)]
    rows += [(2, "a", "view", 3.0), (2, "c", "view", 3.5), (2, "a", "view", 9.0)]
    rows += [(3, "b", "view", 5.0), (4, "a", "view", 5.0), (4, "only", "view", 6.0)]
    data = shop(rows)
    ((past, cases),) = splits.leave_last_out(data)
    assert sorted(left(data, past)) == [
        (0, "a"),
        (0, "b"),
        (1, "c"),
        (2, "a"),
        (2, "c"),
        (3, "b"),
        (4, "a"),
    ]
    # visitor 2 ends with a repeat, 3 has one row, 4 ends with what nobody else has
    assert texts(data, cases.truths) == [["c"], ["b"]]
    assert texts(data, cases.excluded) == [["a", "b"], ["c"]]
    assert texts(data, [cases.histories[0].codes]) == [["b", "a"]]
    assert cases.histories[0].ages.tolist() == [2.5, 3.5]


def test_rows_without_time_keep_their_order() -> None:
    rows = [(0, item, "view", 0.0) for item in "abc"]
    rows += [(1, item, "view", 0.0) for item in "acb"]
    data = shop(rows)
    ((past, cases),) = splits.leave_last_out(data)
    assert texts(data, cases.truths) == [["c"], ["b"]]
    assert left(data, past) == [(0, "a"), (0, "b"), (1, "a"), (1, "c")]


def test_last_sessions_ask_every_click_but_the_first() -> None:
    rows = [(0, item, "view", 1.0 + at * MINUTE) for at, item in enumerate("abc")]
    rows += [(1, item, "view", 2.0 + at * MINUTE) for at, item in enumerate("aba")]
    rows += [(2, "c", "view", 3.0), (2, "new", "view", 3.0 + MINUTE)]
    data = shop(rows)
    ((past, cases),) = splits.last_sessions(data, share=0.6)
    assert left(data, past) == [(0, "a"), (0, "b"), (0, "c")]
    assert past.now == 2.0
    assert texts(data, cases.anchors) == [["a"], ["b"]]
    assert texts(data, cases.truths) == [["b"], ["a"]]
    assert texts(data, [h.codes for h in cases.histories]) == [["a"], ["b", "a"]]
    assert cases.histories[1].ages == pytest.approx([0, MINUTE])
    assert cases.repeats


def test_last_basket_is_asked_whole_with_repeats() -> None:
    rows = [(0, "a", "purchase", 1.0, 0), (0, "b", "purchase", 1.0, 0)]
    rows += [(0, "a", "purchase", 8.0, 1), (0, "c", "purchase", 8.0, 1)]
    rows += [(1, "c", "purchase", 2.0, 0)]
    data = shop(rows)
    ((past, cases),) = splits.last_basket(data)
    assert left(data, past) == [(0, "a"), (0, "b"), (1, "c")]
    assert texts(data, cases.truths) == [["a", "c"]]
    assert [len(had) for had in cases.excluded] == [0]
    assert cases.histories[0].ages.tolist() == [7.0, 7.0]
    assert cases.repeats


def test_without_orders_a_day_is_a_basket() -> None:
    rows = [(0, "a", "purchase", 1.0), (0, "b", "purchase", 5.1)]
    rows += [(0, "a", "purchase", 5.6), (1, "b", "purchase", 2.0)]
    data = shop(rows)
    ((past, cases),) = splits.last_basket(data)
    assert left(data, past) == [(0, "a"), (1, "b")]
    assert texts(data, cases.truths) == [["a", "b"]]


def test_random_holdout_hides_a_share_of_every_visitor_with_all_its_rows() -> None:
    rows: list[Any] = [(0, f"i{n}", "view", float(n)) for n in range(10)]
    rows += [(0, f"i{n}", "purchase", 50.0 + n, n) for n in range(10)]
    rows += [(1, "i0", "view", 1.0)]
    rows += [(2, f"i{n}", "view", 0.0) for n in range(10)]
    data = shop(rows)
    ((past, cases),) = splits.random_holdout(data, share=0.2)
    assert [len(truth) for truth in cases.truths] == [2, 2]
    assert [len(had) for had in cases.excluded] == [8, 8]
    assert len(cases.histories[0]) == 16
    for at, visitor in enumerate((0, 2)):
        own = set(past.item[past.visitor == visitor].tolist())
        assert own == set(cases.excluded[at].tolist())
        assert not own & set(cases.truths[at].tolist())
    assert (1, "i0") in left(data, past)


def test_k_folds_ask_for_everything_exactly_once() -> None:
    rows = [(v, f"i{n}", "view", 0.0) for v in range(12) for n in range(7)]
    data = shop(rows)
    folds = splits.k_fold(data, k=3)
    assert len(folds) == 3
    asked = [
        (at, int(code))
        for _past, cases in folds
        for at, truth in enumerate(cases.truths)
        for code in truth
    ]
    assert sorted(asked) == [(v, n) for v in range(12) for n in range(7)]
    assert sum(len(data) - len(past) for past, _ in folds) == len(data)


SPLITS: dict[str, Callable[[TrainingData], splits.Folds]] = {
    "by_time": lambda data: splits.by_time(data, days=20, windows=2),
    "leave_last_out": splits.leave_last_out,
    "last_sessions": splits.last_sessions,
    "last_basket": splits.last_basket,
    "random_holdout": splits.random_holdout,
    "k_fold": splits.k_fold,
}
every = pytest.mark.parametrize("split", SPLITS.values(), ids=SPLITS)


@every
def test_nothing_to_hide_is_no_fold(split: Any) -> None:
    assert split(shop([], ["a"])) == []
    assert split(shop([(0, "a", "view", 1.0)])) == []


@every
def test_the_same_every_time(split: Any) -> None:
    for (past, cases), (past_again, again) in zip(
        split(busy()), split(busy()), strict=True
    ):
        np.testing.assert_array_equal(past.item, past_again.item)
        assert [t.tolist() for t in cases.truths] == [t.tolist() for t in again.truths]


rows = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from("abcdef"),
        st.sampled_from(["view", "purchase"]),
        st.floats(0, 100, width=32),
        st.integers(-1, 4),
    ),
    max_size=30,
)


@every
@given(rows=rows)
@settings(max_examples=40, deadline=None)
def test_what_is_asked_was_hidden_and_could_be_known(split: Any, rows: Any) -> None:
    data = shop(rows, list("abcdef"))
    for past, cases in split(data):
        assert len(past) < len(data)
        assert (np.diff(past.time) >= 0).all()
        assert past.ids is data.ids
        assert past.n_visitors == data.n_visitors
        known = set(past.item.tolist())
        for at in range(len(cases)):
            truth = set(cases.truths[at].tolist())
            assert truth
            assert truth <= known
            assert not truth & set(cases.excluded[at].tolist())
            assert len(cases.histories[at])
            assert (cases.histories[at].ages >= 0).all()


def test_at_most_so_many_cases_are_kept() -> None:
    data = shop(
        [(v, f"i{(v + n) % 9}", "view", n) for v in range(90) for n in range(4)]
    )
    ((past, cases),) = splits.leave_last_out(data, most=30)
    ((past_all, every_case),) = splits.leave_last_out(data)
    assert (len(cases), len(every_case)) == (30, 90)
    np.testing.assert_array_equal(past.item, past_all.item)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (lambda data: splits.random_holdout(data, share=1.0), "share must lie"),
        (lambda data: splits.last_sessions(data, share=0.0), "share must lie"),
        (lambda data: splits.k_fold(data, k=1), "k must be at least 2"),
        (lambda data: splits.by_time(data, days=0), "days must be more than 0"),
        (lambda data: folds_for(data, "other"), "question must be new"),
    ],
    ids=["random_holdout", "last_sessions", "k_fold", "by_time", "question"],
)
def test_what_makes_no_sense_is_said(split: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        split(busy())


def test_without_time_a_random_share_is_asked_for() -> None:
    timeless = shop(
        [(v, f"i{n}", "purchase", 0.0) for v in range(60) for n in range(5)]
    )
    ((past, cases),) = folds_for(timeless, "new")
    assert len(cases) == 60
    assert len(past) == 60 * 4


def test_with_time_the_last_windows_are_asked_for() -> None:
    rng = np.random.default_rng(0)
    rows = [
        (int(rng.integers(120)), f"i{rng.integers(200)}", "purchase", day, None)
        for day in rng.uniform(0, 300, 4000)
    ]
    found = folds_for(shop(rows), "new")
    assert [round(past.now) for past, _ in found] == [272, 244]

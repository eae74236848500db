"""What follows what, on sequences short enough to count by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.recommenders import succession
from shop_personalize.ml.recommenders.sequence import Sequence
from shop_personalize.ml.recommenders.sequence_blend import SequenceBlend
from shop_personalize.ml.recommenders.succession import Succession
from shop_personalize.ml.serving import History, answer, query_of
from tests.ml.build import described, names, shop

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Candidates


def sequences(*texts: str) -> TrainingData:
    """One visitor a text, one letter bought a day."""
    return shop(
        [
            (visitor, item, "purchase", 10.0 + day)
            for visitor, text in enumerate(texts)
            for day, item in enumerate(text)
        ]
    )


def pairs(data: TrainingData, **how: Any) -> dict[str, float]:
    how = {"near": np.array([1.0, 0.5]), "backward": 0.5, **how}
    follows = Succession.of(data, np.ones(len(data)), **how)
    found = {}
    for first, counts, _ in follows.blocks():
        dense = counts.toarray()
        for row, column in zip(*dense.nonzero(), strict=True):
            names_of = names(data, [first + row, column])
            found["".join(names_of)] = float(dense[row, column])
    return found


def learned(**how: Any) -> Sequence:
    """One visitor is enough here."""
    return Sequence(**{"min_support": 1, **how})


def ask(fitted: Sequence, data: TrainingData, latest_first: str) -> Candidates:
    codes = data.ids.codes(list(latest_first))
    days, ones = np.arange(len(codes), dtype=float), np.ones(len(codes))
    history = History(codes, ("purchase",) * len(codes), days, ones)
    return answer(fitted.knowledge_, fitted.query_config_, {}, history=history, n=10)


def listed(data: TrainingData, found: Candidates) -> list[str]:
    return names(data, found.items.tolist())


def listed_one(data: TrainingData, codes: Any) -> str:
    (name,) = names(data, codes.tolist())
    return name


def test_a_pair_counts_by_its_gap_and_less_against_the_order() -> None:
    assert pairs(sequences("abcd")) == {
        "ab": 1.0,
        "ac": 0.5,
        "ba": 0.5,
        "bc": 1.0,
        "bd": 0.5,
        "ca": 0.25,
        "cb": 0.5,
        "cd": 1.0,
        "db": 0.25,
        "dc": 0.5,
    }


def test_sequences_do_not_touch() -> None:
    assert set(pairs(sequences("ab", "cd"))) == {"ab", "ba", "cd", "dc"}


def test_of_a_repeated_item_the_latest_event_counts() -> None:
    assert pairs(sequences("aba"), backward=0.0) == {"ba": 1.0}


def test_no_window_no_pairs() -> None:
    assert pairs(sequences("abc"), near=np.empty(0)) == {}


def test_degrees_are_the_sums_of_the_pairs() -> None:
    data = sequences("abcd", "bca", "db")
    follows = Succession.of(data, np.ones(len(data)), np.array([1.0, 0.5]), 0.5)
    leaving, arriving = follows.degrees()
    ((_, counts, _),) = follows.blocks()
    total = counts.toarray()
    assert leaving == pytest.approx(total.sum(axis=1))
    assert arriving == pytest.approx(total.sum(axis=0))


texts = st.lists(st.text("abcdef", max_size=7), max_size=6)


@given(texts=texts)
@settings(max_examples=30, deadline=None)
def test_blocks_of_one_item_count_the_same(texts: list[str]) -> None:
    data = sequences(*texts)
    whole = pairs(data)
    before = succession.PAIRS_AT_ONCE
    succession.PAIRS_AT_ONCE = 1
    try:
        assert pairs(data) == whole
    finally:
        succession.PAIRS_AT_ONCE = before


def test_scores_are_counts_over_powers_of_degrees() -> None:
    data = sequences("ab", "ab", "ac")
    fitted = learned(fade=1.0, backward=0.0, start=0.5, end=1.0).fit(data)
    found = ask(fitted, data, "a")
    # three leave a; two arrive at b, one at c
    assert found.scores == pytest.approx([2 / 3**0.5 / 2, 1 / 3**0.5])
    assert listed(data, found) == ["b", "c"]


def test_two_visitors_where_two_are_asked_for() -> None:
    data = sequences("ab", "ab", "ac")
    found = ask(Sequence().fit(data), data, "a")
    assert listed(data, found) == ["b"]


def test_what_reads_alike_follows_sooner() -> None:
    data = sequences("ab", "ac")
    data = described(data, titles={"a": "tea pot", "b": "rake", "c": "tea cup"})
    assert listed(data, ask(learned().fit(data), data, "a")) == ["c", "b"]
    plain = ask(learned(content=0.0).fit(data), data, "a")
    assert plain.scores[0] == plain.scores[1]


def test_the_latest_item_speaks_loudest() -> None:
    data = sequences("ax", "by")
    fitted = learned(query_decay=2.0).fit(data)
    found = ask(fitted, data, "ba")
    assert listed(data, found) == ["y", "x"]
    assert found.scores[1] == pytest.approx(found.scores[0] * np.exp(-0.5))


def test_places_count_distinct_items_that_are_heard() -> None:
    config = {"context": "history", "kinds": {"view": 1.0}, "decay_steps": 1.0}
    kinds = ("view", "rec_view", "view", "view")
    history = History(np.array([3, 9, 3, 5]), kinds, np.arange(4.0), np.ones(4))
    query = query_of(config, history, np.empty(0, np.int64))
    assert query.items.tolist() == [3, 5]
    assert query.weights == pytest.approx([1.0, np.exp(-1)])


def test_events_fade_when_asked_to() -> None:
    rows = [(0, "a", "view", 0.0), (0, "b", "view", 1.0)]
    rows += [(1, "a", "view", 98.0), (1, "c", "view", 99.0)]
    data = shop(rows)
    fitted = learned(decay_days=10.0).fit(data)
    assert listed(data, ask(fitted, data, "a")) == ["c", "b"]


def test_few_visitors_teach_the_trees_by_several_last_items() -> None:
    data = sequences("abcde", "bcdea", "cdeab")
    folds = SequenceBlend().folds(data)
    asked = [[listed_one(data, truth) for truth in each.truths] for _, each in folds]
    assert asked == [["e", "a", "b"], ["d", "e", "a"], ["c", "d"]]
    assert len(SequenceBlend(cases=2).folds(data)) == 1


def test_trees_put_in_order_what_follows() -> None:
    data = sequences(*(["xab", "xabq", "yac", "yacq", "zad", "zadq"] * 30))
    fitted = SequenceBlend(trees=20).fit(data)
    assert "ranker" in fitted.query_config_
    for before, after in (("x", "b"), ("y", "c"), ("z", "d")):
        codes = data.ids.codes(["a", before])
        kinds, days = ("purchase", "purchase"), np.arange(2.0)
        history = History(codes, kinds, days, np.ones(2))
        parts = fitted.knowledge_, fitted.query_config_, fitted.extras_
        found = answer(*parts, history=history, n=1)
        assert listed(data, found) == [after]

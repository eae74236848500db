from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shop_personalize.ml.data import TrainingData
from shop_personalize.ml.evaluation import Cases, cases_for, measure
from shop_personalize.ml.knowledge import Mixture
from shop_personalize.ml.ranking.features import names
from shop_personalize.ml.recommenders.blend import Blend, held_out
from shop_personalize.ml.recommenders.buy_it_again import BuyItAgain
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.ranked import (
    fitted,
    learn_ranker,
    mixture,
    prepared,
    ranked,
    rows_of,
    rows_shown,
)
from shop_personalize.ml.recommenders.shown import Shown, shown_between
from shop_personalize.ml.serving import History, answer
from tests.ml.build import KINDS, busy, shop

MINUTE = 1 / 1440
SOURCES = {"walk": ForYou(), "own": BuyItAgain(), "popular": Popular()}


def split(data: TrainingData, cut: float = 70.0) -> tuple[TrainingData, Cases]:
    past, window = data.before(cut), data.where(data.time >= cut)
    return past, cases_for(past, window, protocol="repeat", context="history")


def asked(fitted_: object, n: int = 5, **more: bool) -> list[int]:
    history = History(np.array([0, 6]), ("purchase", "view"), np.ones(2), np.ones(2))
    knowledge, config, extras = fitted_  # type: ignore[misc]
    return answer(
        knowledge, config, extras, history=history, n=n, **more
    ).items.tolist()


def test_a_blend_is_one_model_of_all_its_sources() -> None:
    made = Blend(SOURCES, days=20.0).fit(busy())
    assert type(made.knowledge_) is Mixture
    assert list(made.knowledge_.parts) == list(SOURCES)
    assert [part["name"] for part in made.query_config_["parts"]] == list(SOURCES)
    assert made.query_config_["ranker"]["method"] == "trees"
    assert made.query_config_["seen"] == ["purchase"]
    assert "own__own_factor" in made.extras_


def test_parts_do_not_score_repeats_on_their_own() -> None:
    mixed = mixture(fitted(SOURCES, busy()), weights={"walk": 0.5})
    walk, own, popular = mixed.config["parts"]
    assert "own" not in walk["config"]
    assert own["config"]["own"]["only"] is True
    assert (walk["weight"], own["weight"], popular["weight"]) == (0.5, 1.0, 1.0)


def test_a_part_may_be_asked_otherwise() -> None:
    mixed = mixture(fitted(SOURCES, busy()), asks={"walk": {"combine": "sum"}})
    assert mixed.config["parts"][0]["config"]["combine"] == "sum"


def test_sources_are_left_as_they_were() -> None:
    sources = {"walk": ForYou(k=7)}
    Blend(sources).fit(busy())
    assert not hasattr(sources["walk"], "knowledge_")


def test_rows_hold_every_candidate_of_every_case_and_the_truth() -> None:
    past, cases = split(busy())
    mixed = prepared(SOURCES, past)
    rows = rows_of(mixed, cases)
    assert rows.values.dtype == np.float32
    assert rows.values.shape == (len(rows.right), len(names(mixed.config["ranker"])))
    found = sum(len(np.unique(truth)) for truth in cases.truths)
    assert 0 < rows.right.sum() <= found


def test_a_row_is_the_same_with_and_without_repeats(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[np.ndarray] = []
    from shop_personalize.ml import mixing

    kept = mixing.chances

    def noted(*given: object) -> np.ndarray:
        seen.append(given[2])  # type: ignore[arg-type]
        return kept(*given)  # type: ignore[arg-type]

    data = busy()
    past, cases = split(data)
    model = ranked(SOURCES, data, learn_ranker(SOURCES, [(past, cases)]))
    monkeypatch.setattr(mixing, "chances", noted)
    both, new = asked(model, repeats=True), asked(model)
    everything, others = seen
    rows = {row.tobytes() for row in everything}
    assert {row.tobytes() for row in others} < rows
    assert 0 not in new
    assert len(both) == len(new) == 5


def test_without_enough_past_the_sources_are_added_up() -> None:
    few = shop([(v, "ab"[v % 2], "purchase", 50.0 + v) for v in range(5)])
    made = Blend(SOURCES).fit(few)
    assert "ranker" not in made.query_config_
    assert not [name for name in made.extras_ if name.startswith("ranker__")]
    assert len(Blend(SOURCES).fit(shop([])).knowledge_.parts) == 3


def test_without_times_a_part_of_each_visitor_is_held_out() -> None:
    data = busy()
    still = replace(data, time=np.zeros(len(data)))
    past, cases = held_out(still, seed=0)
    assert len(past) < len(still)
    assert len(cases) > 30
    pairs = set(zip(past.visitor.tolist(), past.item.tolist(), strict=True))
    every = set(zip(still.visitor.tolist(), still.item.tolist(), strict=True))
    assert 0.15 < 1 - len(pairs) / len(every) < 0.25
    assert Blend(SOURCES).fit(still).query_config_["ranker"]["method"] == "trees"


def test_windows_hold_no_row_of_the_past_they_judge() -> None:
    pairs = Blend(days=20.0, windows=2).pairs(busy())
    assert [round(past.now) for past, _ in pairs] == [80, 60]
    for past, _ in pairs:
        assert past.time.max() < past.now


def test_the_coming_weeks_of_last_year_are_a_window_too() -> None:
    rows = [
        (v, f"i{(v + d) % 9}", "purchase", float(d))
        for v in range(35)
        for d in range(0, 500, 5)
    ]
    pairs = Blend(windows=2).pairs(shop(rows, now=500.0))
    assert [round(past.now) for past, _ in pairs] == [467, 439, 131]


def test_a_blend_learns_who_comes_back() -> None:
    """Even items are bought every week, odd ones once: only the blend can know."""
    rng = np.random.default_rng(0)
    rows = []
    for visitor in range(150):
        mine = rng.choice(30, 6, replace=False)
        for item in mine:
            days = np.arange(3, 100, 7) if item % 2 == 0 else rng.uniform(0, 100, 1)
            rows += [(visitor, f"i{item:02d}", "purchase", float(d)) for d in days]
    data = shop(rows, [f"i{n:02d}" for n in range(30)])
    past, cases = split(data, 72.0)
    blend = measure(Blend(SOURCES).fit(past), cases, past)["ndcg@10"]
    popular = measure(Popular().fit(past), cases, past)["ndcg@10"]
    assert blend > 0.85 > popular + 0.2


# What was shown


def test_lists_that_were_shown_and_what_was_chosen_of_them() -> None:
    kinds = (*KINDS, "rec_view")
    rows = [
        (0, "a", "view", 9.0),
        (0, "b", "rec_view", 10.0),
        (0, "c", "rec_view", 10.0 + MINUTE / 2),
        (0, "c", "click", 10.0 + 3 * MINUTE),
        (0, "d", "purchase", 10.1),
        (0, "b", "purchase", 12.0),
        (0, "d", "rec_view", 20.0),
        (1, "a", "rec_view", 10.0),
    ]
    plain = shop([(v, i, "view", t) for v, i, _, t in rows])
    order = np.argsort([row[3] for row in rows], kind="stable")
    kind = np.array([kinds.index(rows[at][2]) for at in order], np.int8)
    shown = shown_between(replace(plain, kinds=kinds, kind=kind), 0.0, 15.0)
    assert len(shown) == 1
    assert shown.lists[0].tolist() == [1, 2]
    assert shown.chosen[0].tolist() == [2]
    assert shown.histories[0].codes.tolist() == [0]
    assert shown.histories[0].ages.tolist() == [1.0]
    assert len(shown_between(plain, 0.0, 15.0)) == 0


def test_what_was_shown_teaches_too() -> None:
    past, cases = split(busy())
    mixed = prepared(SOURCES, past)
    lists = [np.arange(0, 6)] * len(cases)
    shown = Shown(cases.histories, lists, [np.array([1])] * len(cases))
    rows = rows_shown(mixed, shown)
    assert rows.right.sum() <= len(cases)
    assert len(rows.right) <= 6 * len(cases)
    nobody = Cases("repeat")
    ranker = learn_ranker(SOURCES, [(past, nobody)], shown=[shown], least=5)
    assert ranker is not None
    model = ranked(SOURCES, past, ranker)
    assert asked(model, n=1, repeats=True) == [1]

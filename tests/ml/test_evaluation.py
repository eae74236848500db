"""Questions made of the past, and the verdict on them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from shop_personalize.management.verbs import evaluate_verb
from shop_personalize.ml.evaluation import Cases, cases_for, measure, popularity
from shop_personalize.ml.evaluation import cases as cases_module
from shop_personalize.ml.evaluation.measure import among
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.serving import History
from shop_personalize.recommend.deeds import LATEST
from shop_personalize.registry import RecommenderSpec, specs
from shop_personalize.training import tune as tuning
from shop_personalize.training.evaluate import end_of, evaluate, split
from shop_personalize.training.trials import best_of_each, recorded
from shop_personalize.training.tune import methods_of, tune
from tests.ml.build import busy, names, shop

REFRESH = "shop_personalize.training.snapshot.refresh"
PAST = [
    (0, "a", "purchase", 10.0, 1),
    (0, "b", "view", 11.0),
    (1, "c", "purchase", 12.0, 2),
]
WINDOW = [
    (0, "a", "purchase", 80.0, 3),
    (0, "b", "purchase", 80.0, 3),
    (1, "c", "purchase", 81.0, 4),
    (2, "a", "purchase", 82.0, 5),
    (2, "c", "purchase", 82.0, 5),
    (2, "b", "purchase", 82.0, 5),
]


def asked(protocol: str, context: str, kinds: tuple[str, ...] = ()) -> Any:
    data = shop(PAST + WINDOW, now=100.0)
    past, window = data.before(50.0), data.where(data.time >= 50.0)
    return data, cases_for(
        past, window, protocol=protocol, context=context, kinds=kinds
    )


def test_new_asks_known_customers_for_what_they_had_not_bought() -> None:
    data, cases = asked("new", "history")
    assert [names(data, truth) for truth in cases.truths] == [["b"]]
    assert [names(data, had) for had in cases.excluded] == [["a"]]
    assert cases.histories[0].kinds == ("view", "purchase")
    assert cases.histories[0].ages.tolist() == [39.0, 40.0]
    assert not cases.repeats


def test_repeat_asks_for_all_they_bought() -> None:
    data, cases = asked("repeat", "history")
    assert [names(data, truth) for truth in cases.truths] == [["a", "b"], ["c"]]
    assert [len(had) for had in cases.excluded] == [0, 0]
    assert cases.repeats


def test_page_asks_what_came_after_it_in_the_order() -> None:
    data, cases = asked("next", "product", ("purchase",))
    assert [names(data, page) for page in cases.anchors] == [["a"], ["a"]]
    assert [names(data, truth) for truth in cases.truths] == [["b"], ["b", "c"]]


def test_basket_asks_for_its_other_half() -> None:
    data, cases = asked("next", "basket", ("purchase",))
    assert [names(data, basket) for basket in cases.anchors] == [["a"], ["a", "c"]]
    assert [names(data, truth) for truth in cases.truths] == [["b"], ["b"]]


def test_view_asks_what_was_bought_after_it() -> None:
    rows = [
        (0, "b", "purchase", 60.0, 1),
        (0, "a", "view", 61.0),
        (0, "c", "purchase", 62.0, 2),
    ]
    data = shop(rows)
    cases = cases_for(
        data.before(1.0),
        data,
        protocol="next",
        context="product",
        kinds=("view", "purchase"),
    )
    assert [names(data, truth) for truth in cases.truths] == [["c"]]


def test_thinning_is_even_and_the_same_every_time() -> None:
    rows = [(v, "a", "purchase", 10.0, v) for v in range(10)]
    rows += [(10, "b", "purchase", 10.0, 10)]
    rows += [(v, "b", "purchase", 80.0, 20 + v) for v in range(10)]
    data = shop(rows)
    cases = cases_for(
        data.before(50.0),
        data.where(data.time >= 50.0),
        protocol="new",
        context="history",
    )
    assert len(cases) == 10
    assert len(cases.thinned(4)) == 4
    assert cases.thinned(10) is cases


@pytest.mark.parametrize("protocol", ["new", "repeat"])
def test_a_product_that_came_later_is_no_right_answer(protocol: str) -> None:
    rows = [(0, "a", "purchase", 10.0, 0), (1, "b", "purchase", 10.0, 1)]
    rows += [(0, item, "purchase", 80.0, 2) for item in ("b", "later")]
    rows += [(1, "later", "purchase", 80.0, 3)]
    data = shop(rows)
    cases = cases_for(
        data.before(50.0),
        data.where(data.time >= 50.0),
        protocol=protocol,
        context="history",
    )
    assert [data.ids.texts(truth) for truth in cases.truths] == [["b"]]


def test_popularity_is_the_last_28_days_without_what_was_bought() -> None:
    rows = [(v, "old", "purchase", 5.0, v) for v in range(9)]
    rows += [(v, "hot", "purchase", 45.0, 20 + v) for v in range(3)]
    rows += [(5, "warm", "purchase", 45.0, 30), (0, "warm", "purchase", 60.0, 40)]
    data = shop(rows)
    past = data.before(50.0)
    cases = cases_for(
        past, data.where(data.time >= 50.0), protocol="new", context="none"
    )
    # visitor 0 bought "old" and "hot": of the last 28 days "warm" alone is left
    assert popularity(past, cases)["mrr@10"] == 1.0


def test_measure_asks_through_the_answer_that_serves() -> None:
    data = shop(PAST + WINDOW, now=100.0)
    past, window = data.before(50.0), data.where(data.time >= 50.0)
    cases = cases_for(past, window, protocol="repeat", context="none")
    metrics = measure(Popular(decay_days=1e6).fit(past), cases, past)
    # c was bought last, then a, then b (a view): right are a and b, then c
    first = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    assert metrics["ndcg@10"] == pytest.approx((first + 1) / 2, abs=1e-5)
    assert metrics["recall@10"] == 1.0
    assert metrics["coverage@10"] == 1.0


def test_every_measure_is_named() -> None:
    data = busy()
    past, cases = split(data, specs()["for_you"], {}, days=28, protocol="new")
    found = measure(Popular().fit(past), cases, past)
    assert set(found) == {
        f"{name}@10"
        for name in (
            *("ndcg", "recall", "precision", "f1", "hit_rate", "mrr", "map", "auc"),
            *("coverage", "gini", "novelty", "diversity", "serendipity"),
            *("popularity", "popularity_lift"),
        )
    }


def test_sampled_candidates_are_said_in_the_name() -> None:
    data = busy()
    past, cases = split(data, specs()["for_you"], {}, days=28, protocol="new")
    fitted = Popular().fit(past)
    whole = measure(fitted, cases, past)
    sampled = measure(fitted, cases, past, sampled=3)
    assert set(sampled) == {f"{name} of 3 sampled" for name in whole}
    assert sampled["ndcg@10 of 3 sampled"] > whole["ndcg@10"]
    all_of_it = measure(fitted, cases, past, sampled=data.n_items)
    assert all_of_it["ndcg@10 of 25 sampled"] == whole["ndcg@10"]


def test_sampling_keeps_what_is_right_and_the_order() -> None:
    cases = Cases("new")
    nothing = np.empty(0, np.int64)
    cases.add(History(), nothing, np.array([5]), np.array([2]))
    (found,) = among([np.array([4, 2, 0, 1, 3])], cases, 6, k=3, others=1)
    assert 2 in found
    assert len(found) == 2
    (every,) = among([np.array([4, 2, 0, 1, 3])], cases, 6, k=3, others=9)
    assert every.tolist() == [4, 2, 0]


def test_a_shop_at_rest_is_judged_by_its_last_days() -> None:
    data = shop(PAST + WINDOW, now=5000.0)
    assert end_of(data) == pytest.approx(82.0)
    past, cases = split(data, specs()["for_you"], {}, days=28, protocol="new")
    assert past.now == pytest.approx(54.0)
    assert len(cases) == 1


def test_evaluation_never_learns_from_the_hidden_days() -> None:
    data, spec = busy(), specs()["for_you"]
    past, cases = split(data, spec, {}, days=28, protocol="new")
    assert past.time.max() < end_of(data) - 28 == past.now
    found = evaluate(data, spec, {}, days=28)
    assert found.metrics == measure(spec.build({}).fit(past), cases, past)
    assert (found.cases, found.protocol) == (len(cases), "new")
    assert set(found.metrics) == set(found.baseline)


def test_live_version_is_compared_by_its_parameters() -> None:
    class Live:
        meta = {"algorithm": "for_you", "params": {"decay_days": 5.0}}

    spec, data = specs()["for_you"], busy()
    theirs = evaluate(data, spec, {"decay_days": 5.0}).metrics
    compared: Any = Live()
    assert evaluate(data, spec, {}, live=compared).previous == theirs
    compared.meta = {"algorithm": "for_you", "params": {"gone": 1}}
    assert evaluate(data, spec, {}, live=compared).previous == {}


def test_nothing_to_ask_is_no_verdict() -> None:
    found = evaluate(shop([(0, "a", "purchase", 99.0, 1)]), specs()["for_you"], {})
    assert (found.cases, found.metrics, found.baseline) == (0, {}, {})


def test_search_never_looks_at_the_last_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "FEW_CASES", 5)
    data, spec = busy(), specs()["buy_it_again"]
    found = tune(data, spec, days=20, budget_seconds=60)
    assert found.best_score >= found.default_score > 0
    scrambled = busy()
    late = scrambled.time >= end_of(scrambled) - 20
    late[-1] = False
    scrambled.item[late] = scrambled.item[late][::-1]
    again = tune(scrambled, spec, days=20, budget_seconds=60)
    assert (again.params, again.best_score) == (found.params, found.best_score)
    assert [untimed(row) for row in again.table] == [untimed(r) for r in found.table]


def untimed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "seconds"}


WALK = RecommenderSpec(
    name="walk",
    title="Walk",
    describe="",
    context="history",
    estimator="shop_personalize.ml.recommenders.popular.Popular",
    method="popular",
    methods={
        "walk": "shop_personalize.ml.recommenders.for_you.ForYou",
        "absent": "nowhere.Nobody",
    },
    evaluated="new",
    tunable=True,
)


def test_search_may_put_another_method_in_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "FEW_CASES", 5)
    monkeypatch.setattr("shop_personalize.ml.tuning.choice._beats", lambda *_: True)
    # with the gate for chance open the order of the scores alone decides
    found = tune(busy(visitors=150, rows=1500), WALK, days=20, budget_seconds=60)
    assert found.method == found.params["method"] == "walk"
    assert found.best_score > found.default_score
    assert isinstance(WALK.build(found.params), ForYou)
    absent = next(row for row in found.table if row["method"] == "absent")
    assert absent["note"].startswith("not installed")
    assert {row["protocol"] for row in found.table} == {"new", "repeat"}


def test_a_method_is_named_by_a_parameter() -> None:
    assert isinstance(WALK.build({}), Popular)
    assert isinstance(WALK.build({"method": "popular", "k": 7}), Popular)
    made = WALK.build({"method": "walk", "decay_days": 7.0})
    assert isinstance(made, ForYou)
    assert made.decay_days == 7.0
    with pytest.raises(ValueError, match="walk: method must be one of popular, walk"):
        WALK.build({"method": "nonsense"})


def test_what_a_spec_sets_holds_for_every_method_that_knows_it() -> None:
    strict = replace(
        WALK, params={"k": 7}, method="walk", estimator=WALK.methods["walk"]
    )
    strict = replace(
        strict, methods={"new": "shop_personalize.ml.recommenders.new.New"}
    )
    (walk, new) = methods_of(strict, {})
    assert (walk.params, new.params) == ({"k": 7}, {"k": 7})
    assert strict.build({"method": "new"}).get_params()["k"] == 7
    other = replace(strict, params={"once": 1.0})
    assert methods_of(other, {})[1].params == {}
    assert other.build({"once": 0.5}).get_params()["once"] == 0.5


def test_no_answer_for_you_rests_on_one_visitor() -> None:
    spec = specs()["for_you"]
    for name in (spec.method, *spec.methods):
        assert spec.build({"method": name}).get_params().get("min_support", 2) == 2


@pytest.mark.parametrize(
    ("found", "own", "merged"),
    [
        ({"k": 7}, {"decay_days": 3.0}, {"k": 7, "decay_days": 3.0}),
        ({"k": 7}, {"k": 9}, {"k": 9}),
        (
            {"method": "walk", "end": 0.4},
            {"decay_days": 3.0},
            {"method": "walk", "end": 0.4, "decay_days": 3.0},
        ),
        ({"method": "walk"}, {"method": "popular"}, {"method": "popular"}),
        ({"k": 7}, {"method": "walk"}, {"method": "walk"}),
        ({"method": "walk"}, {"unknown": 1}, {"unknown": 1}),
        ({"method": "absent"}, {}, {}),
        ({"method": "gone"}, {"k": 9}, {"k": 9}),
    ],
)
def test_the_owner_wins_over_the_search(
    found: dict[str, Any], own: dict[str, Any], merged: dict[str, Any]
) -> None:
    assert WALK.merged(found, own) == merged


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ({}, ["popular", "walk", "absent"]),
        ({"method": "walk"}, ["walk"]),
        ({"once": 1.0}, ["popular", "walk", "absent"]),
        ({"k": 50}, ["popular", "walk", "absent"]),
        ({"nobody_knows": 1}, ["popular", "absent"]),
    ],
)
def test_only_methods_that_know_the_owners_parameters_are_tried(
    own: dict[str, Any], names: list[str]
) -> None:
    assert [method.name for method in methods_of(WALK, own)] == names


def test_a_method_nobody_knows_the_cost_of_is_taken_for_slow() -> None:
    spec = specs()["buy_it_again"]
    costs = {method.name: method.cost for method in methods_of(spec, {})}
    assert costs.pop(spec.method) == 1.0
    assert set(costs.values()) <= {250.0}
    costs = {method.name: method.cost for method in methods_of(specs()["for_you"], {})}
    assert costs["walk"] < costs["graph"] < costs["blend"]


def test_what_the_owner_has_set_is_not_searched() -> None:
    (method,) = methods_of(WALK, {"method": "walk", "decay_days": 3.0})
    assert method.params == {"decay_days": 3.0}
    assert method.grid is not None
    assert "decay_days" not in method.grid
    assert "momentum" in method.grid


def test_how_sure_the_numbers_are_is_told() -> None:
    found = evaluate(busy(), specs()["for_you"], {}, days=28)
    for name, (low, high) in found.sure.items():
        if name != "gain":
            assert low <= found.metrics[name] <= high
    low, high = found.sure["gain"]
    assert low < found.metrics["ndcg@10"] / found.baseline["ndcg@10"] - 1 < high


def test_a_version_keeps_the_best_of_each_method() -> None:
    rows = [
        {"protocol": "new", "method": "a", "params": {}, "score": 0.2, "x": 1},
        {"protocol": "new", "method": "a", "params": {"p": 1}, "score": 0.3},
        {"protocol": "new", "method": "b", "score": 0.4, "chosen": False},
        {"protocol": "new", "method": "b", "score": 0.35, "chosen": True},
        {"protocol": "new", "method": "c", "note": "failed: no"},
        {"protocol": "repeat", "method": "b", "score": 0.9},
        {"params": {}, "score": 0.1},
    ]
    assert best_of_each(rows) == [
        {"method": "b", "score": 0.35, "chosen": True},
        {"method": "a", "params": {"p": 1}, "score": 0.3},
        {"method": "c", "note": "failed: no"},
    ]
    found = evaluate(busy(), specs()["for_you"], {}, days=28)
    kept = recorded(found, {"table": rows})
    assert kept["facts"]["cases"] == found.cases
    assert {**kept, "facts": None} == {**found.metrics, "facts": None}
    assert recorded(None, {}) == {}


def test_search_with_too_little_past_keeps_the_default() -> None:
    found = tune(shop(PAST), specs()["for_you"], budget_seconds=5)
    assert (found.params, found.default_score) == ({}, 0.0)


def test_search_out_of_time_keeps_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "FEW_CASES", 5)
    found = tune(busy(), specs()["for_you"], days=20, budget_seconds=0)
    assert found.params == {}
    assert found.default_score == found.best_score > 0


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "shop_personalize.training.snapshot.refresh", lambda _progress: None
    )
    monkeypatch.setattr("shop_personalize.training.dataset.load", busy)


@pytest.mark.django_db
@pytest.mark.usefixtures("history")
def test_command_shows_both_protocols_beside_popularity() -> None:
    out = StringIO()
    call_command("personalize", "evaluate", "for_you", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["days"] == 28.0
    assert [row["protocol"] for row in found["recommenders"]] == ["new", "repeat"]
    for row in found["recommenders"]:
        assert {"ndcg@10", "recall@10"} <= set(row["metrics"]) & set(row["baseline"])
        assert row["cases"] > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("history")
def test_command_prints_a_line_for_each_recommender() -> None:
    out = StringIO()
    call_command("personalize", "evaluate", "--days", "20", stdout=out)
    text = out.getvalue()
    judged = [name for name, spec in specs().items() if spec.evaluated]
    assert [name for name in judged if name not in text] == []
    assert "Learned without the last 20 days" in text


@pytest.mark.django_db
@pytest.mark.usefixtures("history")
def test_command_measures_every_method(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_verb, "specs", lambda: {"walk": WALK})
    out = StringIO()
    call_command("personalize", "evaluate", "--methods", "--json", stdout=out)
    rows = json.loads(out.getvalue())["recommenders"]
    assert [(row["method"], row["protocol"]) for row in rows] == [
        (method, protocol)
        for method in ("popular", "walk", "absent")
        for protocol in ("new", "repeat")
    ]
    assert [row["cases"] > 0 for row in rows] == [True] * 4 + [False] * 2
    assert rows[-1]["note"].startswith("ModuleNotFoundError")
    low, high = rows[2]["sure"]["ndcg@10"]
    assert low < rows[2]["metrics"]["ndcg@10"] < high


@pytest.mark.django_db
@pytest.mark.usefixtures("history")
def test_command_shows_what_a_search_has_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning, "FEW_CASES", 5)
    monkeypatch.setattr(evaluate_verb, "specs", lambda: {"walk": WALK})
    asked = ("personalize", "evaluate", "--tune", "--budget", "0", "--days", "20")
    out = StringIO()
    call_command(*asked, stdout=out)
    text = out.getvalue()
    assert re.search(r"✔\s+popular\s+0\.\d{4}\s+0\.\d{4}–0\.\d{4}", text)
    assert re.search(r"walk .*not tried: it would have taken too long", text)
    out = StringIO()
    call_command(*asked, "--json", stdout=out)
    (row, _again) = json.loads(out.getvalue())["recommenders"]
    assert [trial["method"] for trial in row["trials"]] == [
        "popular",
        "walk",
        "absent",
        "popularity",
    ]


@pytest.mark.django_db
def test_command_names_what_exists() -> None:
    with pytest.raises(CommandError, match=r"nonsense; there are: also_bought"):
        call_command("personalize", "evaluate", "nonsense")


@pytest.mark.django_db
def test_command_says_what_to_do_without_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "shop_personalize.training.snapshot.refresh", lambda _progress: None
    )
    monkeypatch.setattr("shop_personalize.training.dataset.load", lambda: shop([]))
    with pytest.raises(CommandError, match="backfill"):
        call_command("personalize", "evaluate")


def test_judging_reads_as_much_history_as_serving() -> None:
    assert cases_module.MAX_HISTORY == LATEST

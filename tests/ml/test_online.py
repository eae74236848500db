"""Between two trainings: what was touched is learned as if all had been."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.data import IdMap, TrainingData
from shop_personalize.ml.knowledge import Factors, ItemNeighbors, Mixture
from shop_personalize.ml.online import OnlyAnewError, Renewal, moved, renewal_of
from shop_personalize.ml.recommenders import renewed as parts
from shop_personalize.ml.recommenders.also_bought import AlsoBought
from shop_personalize.ml.recommenders.blend import Blend
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.ranked import Mixed, mixture
from shop_personalize.ml.recommenders.renewed_ranking import renewed_ranking
from shop_personalize.ml.recommenders.sequence_blend import SequenceBlend
from shop_personalize.ml.recommenders.visit_blend import VisitBlend
from shop_personalize.ml.serving import History, answer
from shop_personalize.registry.recommenders import BUILT_IN
from tests.ml.build import busy, names, shop

SPECS = {spec.name: spec for spec in BUILT_IN if spec.estimator}
PLAIN: dict[str, Any] = {"decay_days": 1e9, "min_support": 1}


@pytest.fixture(autouse=True)
def always_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small shops are touched all over; in parts all the same."""
    monkeypatch.setattr(parts, "WORTHWHILE", 2.0)


def rows_of(known: Any, data: TrainingData) -> dict[str, dict[str, float]]:
    """Neighbors by name, with scores."""
    found = {}
    for code in range(data.n_items):
        near, scores = known.row(code)
        found[names(data, [code])[0]] = dict(
            zip(names(data, near), map(float, scores), strict=True)
        )
    return found


def neighbors(*rows: list[tuple[int, float]]) -> ItemNeighbors:
    flat = [edge for row in rows for edge in row]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64),
        np.array([item for item, _ in flat], np.int32),
        np.array([score for _, score in flat], np.float32),
        np.full(len(flat), 3, np.int32),
    )


def updated(
    recommender: Any, data: TrainingData, since: float
) -> tuple[Any, Any, Renewal]:
    """The same learned at ``since`` and then updated, beside one learned anew."""
    past = data.before(since)
    before = type(recommender)(**recommender.get_params()).fit(past)
    renewal = renewal_of(before.knowledge_, past.ids, data, since=since)
    anew = type(recommender)(**recommender.get_params()).fit(data)
    return recommender.update(data, renewal), anew, renewal


def test_rows_move_with_their_ids() -> None:
    known = neighbors([(1, 0.9), (2, 0.5)], [(0, 0.9)], [(0, 0.5)])
    old, new = IdMap.of("ace"), IdMap.of("abcd")
    found = moved(known, old, new)  # e has gone, b and d have come
    assert [found.row(code)[0].tolist() for code in range(4)] == [[2], [], [0], []]
    assert found.data.tolist() == pytest.approx([0.9, 0.9])
    assert found.support.tolist() == [3, 3]
    assert moved(known, old, old) is known


def test_a_pair_seen_for_the_first_time_is_known_as_after_a_training() -> None:
    old = [(v, item, "purchase", 10.0 + v) for v in range(4) for item in "ab"]
    new = [(v, item, "purchase", 50.0) for v in (7, 8) for item in "cd"]
    data = shop(old + new)
    found, anew, renewal = updated(AlsoBought(**PLAIN), data, 40.0)
    assert names(data, np.flatnonzero(renewal.touched)) == ["c", "d"]
    ours, theirs = rows_of(found.knowledge_, data), rows_of(anew.knowledge_, data)
    assert ours.keys() == theirs.keys()
    assert set(ours["c"]) == {"d"}
    for name, row in ours.items():
        assert row == pytest.approx(theirs[name], rel=1e-5)


def test_a_new_product_enters_the_rows_of_what_it_was_bought_with() -> None:
    old = [(v, item, "purchase", 10.0 + v) for v in range(4) for item in "ab"]
    data = shop([*old, (0, "new", "purchase", 50.0), (1, "new", "purchase", 51.0)])
    ids = IdMap.of("ab")
    known = shop(old)
    before = AlsoBought(**PLAIN).fit(known)
    assert known.ids.ids.tolist() == ids.ids.tolist()
    renewal = renewal_of(before.knowledge_, ids, data, since=40.0)
    found = AlsoBought(**PLAIN).update(data, renewal)
    anew = AlsoBought(**PLAIN).fit(data)
    assert "new" in rows_of(found.knowledge_, data)["a"]
    assert rows_of(found.knowledge_, data)["new"] == pytest.approx(
        rows_of(anew.knowledge_, data)["new"], rel=1e-5
    )


def test_old_scores_fade_as_much_as_time_tells() -> None:
    """A day of e-folding: all old pairs are worth e^-... less, by one factor."""
    rows = [(v, item, "purchase", 10.0) for v in range(4) for item in "abcd"]
    fresh = [(v, item, "purchase", 20.0) for v in (7, 8) for item in "xy"]
    data = shop(rows + fresh)
    found, anew, _ = updated(AlsoBought(decay_days=5.0, min_support=1), data, 15.0)
    ours, theirs = rows_of(found.knowledge_, data), rows_of(anew.knowledge_, data)
    assert 0 < ours["a"]["b"] < 0.5 * ours["x"]["y"]
    for name, row in ours.items():
        assert row == pytest.approx(theirs[name], rel=1e-4)


def test_nothing_new_changes_nothing() -> None:
    data = busy()
    found, anew, renewal = updated(ForYou(), data, 1e6)
    assert not renewal.touched.any()
    ours, theirs = rows_of(found.knowledge_, data), rows_of(anew.knowledge_, data)
    for name, row in ours.items():
        assert row == pytest.approx(theirs[name], rel=1e-5)


def test_a_mixture_is_renewed_part_by_part() -> None:
    known = neighbors([(1, 1.0)], [(0, 1.0)])
    data = shop([(0, "a", "purchase", 1.0), (0, "b", "purchase", 1.0)])
    extras = {"walk__own_factor": np.ones(2), "other__x": np.zeros(1)}
    whole = Renewal(
        Mixture({"walk": known, "flat": Factors(np.ones((2, 1)), np.eye(1))}),
        data.ids,
        np.zeros(2, bool),
        extras=extras,
    )
    part = whole.part("walk")
    assert part is not None
    assert part.neighbors(data.ids) is known
    assert list(part.extras) == ["own_factor"]
    assert whole.part("no such") is None
    assert whole.neighbors(data.ids) is None
    flat = whole.part("flat")
    assert flat is not None
    assert flat.neighbors(data.ids) is None


def test_a_model_of_another_size_than_its_ids_is_refused() -> None:
    wrong = Renewal(neighbors([], []), IdMap.of("abc"), np.zeros(3, bool))
    with pytest.raises(ValueError, match="the model has 2 rows for 3 ids"):
        wrong.neighbors(IdMap.of("abc"))


def test_without_neighbors_all_is_learned_anew() -> None:
    data = busy()
    flat = Factors(np.ones((data.n_items, 1)), np.eye(1))
    renewal = renewal_of(flat, data.ids, data, since=90.0)
    found = ForYou().update(data, renewal)
    anew = ForYou().fit(data)
    np.testing.assert_array_equal(found.knowledge_.data, anew.knowledge_.data)


rows = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from("abcdefg"),
        st.sampled_from(("purchase", "view", "refund")),
        st.floats(0, 100, width=32),
    ),
    min_size=1,
    max_size=40,
)


@given(rows=rows, since=st.floats(0, 100), once=st.booleans())
@settings(max_examples=60, deadline=None)
def test_rows_of_what_was_touched_are_those_of_a_training(
    rows: list[Any], since: float, once: bool
) -> None:
    data = shop(rows, list("abcdefg"))
    kinds = {"once": 0.0} if once else {}
    found, anew, renewal = updated(ForYou(min_support=1, **kinds), data, since)
    ours, theirs = found.knowledge_, anew.knowledge_
    for code in np.flatnonzero(renewal.touched):
        assert ours.row(code)[0].tolist() == theirs.row(code)[0].tolist()
        np.testing.assert_allclose(ours.row(code)[1], theirs.row(code)[1], rtol=1e-4)
    assert np.isfinite(ours.data).all()
    assert (np.diff(ours.indptr) >= 0).all()
    for code in range(data.n_items):
        assert code not in ours.row(code)[0]
        assert (np.diff(ours.row(code)[1]) <= 0).all()


def test_touched_is_what_happened_since_or_has_no_code() -> None:
    data = shop([(0, "a", "view", 1.0), (0, "b", "view", 5.0)], ["c", "d"])
    renewal = renewal_of(neighbors([], [], []), IdMap.of("abc"), data, since=5.0)
    assert names(data, np.flatnonzero(renewal.touched)) == ["b", "d"]
    bought = renewal_of(
        neighbors([], [], []), IdMap.of("abc"), data, since=5.0, kinds=("purchase",)
    )
    assert names(data, np.flatnonzero(bought.touched)) == ["d"]


def test_a_ranked_mixture_keeps_its_ranker_and_renews_its_parts() -> None:
    data = busy(rows=1500)
    past = data.before(80.0)
    sources: dict[str, Any] = {"walk": ForYou(min_support=1), "best": Popular()}
    blend = Blend(sources, days=14.0, windows=2, trees=5)
    before = blend.fit(past)
    renewal = renewal_of(
        before.knowledge_,
        past.ids,
        data,
        since=80.0,
        config=before.query_config_,
        extras=before.extras_,
    )
    served = Blend(sources).update(data, renewal)
    found = Mixed(served.knowledge_, served.query_config_, served.extras_)
    assert found.config["ranker"] == before.query_config_["ranker"]
    for name in ("feature", "threshold", "value"):
        key = f"ranker__{name}"
        np.testing.assert_array_equal(found.extras[key], before.extras_[key])
    anew = Popular().fit(data)
    best = found.knowledge.parts["best"]
    np.testing.assert_array_equal(best.to_arrays()["scores"], anew.knowledge_.scores)
    assert len(found.extras["ranker__facts"]) == data.n_items
    history = History(np.array([0]), ("purchase",), np.ones(1), np.ones(1))
    assert len(answer(*found, history=history, n=5)) == 5


@pytest.mark.parametrize("blend", [SequenceBlend, VisitBlend])
def test_an_order_learned_from_what_follows_what_stays(blend: Any) -> None:
    data = busy(rows=1500)
    past = data.before(80.0)
    small: dict[str, Any] = {"min_support": 1, "trees": 4, "cases": 60, "pool": 20}
    before = blend(**small).fit(past)
    renewal = renewal_of(
        before.knowledge_,
        past.ids,
        data,
        since=80.0,
        config=before.query_config_,
        extras=before.extras_,
    )
    found = blend(**small).update(data, renewal)
    assert found.query_config_ == before.query_config_
    learned = {"ranker__feature", "ranker__threshold", "ranker__value"}
    learned &= before.extras_.keys()
    assert learned or blend is SequenceBlend  # sixty histories teach it nothing
    for key in learned:
        np.testing.assert_array_equal(found.extras_[key], before.extras_[key])
    anew = blend(**small).sources()
    for name, part in found.knowledge_.parts.items():
        fitted = anew[name].fit(data.of_kinds(*found.kinds)).knowledge_
        assert type(part) is type(fitted)
        for array, values in part.to_arrays().items():
            np.testing.assert_array_equal(values, fitted.to_arrays()[array])


def test_a_mixture_of_other_parts_is_not_renewed() -> None:
    data = busy()
    sources: dict[str, Any] = {"walk": ForYou(), "best": Popular()}
    model = mixture({name: each.fit(data) for name, each in sources.items()})
    renewal = renewal_of(
        model.knowledge, data.ids, data, since=90.0, config=model.config
    )
    assert renewed_ranking({"walk": ForYou()}, data, renewal) is None
    with pytest.raises(OnlyAnewError, match="made of other sources"):
        Blend({"walk": ForYou()}).update(data, renewal)
    assert renewed_ranking(sources, data, renewal) is not None


@pytest.mark.parametrize("name", SPECS)
def test_every_recommender_takes_part(name: str) -> None:
    """Alone or with new items, new visitors and nothing at all that is new."""
    data = busy()
    past = data.before(80.0)
    build = SPECS[name].build
    before = build({}).fit(past)
    for since in (80.0, 1e6):
        renewal = renewal_of(
            before.knowledge_,
            past.ids,
            data,
            since=since,
            config=before.query_config_,
            extras=before.extras_,
        )
        found = build({}).update(data, renewal)
        anew = build({}).fit(data)
        assert type(found.knowledge_) is type(anew.knowledge_)
        assert found.query_config_.keys() == anew.query_config_.keys()
        assert found.extras_.keys() == anew.extras_.keys()
        for key, array in found.knowledge_.to_arrays().items():
            assert array.dtype == anew.knowledge_.to_arrays()[key].dtype

"""What every recommender keeps, whatever it learns."""

from __future__ import annotations

import inspect
import json
from copy import copy
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_personalize.ml.circle import Circle
from shop_personalize.ml.data import IdMap, Items
from shop_personalize.ml.data.training_data import Links
from shop_personalize.ml.knowledge import SHAPES, Candidates
from shop_personalize.ml.serving import History, answer
from shop_personalize.ml.tuning.families import FAMILIES
from shop_personalize.registry.recommenders import BUILT_IN
from tests.ml.build import KINDS, busy, shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender

MAKERS: dict[str, Callable[[dict[str, Any]], Recommender]] = {
    spec.name: spec.build for spec in BUILT_IN if spec.estimator
}
"""What owners may choose, and what the search may choose for them, each once."""
KNOWN = {spec.estimator for spec in BUILT_IN}
for question, methods in FAMILIES.items():
    for method in methods:
        same = f"{method.path} {method.params}" if method.params else method.path
        if same not in KNOWN:
            MAKERS[f"{question} by {method.name}"] = method.build
            KNOWN.add(same)
every = pytest.mark.parametrize("name", MAKERS)


def make(name: str, **params: Any) -> Recommender:
    return MAKERS[name](params)


def ask(fitted: Recommender, *, n: int = 10, repeats: bool = False) -> Candidates:
    history = History(
        codes=np.array([0, 1, 2], np.int64),
        kinds=("view", "purchase", "add_to_cart"),
        ages=np.array([0.0, 3.0, 40.0]),
        quantities=np.ones(3),
        circle=Circle(
            people=np.array([0, 0, 1, 1]),
            codes=np.array([2, 3, 2, 3], np.int64),
            strengths=np.ones(2),
        ),
    )
    return answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=history,
        anchors=np.array([0], np.int64),
        n=n,
        repeats=repeats,
    )


def arrays(fitted: Recommender) -> dict[str, Any]:
    return {**fitted.knowledge_.to_arrays(), **fitted.extras_}


@every
def test_constructor_only_stores(name: str) -> None:
    signature = inspect.signature(type(make(name)).__init__).parameters
    given_values = {key: object() for key in signature if key != "self"}
    made = make(name, **given_values)
    assert made.get_params() == given_values
    assert vars(made) == given_values


@every
def test_searched_parameters_exist(name: str) -> None:
    made = make(name)
    searched = {*made.grid, *made.own_grid, *made.query_params}
    assert searched <= set(made.get_params())


@every
def test_fit_returns_self_and_one_of_the_shapes(name: str) -> None:
    made = make(name)
    assert made.fit(busy()) is made
    assert type(made.knowledge_) in SHAPES.values()
    assert made.query_config_ == json.loads(json.dumps(made.query_config_))
    assert made.query_config_["context"] in {"none", "product", "basket", "history"}


@every
def test_learns_something_from_a_busy_shop(name: str) -> None:
    assert len(ask(fitted_once(name))) > 0


@every
def test_empty_data_leaves_an_empty_shape(name: str) -> None:
    for data in (shop([]), shop([], ["a", "b", "c"])):
        fitted = make(name).fit(data)
        if data.n_items:
            assert len(ask(fitted)) == 0


@every
def test_single_item(name: str) -> None:
    rows = [
        (v, "a", kind, 90.0 + v, v) for v in range(3) for kind in ("view", "purchase")
    ]
    fitted = make(name).fit(shop(rows))
    history = History(np.zeros(1, np.int64), ("purchase",), np.ones(1), np.ones(1))
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=history,
        anchors=np.zeros(1, np.int64),
        n=5,
    )
    assert set(found.items.tolist()) <= {0}


@every
def test_same_data_same_model(name: str) -> None:
    first, second = arrays(fitted_once(name)), arrays(make(name).fit(busy()))
    assert first.keys() == second.keys()
    for key, array in first.items():
        np.testing.assert_array_equal(array, second[key])


@every
def test_does_not_touch_its_input(name: str) -> None:
    data, untouched = busy(), busy()
    make(name).fit(data)
    for column in fields(data):
        before, after = getattr(untouched, column.name), getattr(data, column.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after)
    assert data.weights == untouched.weights
    np.testing.assert_array_equal(data.items.prices, untouched.items.prices)


@every
def test_survives_storage(name: str) -> None:
    fitted = copy(fitted_once(name))
    before = ask(fitted)
    stored = fitted.knowledge_.to_arrays()
    fitted.knowledge_ = type(fitted.knowledge_).from_arrays(stored)
    np.testing.assert_array_equal(ask(fitted).items, before.items)


@every
def test_numbers_are_finite_and_small(name: str) -> None:
    for key, array in arrays(fitted_once(name)).items():
        assert array.dtype != np.float64, key
        if array.dtype.kind == "f":
            # A tree's leaf has nothing to compare with: its threshold is endless.
            endless = np.isinf(array) & key.endswith("threshold")
            assert (np.isfinite(array) | endless).all(), key


rows = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from("abcdefg"),
        st.sampled_from(KINDS),
        st.floats(0, 100, width=32),
        st.integers(-1, 8),
        st.integers(1, 3),
    ),
    max_size=40,
)


@every
@given(rows=rows, n=st.integers(0, 9), repeats=st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_are_sound(name: str, rows: list[Any], n: int, repeats: bool) -> None:
    data = shop(rows, list("abcdefg"))
    fitted = make(name).fit(data)
    found = ask(fitted, n=n, repeats=repeats)
    assert len(found) <= n
    assert len(set(found.items.tolist())) == len(found)
    assert all(0 <= code < data.n_items for code in found.items)
    assert all(-1 <= code < data.n_items for code in found.because)
    assert np.isfinite(found.scores).all()
    assert (np.diff(found.scores) <= 0).all()


def broken(**columns: Any) -> TrainingData:
    """The busy shop with some values of some columns overwritten at row 7."""
    data = busy()
    changed = {}
    for name, value in columns.items():
        changed[name] = getattr(data, name).copy()
        changed[name][7] = value
    return replace(data, **changed)


BAD = {
    "a time that is not a number": ({"time": np.nan}, "time: row 7 is nan"),
    "an endless time": ({"time": np.inf}, "time: row 7 is inf"),
    "a count that is not a number": ({"quantity": np.nan}, "quantity: row 7 is nan"),
    "a negative count": (
        {"quantity": -2, "kind": KINDS.index("purchase")},
        r"quantity: row 7 is -2.0, needed is 0 or more units",
    ),
    "an endless value": ({"value": np.inf}, "value: row 7 is inf"),
    "an item that is not there": (
        {"item": 25},
        r"item: row 7 is 25, needed is a code from 0 to 24 \(items in ids: 25\)",
    ),
    "an unknown item": ({"item": -1}, "item: row 7 is -1"),
    "a visitor who is not there": (
        {"visitor": 60},
        r"visitor: row 7 is 60, needed is a code from 0 to 59",
    ),
    "an unknown kind": ({"kind": len(KINDS)}, "kind: row 7 is 6"),
}


@every
@pytest.mark.parametrize("case", BAD)
def test_bad_rows_are_refused_by_column_and_row(name: str, case: str) -> None:
    columns, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        make(name).fit(broken(**columns))


def tied(target: int, weight: float) -> Links:
    return Links(
        np.zeros(1, np.int32),
        np.array([target], np.int32),
        np.array([weight], np.float32),
    )


@every
def test_bad_shapes_and_names_are_refused(name: str) -> None:
    data = busy()
    twice = data.ids.ids.copy()
    twice[3] = twice[4]
    cases = [
        ("time: 3 rows where item has", {"time": data.time[:3]}),
        ("item: float64 values; integer codes", {"item": data.item.astype(float)}),
        ("ids: 'i04' comes after 'i04'; each id may", {"ids": IdMap(twice)}),
        ("items.titles: 2 entries for 25 ids", {"items": Items.bare(2)}),
        ("weights: view is nan, needed is a finite", {"weights": {"view": np.nan}}),
        ("links.target: row 0 is 60, needed is a code", {"links": tied(60, 1.0)}),
        ("links.weight: row 0 is nan", {"links": tied(1, np.nan)}),
        ("identified: 2 values of bool", {"identified": np.ones(2, bool)}),
        ("half_lives: view is -1, needed is 0", {"half_lives": {"view": -1}}),
    ]
    for message, columns in cases:
        with pytest.raises(ValueError, match=message):
            make(name).fit(replace(data, **columns))


@every
def test_a_value_that_is_not_known_is_no_error(name: str) -> None:
    fitted = make(name).fit(broken(value=np.nan))
    assert len(ask(fitted)) > 0


@every
def test_a_single_visitor_is_sound(name: str) -> None:
    rows = [
        (0, item, kind, 90.0 + at, at if kind == "purchase" else None)
        for at, item in enumerate("abc")
        for kind in ("view", "purchase")
    ]
    found = ask(make(name).fit(shop(rows, list("abcd"))))
    assert all(0 <= code < 4 for code in found.items)
    assert np.isfinite(found.scores).all()


@every
def test_items_nobody_touched_and_repeated_rows_are_sound(name: str) -> None:
    data = busy()
    doubled = data.where(np.repeat(np.arange(len(data)), 2))
    wider = replace(doubled, ids=IdMap.of([*data.ids.texts(range(25)), "untouched"]))
    wider = replace(wider, items=Items.bare(26))
    found = ask(make(name).fit(wider))
    assert all(0 <= code < 26 for code in found.items)
    assert np.isfinite(found.scores).all()


histories = st.lists(
    st.tuples(
        st.integers(-3, 40),
        st.sampled_from([*KINDS, "never heard of", ""]),
        st.one_of(st.floats(-1e9, 1e9), st.just(np.nan), st.just(np.inf)),
        st.one_of(st.floats(-1e6, 1e6), st.just(np.nan)),
    ),
    max_size=12,
)


@every
@given(
    events=histories,
    page=st.lists(st.integers(-3, 40), max_size=3),
    held=st.lists(st.integers(-3, 40), max_size=6, unique=True),
    more=st.data(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_serving_never_raises(
    name: str,
    events: list[Any],
    page: list[int],
    held: list[int],
    more: st.DataObject,
) -> None:
    codes, kinds, ages, quantities = zip(*events, strict=True) if events else [()] * 4
    fitted = fitted_once(name)
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=History(
            np.array(codes, np.int64),
            tuple(kinds),
            np.array(ages),
            np.array(quantities),
            circle=Circle(
                people=np.arange(len(held)) % 2,
                codes=np.array(held, np.int64),
                strengths=np.ones(2),
            ),
        ),
        anchors=np.array(page, np.int64),
        n=more.draw(st.integers(-1, 60)),
        repeats=more.draw(st.booleans()),
        group=more.draw(st.sampled_from(["", "group 1", "no such group"])),
    )
    assert np.isfinite(found.scores).all()
    assert all(0 <= code < 25 for code in found.items)
    assert len(set(found.items.tolist())) == len(found)


@cache
def fitted_once(name: str) -> Recommender:
    return make(name).fit(busy())

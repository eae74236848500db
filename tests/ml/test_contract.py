"""What every recommender keeps, whatever it learns."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_personalize.ml.knowledge import SHAPES, Candidates
from shop_personalize.ml.serving import History, answer
from shop_personalize.registry.recommenders import BUILT_IN
from tests.ml.build import KINDS, busy, shop

if TYPE_CHECKING:
    from shop_personalize.ml.recommenders.base import Recommender

SPECS = {spec.name: spec for spec in BUILT_IN if spec.estimator}
every = pytest.mark.parametrize("name", SPECS)


def make(name: str, **params: Any) -> Recommender:
    return SPECS[name].build(params)


def ask(fitted: Recommender, *, n: int = 10, repeats: bool = False) -> Candidates:
    history = History(
        codes=np.array([0, 1, 2], np.int64),
        kinds=("view", "purchase", "add_to_cart"),
        ages=np.array([0.0, 3.0, 40.0]),
        quantities=np.ones(3),
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
    assert len(ask(make(name).fit(busy()))) > 0


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
    first, second = arrays(make(name).fit(busy())), arrays(make(name).fit(busy()))
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
    fitted = make(name).fit(busy())
    rebuilt = type(fitted.knowledge_).from_arrays(fitted.knowledge_.to_arrays())
    before = ask(fitted)
    fitted.knowledge_ = rebuilt
    np.testing.assert_array_equal(ask(fitted).items, before.items)


@every
def test_numbers_are_finite_and_small(name: str) -> None:
    for key, array in arrays(make(name).fit(busy())).items():
        assert array.dtype != np.float64, key
        if array.dtype.kind == "f":
            assert np.isfinite(array).all(), key


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

"""Methods of "for you" answer both questions: what is new, and what is due again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.item_item import ItemItem
from shop_personalize.ml.recommenders.own_too import ItemsOwnToo
from shop_personalize.ml.serving import History, answer
from shop_personalize.registry.recommenders import BUILT_IN
from tests.ml.build import busy, shop

FOR_YOU = next(spec for spec in BUILT_IN if spec.name == "for_you")
ONCE = History(
    np.array([1, 0], np.int64), ("purchase",) * 2, np.array([2.0, 3.0]), np.ones(2)
)


@pytest.mark.parametrize("method", FOR_YOU.methods)
def test_every_method_knows_what_was_bought(method: str) -> None:
    data = busy()
    fitted = FOR_YOU.build({"method": method}).fit(data)
    assert fitted.query_config_ == json.loads(json.dumps(fitted.query_config_))
    found = answer(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        history=ONCE,
        n=5,
        repeats=True,
    )
    assert {0, 1} & set(found.items.tolist())
    assert np.isfinite(found.scores).all()
    FOR_YOU.build({"method": method}).fit(shop([], ["a"]))


def test_the_method_itself_is_untouched() -> None:
    data = busy()
    plain, both = ItemItem().fit(data), ItemsOwnToo().fit(data)
    for name, array in plain.knowledge_.to_arrays().items():
        np.testing.assert_array_equal(both.knowledge_.to_arrays()[name], array)
    own = ForYou().fit(data)
    assert both.query_config_ == {
        **plain.query_config_,
        "own": own.query_config_["own"],
    }
    assert both.configure(data) == both.query_config_
    for name, array in own.extras_.items():
        np.testing.assert_array_equal(both.extras_[name], array)
    assert both.get_params() == plain.get_params()

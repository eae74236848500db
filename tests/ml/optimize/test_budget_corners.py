"""Orders under one budget where several terms meet, against all orders there are."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from shop_personalize.ml.optimize.budget import budgeted
from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.stock.demand import Poisson

OWN = ("cost", "shortage", "holding", "position", "pack", "minimum")
MOST = 60


def test_a_minimum_order_holds_where_a_supplier_asks_for_more() -> None:
    """The first only helps the supplier to its 25: with 9 it would, allowed are 10."""
    found = budgeted(
        Poisson([2.0, 0.3, 0.0]),
        cost=[3.0, 3.0, 1.0],
        shortage=[0.5, 0.5, 3.0],
        holding=[0.2, 2.0, 0.2],
        position=[30.0, 4.0, -2.0],
        pack=[1, 2, 6],
        minimum=[10.0, 3.0, 10.0],
        supplier=[0, 0, 0],
        supplier_minimum=[25.0],
    )

    assert found.quantities.tolist() == [10, 0, 12]


def test_what_is_kept_for_nothing_reaches_a_suppliers_minimum() -> None:
    found = budgeted(
        Poisson([2.0]),
        cost=1.0,
        shortage=10.0,
        holding=0.0,
        position=1.0,
        pack=6,
        most=30.0,
        supplier=[0],
        supplier_minimum=[25.0],
    )

    assert found.quantities.tolist() == [30]
    assert found.bound == pytest.approx(found.gain, rel=1e-9)


def test_what_takes_no_room_needs_none() -> None:
    with np.errstate(divide="raise"):
        found = budgeted(
            Poisson([5.0, 2.0]),
            cost=[3.0, 0.5],
            shortage=[0.5, 10.0],
            holding=[0.0, 0.2],
            position=[30.0, 4.0],
            minimum=3.0,
            space=[1.0, 0.0],
            storage=0.0,
        )

    assert found.quantities.tolist() == [0, 3]


def test_a_gain_of_next_to_nothing_is_no_error() -> None:
    found = budgeted(
        Poisson(0.3),
        cost=[3.0, 0.5, 1.0],
        shortage=[10.0, 0.5, 10.0],
        holding=[0.2, 2.0, 0.0],
        position=[1.0, 4.0, 30.0],
        pack=[2, 1, 2],
        minimum=[3.0, 0.0, 10.0],
        budget=5.0,
        space=[2.0, 0.0, 1.0],
        storage=5.0,
        supplier=[0, 0, 0],
        supplier_minimum=[5.0],
    )

    assert found.quantities.tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(150))
def test_of_few_products_no_terms_hide_the_best_orders(seed: int) -> None:
    mean, terms = drawn(np.random.default_rng(seed))
    best = most_gained(mean, terms)

    found = budgeted(Poisson(mean), **terms)

    assert is_allowed(found.quantities[:, None], terms).all()
    assert found.gain == pytest.approx(best, rel=2e-5, abs=2e-5)
    assert found.bound >= best - 2e-5 * max(1.0, best)


def drawn(rng: np.random.Generator) -> tuple[NDArray[np.float64], dict[str, Any]]:
    n = int(rng.integers(1, 4))
    terms: dict[str, Any] = {
        "cost": rng.choice([0.5, 1.0, 3.0], n),
        "shortage": rng.choice([0.5, 2.0, 10.0], n),
        "holding": rng.choice([0.0, 0.2, 2.0], n),
        "position": rng.choice([-2.0, 0.0, 1.0, 4.0, 30.0], n),
        "pack": rng.choice([2, 3, 6], n),
        "minimum": rng.choice([0.0, 3.0, 10.0], n),
    }
    if rng.random() < 0.6:
        terms["budget"] = float(rng.choice([0.0, 5.0, 10.0, 20.0, 50.0]))
    if rng.random() < 0.4:
        terms["space"] = rng.choice([0.0, 1.0, 2.0], n)
        terms["storage"] = float(rng.choice([0.0, 5.0, 15.0]))
    if rng.random() < 0.5:
        terms["supplier"] = rng.integers(0, 2, n)
        terms["supplier_minimum"] = rng.choice([0.0, 5.0, 25.0], 2)
    return rng.choice([0.0, 0.3, 2.0, 5.0], n), terms


def most_gained(mean: NDArray[np.float64], terms: dict[str, Any]) -> float:
    """The gain of the best of all orders of up to ``MOST`` units each."""
    own = {name: terms[name] for name in OWN}
    products = Products.of(Poisson(mean), None, **own)
    each = [
        np.append(0.0, np.arange(least, MOST + 1, pack))
        for least, pack in zip(products.least, products.pack, strict=True)
    ]
    gains = [
        np.array([products.take(np.array([row])).gain(np.array([u]))[0] for u in units])
        for row, units in enumerate(each)
    ]
    orders = np.array(np.meshgrid(*each, indexing="ij")).reshape(len(each), -1)
    gained = sum(np.meshgrid(*gains, indexing="ij"), np.zeros(1)).ravel()
    return float(gained[is_allowed(orders, terms)].max())


def is_allowed(orders: NDArray[Any], terms: dict[str, Any]) -> NDArray[np.bool_]:
    """Whether each column of orders keeps to all terms."""
    pack, minimum = terms["pack"][:, None], terms["minimum"][:, None]
    kept = ((orders == 0) | (orders >= minimum)) & (orders % pack == 0)
    found: NDArray[np.bool_] = kept.all(axis=0)
    if "budget" in terms:
        found &= terms["cost"] @ orders <= terms["budget"] * (1 + 1e-12)
    if "storage" in terms:
        found &= terms["space"] @ orders <= terms["storage"] * (1 + 1e-12)
    for at, least in enumerate(terms.get("supplier_minimum", ())):
        spent = (terms["cost"] * (terms["supplier"] == at)) @ orders
        found &= (spent == 0) | (spent >= least - 1e-9)
    return found

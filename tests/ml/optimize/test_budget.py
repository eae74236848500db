"""Orders under one budget: exact on small cases, certain about what they miss."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.optimize.budget import budgeted
from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.demand import (
    NegativeBinomial,
    Normal,
    Poisson,
    Quantiles,
    Samples,
)

PLAIN = {"cost": [4.0, 2.0], "shortage": [6.0, 3.0], "holding": [1.0, 1.0]}


def test_without_a_budget_each_is_a_newsvendor():
    demand = Poisson([9.0, 30.0])
    levels = demand.quantile([6 / 7, 3 / 4])

    found = budgeted(demand, **PLAIN, position=[2, 50])

    assert found.quantities.tolist() == [levels[0] - 2, 0]
    assert found.quantities.dtype == np.int64
    assert found.multiplier == 0
    assert found.gap == 0
    assert found.spent == 4 * (levels[0] - 2)


def test_an_ample_budget_changes_nothing():
    demand = Poisson([9.0, 30.0])

    free, held = (budgeted(demand, **PLAIN, budget=most) for most in (None, 1e6))

    assert held.quantities.tolist() == free.quantities.tolist()
    assert held.multiplier == pytest.approx(0, abs=1e-6)
    assert held.gain == free.gain


def test_money_goes_where_it_saves_most():
    """Known demand: 10 of each; the second saves 1.50 a unit of money, so the first."""
    demand = Samples([[10.0], [10.0]])
    terms = {"cost": [4, 2], "shortage": [8, 3], "holding": 0.5}

    found = budgeted(demand, **terms, budget=48)

    assert found.quantities.tolist() == [10, 4]
    assert found.gain == 10 * 8 + 4 * 3
    assert found.spent == 48
    assert found.multiplier == pytest.approx(1.5, rel=1e-6)
    assert found.bound == pytest.approx(found.gain, rel=1e-9)


def test_room_is_scarce_too():
    demand = Samples([[10.0], [10.0]])
    terms = {"cost": [4, 2], "shortage": [8, 3], "holding": 0.5}

    found = budgeted(demand, **terms, budget=100, space=[3, 1], storage=25)

    assert found.quantities.tolist() == [5, 10]
    assert found.room == 25
    assert found.room_multiplier == pytest.approx(8 / 3, rel=1e-6)
    assert found.multiplier == pytest.approx(0, abs=1e-6)


def test_packs_minimum_and_most_are_kept():
    demand = Poisson([20.0, 20.0, 20.0, 2.0])

    found = budgeted(
        demand,
        cost=1,
        shortage=5,
        holding=1,
        pack=[6, 7, 1, 1],
        minimum=[0, 0, 40, 3],
        most=[12, 100, 100, 100],
    )

    # 40 are worth it against none
    assert found.quantities.tolist() == [12, 28, 40, 3]


def test_a_minimum_too_large_is_not_ordered():
    found = budgeted(Poisson([2.0]), cost=1, shortage=5, holding=1, minimum=200)

    assert found.quantities.tolist() == [0]
    assert found.gain == 0


def test_a_supplier_gets_its_minimum_or_nothing():
    demand = Samples([[5.0, 5.0], [5.0, 5.0], [5.0, 5.0]])
    terms = {"cost": 1, "shortage": [9, 4, 4], "holding": 0.1, "budget": 100}

    found = budgeted(
        demand, **terms, supplier=[0, 0, 1], supplier_minimum=[12.0, 1000.0]
    )

    # two more than wanted, for the sake of ten that are; a thousand never pays
    assert found.spent == 12
    assert found.quantities[2] == 0
    assert found.quantities[:2].sum() == 12
    assert found.gain == pytest.approx(5 * 9 + 5 * 4 - 2 * 0.1)


def test_quantiles_of_a_forecast_serve_as_demand():
    demand = Quantiles([0.1, 0.5, 0.9], [[2.0, 5.0, 9.0], [20.0, 50.0, 90.0]])

    found = budgeted(demand, **PLAIN, budget=100)

    assert found.spent == 100
    assert found.gap < 0.001


def test_fewer_than_nothing_is_in_hand_when_customers_wait():
    waiting, none = (
        budgeted(Poisson([9.0]), cost=4, shortage=6, holding=1, position=position)
        for position in (-5, 0)
    )

    assert waiting.quantities[0] == none.quantities[0] + 5


whole = st.integers(0, 9)
products = st.tuples(
    st.floats(0.5, 6),  # mean
    st.integers(1, 9),  # cost
    st.integers(1, 20),  # shortage
    st.floats(0.1, 3),  # holding
    st.integers(-2, 6),  # position
    st.integers(1, 4),  # pack
    st.integers(0, 5),  # minimum
)


def columns(rows):
    names = ("cost", "shortage", "holding", "position", "pack", "minimum")
    mean, *rest = (np.array(column, np.float64) for column in zip(*rows, strict=True))
    return Poisson(mean), dict(zip(names, rest, strict=True))


def all_orders(terms, most=16):
    """Every allowed combination of orders."""
    choices = [
        [0, *(q for q in range(int(pack), most, int(pack)) if q >= minimum)]
        for pack, minimum in zip(terms["pack"], terms["minimum"], strict=True)
    ]
    return np.array(list(itertools.product(*choices)), np.float64)


def savings(demand, terms, most=60):
    """Expected saving of 0..most units of each product, by the sum over all demands."""
    units = np.arange(most)
    level = (terms["position"][:, None] + units)[:, :, None]
    cost = terms["holding"][:, None, None] * np.maximum(level - units, 0)
    cost = cost + terms["shortage"][:, None, None] * np.maximum(units - level, 0)
    expected = (cost * demand.chances(most - 1)[:, None, :]).sum(axis=2)
    return expected[:, :1] - expected


@given(st.lists(products, min_size=1, max_size=3), st.integers(0, 80))
@settings(max_examples=40, deadline=None)
def test_no_orders_are_better_than_the_bound(rows, budget):
    demand, terms = columns(rows)
    found = budgeted(demand, **terms, budget=budget)
    tried = all_orders(terms)
    table, row = savings(demand, terms), np.arange(len(rows))
    gains = table[row, tried.astype(int)].sum(axis=1)
    best = gains[tried @ terms["cost"] <= budget].max()

    assert found.spent <= budget
    assert np.all(found.quantities % terms["pack"] == 0)
    low = (found.quantities > 0) & (found.quantities < terms["minimum"])
    assert not low.any()
    assert found.gain == pytest.approx(table[row, found.quantities].sum(), abs=1e-6)
    assert best <= found.bound + 1e-6
    assert found.gain <= best + 1e-6 or (found.quantities >= 16).any()
    assert found.gain >= best * (1 - 1e-5) - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_of_few_products_suppliers_get_the_best_orders(seed):
    rng = np.random.default_rng(seed)
    demand = Poisson(rng.uniform(0.5, 4, 3))
    terms = {
        "cost": rng.integers(1, 6, 3).astype(float),
        "shortage": rng.integers(2, 20, 3).astype(float),
        "holding": rng.uniform(0.2, 2, 3),
        "position": np.zeros(3),
        "pack": np.array([1, 2, 3]),
        "minimum": rng.integers(0, 4, 3),
    }
    supplier, least = np.array([0, 0, 1]), np.array([15.0, 8.0])
    tried = all_orders(terms, 30)
    spent = tried * terms["cost"]
    by = np.column_stack([spent[:, :2].sum(axis=1), spent[:, 2]])
    allowed = ((by == 0) | (by >= least)).all(axis=1) & (spent.sum(axis=1) <= 40)
    gains = savings(demand, terms)[np.arange(3), tried.astype(int)].sum(axis=1)

    found = budgeted(
        demand, **terms, budget=40, supplier=supplier, supplier_minimum=least
    )

    assert found.gain == pytest.approx(gains[allowed].max(), abs=1e-5)


def thousand(seed):
    rng = np.random.default_rng(seed)
    n = 1000
    mean = rng.lognormal(1.5, 1.0, n)
    cost = rng.lognormal(2, 1, n)
    return mean, {
        "cost": cost,
        "shortage": cost * rng.uniform(0.2, 1.5, n),
        "holding": cost * rng.uniform(0.02, 0.1, n),
        "position": np.floor(mean * rng.uniform(0, 1.2, n)),
        "pack": rng.choice([1, 1, 6], n),
        "minimum": rng.choice([0, 0, 12], n),
        "budget": 0.4 * float(cost @ mean),
    }


@pytest.mark.parametrize("kind", [Normal, NegativeBinomial])
def test_a_thousand_products_come_close_to_the_bound(kind):
    mean, terms = thousand(1)

    found = budgeted(kind(mean, 1.5 * np.sqrt(mean)), **terms)

    assert found.gap < 1e-4
    assert 0.999 * terms["budget"] < found.spent <= terms["budget"]


def test_a_thousand_products_with_room_and_suppliers():
    mean, terms = thousand(2)
    rng = np.random.default_rng(3)
    supplier, least = rng.integers(0, 20, 1000), rng.lognormal(5, 1, 20)
    space = rng.uniform(0.1, 5, 1000)
    storage = 0.5 * float(space @ mean)

    found = budgeted(
        Poisson(mean),
        **terms,
        space=space,
        storage=storage,
        supplier=supplier,
        supplier_minimum=least,
    )

    spent = np.bincount(supplier, terms["cost"] * found.quantities, minlength=20)
    assert np.all((spent == 0) | (spent >= least * (1 - 1e-9)))
    assert found.room <= storage
    assert found.spent <= terms["budget"]
    assert found.gap < 0.005


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cost": [4, 0]}, r"cost\[1\] must be above 0, not 0"),
        ({"cost": [4, np.nan]}, r"cost\[1\] must be above 0, not nan"),
        ({"shortage": -1}, "shortage must be above 0, not -1"),
        ({"holding": [-1, 1]}, r"holding\[0\] must be 0 or above, not -1"),
        ({"pack": [1, 1.5]}, r"pack\[1\] must be whole, above 0, not 1.5"),
        ({"pack": 0}, "pack must be whole, above 0, not 0"),
        ({"minimum": -2}, "minimum must be 0 or above"),
        ({"most": [5, -1]}, r"most\[1\] must be 0 or above, not -1"),
        (
            {"minimum": 6, "most": [5, 9]},
            r"most\[0\] must be 0 or at least minimum and a pack, not 5",
        ),
        ({"budget": -1}, "budget must be 0 or above, not -1"),
        ({"budget": np.inf}, "budget must be 0 or above, not inf"),
        ({"storage": 9}, "space is missing"),
        ({"cost": [1, 2, 3]}, r"the numbers of products differ: demand \(2,\)"),
        ({"supplier": [0, 1]}, "supplier and supplier_minimum go together"),
        (
            {"supplier": [0, 2], "supplier_minimum": [5, 5]},
            r"supplier\[1\] must be 0 to 1, not 2",
        ),
        (
            {"supplier": [0], "supplier_minimum": [5]},
            "supplier must be 2 whole numbers, one a product",
        ),
    ],
)
def test_what_makes_no_sense_says_so(change, told):
    with pytest.raises(StockError, match=told):
        budgeted(Poisson([9.0, 30.0]), **{**PLAIN, **change})


def test_no_money_buys_nothing():
    found = budgeted(Poisson([9.0, 30.0]), **PLAIN, budget=0)

    assert found.quantities.tolist() == [0, 0]
    assert found.gap == 0

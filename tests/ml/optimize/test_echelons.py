"""Serial, assembly and distribution systems: worked examples, limits, simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.optimize.echelons import (
    WORKED,
    EchelonError,
    Grid,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
    Serial,
    assembly,
    distribution,
    row_of,
    serial,
    serial_bounds,
    serial_heuristic,
)

EXAMPLE_6_1 = {
    "echelon_holding": [3, 2, 2],
    "lead_times": [1, 1, 2],
    "shortage": 37.12,
    "demand": NormalDemand(5, 1),
}


def test_the_worked_example_on_its_own_grid():
    """Levels from 4 deviations below to 8 above, no chance beyond the steps."""
    span = (-8.0, float(20 + 2 * stats.norm.ppf(1 - (1 - stats.norm.cdf(8)))))
    grid = Grid(1000, 100, float(stats.norm.sf(4)), span, beyond=False)

    found = serial(**EXAMPLE_6_1, grid=grid)

    assert found.levels == pytest.approx(
        [6.5144388073261155, 12.012332294949644, 22.700237234889784], rel=1e-9
    )
    assert found.cost == pytest.approx(47.668653127136345, rel=1e-9)


def test_the_worked_example_to_the_end():
    """The textbook's figures, to the digits it prints."""
    found = serial(**EXAMPLE_6_1)

    assert found.local_levels == pytest.approx([6.49, 5.53, 10.69], abs=0.006)
    assert found.cost == pytest.approx(47.6601, abs=1e-4)


def test_a_finer_grid_changes_next_to_nothing():
    usual, fine = serial(**EXAMPLE_6_1), serial(**EXAMPLE_6_1, grid=Grid(20_000))

    assert usual.cost == pytest.approx(fine.cost, rel=1e-6)
    assert usual.levels == pytest.approx(fine.levels, rel=5e-4)


def test_one_stage_is_a_newsvendor():
    ratio = 0.70 / 0.88
    level = 50 * 4 + 8 * 2 * stats.norm.ppf(ratio)
    cost = 0.88 * 16 * stats.norm.pdf(stats.norm.ppf(ratio))

    found = serial(
        echelon_holding=[0.18], lead_times=4, shortage=0.70, demand=NormalDemand(50, 8)
    )

    assert found.levels == pytest.approx([level], rel=2e-4)
    assert found.cost == pytest.approx(cost, rel=1e-5)


def test_whole_units_are_counted_exactly():
    demand = stats.poisson(50)
    level = int(demand.ppf(0.70 / 0.88))
    units = np.arange(400)
    over = np.maximum(level - units, 0) @ demand.pmf(units)
    short = np.maximum(units - level, 0) @ demand.pmf(units)

    found = serial(
        echelon_holding=0.18, lead_times=1, shortage=0.70, demand=PoissonDemand(50)
    )

    assert found.levels.tolist() == [level]
    assert found.cost == pytest.approx(0.18 * over + 0.70 * short, rel=1e-7)


def test_given_levels_are_costed_not_chosen():
    found = serial(**EXAMPLE_6_1, levels=[6.49, 12.02, 22.71])
    worse = serial(**EXAMPLE_6_1, levels=[6.49, 12.02, 24])

    assert found.levels.tolist() == [6.49, 12.02, 22.71]
    assert found.cost == pytest.approx(47.660, abs=2e-3)
    assert worse.cost > found.cost + 0.5


def test_the_cost_is_what_a_simulation_finds():
    levels = np.array([9, 15, 22])
    arguments = {"echelon_holding": [3, 2, 1], "lead_times": [1, 2, 1]}
    demand = np.random.default_rng(61).poisson(4, 400_000)

    found = serial(
        **arguments, shortage=30, demand=PoissonDemand(4), levels=levels
    ).cost

    assert found == pytest.approx(simulated(levels, demand, 30, **arguments), rel=0.01)


def simulated(levels, demand, shortage, echelon_holding, lead_times):
    """Mean cost a period, on running totals: who has got how much by when."""
    asked = np.cumsum(demand)
    received = asked
    stages = list(zip(levels, echelon_holding, lead_times, strict=True))
    cost = 0.0
    for level, holding, delay in reversed(stages):
        position = np.minimum(level, received - asked)
        if received is asked:
            position = np.full(asked.size, level)
        received = position + asked
        received = np.concatenate([np.zeros(delay), received[:-delay]])
        cost += holding * (received - asked)[50:].mean()
    short = np.maximum(asked - received, 0)[50:].mean()
    return cost + (shortage + sum(echelon_holding)) * short


costs = st.floats(0.1, 10)


@given(
    st.lists(st.tuples(costs, st.integers(1, 3)), min_size=1, max_size=4),
    st.floats(5, 100),
    st.floats(1, 20),
)
@settings(max_examples=30, deadline=None)
def test_the_optimum_lies_within_its_bounds(stages, shortage, mean):
    arguments = {
        "echelon_holding": [holding for holding, _ in stages],
        "lead_times": [delay for _, delay in stages],
        "shortage": shortage,
        "demand": PoissonDemand(mean),
    }
    low, high = serial_bounds(**arguments)

    found = serial(**arguments)

    assert (low <= found.levels).all()
    assert (found.levels <= high).all()
    at_bounds = [serial(**arguments, levels=levels).cost for levels in (low, high)]
    assert found.cost <= min(at_bounds) + 1e-9


def test_the_heuristic_lies_between_the_bounds():
    low, high = serial_bounds(**EXAMPLE_6_1)

    assert serial_heuristic(**EXAMPLE_6_1) == pytest.approx((low + high) / 2)
    assert serial_heuristic(**EXAMPLE_6_1, weight=1) == pytest.approx(low)
    assert serial_heuristic(**EXAMPLE_6_1) == pytest.approx(
        [6.490880975286938, 12.027434723327854, 22.634032391786285], rel=1e-9
    )


def test_more_spread_demand_asks_for_more():
    calm, wild = PoissonDemand(4), NegativeBinomialDemand(4, 4)
    arguments = {"echelon_holding": [1, 1], "lead_times": 2, "shortage": 20}

    few, many = (serial(**arguments, demand=demand) for demand in (calm, wild))

    assert (many.levels > few.levels).all()
    assert many.cost > few.cost


def test_a_level_above_the_next_counts_as_that():
    assert Serial(np.array([9.0, 7.0, 12.0]), 0).local_levels.tolist() == [7, 0, 5]
    assert Serial(np.array([np.inf, 7.0]), 0).local_levels.tolist() == [7, 0]


def test_an_assembly_of_equal_lead_times_is_a_row_of_two():
    row = row_of(edges=[(1, 0), (2, 0)], lead_times=[1, 2, 2], holding=[5, 1, 2])

    assert row.stage_of.tolist() == [0, 1, 1]
    assert row.lead_times.tolist() == [1, 2]
    assert row.echelon_holding.tolist() == [2, 3]


def test_an_assembly_costs_what_its_row_does():
    row = serial(
        echelon_holding=[2, 3], lead_times=[1, 2], shortage=20, demand=PoissonDemand(5)
    )

    found = assembly(
        edges=[(1, 0), (2, 0)],
        lead_times=[1, 2, 2],
        holding=[5, 1, 2],
        shortage=20,
        demand=PoissonDemand(5),
    )

    assert found.cost == row.cost
    assert found.levels.tolist() == row.levels[[0, 1, 1]].tolist()


def test_a_distribution_to_one_shop_is_its_serial_heuristic():
    way = serial_heuristic(
        echelon_holding=[2, 1],
        lead_times=[1, 3],
        shortage=20,
        demand=NormalDemand(8, 3),
    )

    found = distribution(
        edges=[(1, 0)],
        lead_times=[1, 3],
        holding=[3, 1],
        shortage=[20, 0],
        mean=[8, 0],
        sd=[3, 0],
    )

    assert found == pytest.approx(Serial(way, 0).local_levels, rel=1e-9)


def test_a_warehouse_of_many_shops_holds_less_for_each():
    def warehouse(shops):
        return distribution(
            edges=[(0, shop) for shop in range(1, shops + 1)],
            lead_times=[2] + [1] * shops,
            holding=[1] + [2] * shops,
            shortage=[0] + [20] * shops,
            mean=[0] + [10] * shops,
            sd=[0] + [4] * shops,
        )[0]

    each = [warehouse(shops) / shops for shops in (1, 4, 16)]

    assert each[0] > each[1] > each[2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"echelon_holding": [3, -2, 2]}, "echelon_holding of stage 1 is -2"),
        ({"echelon_holding": [3, 2, 0]}, "echelon_holding of the topmost stage is 0"),
        ({"echelon_holding": []}, "echelon_holding is empty"),
        ({"lead_times": [1, 2]}, "lead_times has 2 values for 3 stages"),
        ({"lead_times": [1, -1, 2]}, "lead_times of stage 1 is -1"),
        ({"lead_times": 0}, "lead_times are all 0; at least one must be above 0"),
        ({"shortage": 0}, "shortage is 0; it must be above 0"),
        ({"shortage": np.nan}, "shortage is nan"),
        ({"levels": [1, 2]}, "levels has 2 values for 3 stages"),
    ],
)
def test_a_serial_system_that_cannot_be_planned_says_why(change, told):
    with pytest.raises(EchelonError, match=told):
        serial(**{**EXAMPLE_6_1, **change})


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: NormalDemand(5, 0), "sd is 0; it must be above 0"),
        (lambda: NormalDemand(-5, 1), "mean is -5; it must be 0 or more"),
        (lambda: PoissonDemand(0), "mean is 0; it must be above 0"),
        (lambda: NegativeBinomialDemand(4, 2), "needs one above 2"),
        (lambda: Grid(points=0), "points is 0; it must be 1 or more"),
        (lambda: Grid(tail=0.7), "tail is 0.7; it must be between 0 and 0.5"),
        (lambda: Grid(span=(1, 2)), "span is 1 to 2; it must hold 0"),
        (lambda: serial_heuristic(**EXAMPLE_6_1, weight=2), "weight is 2"),
        (
            lambda: serial_bounds(**{**EXAMPLE_6_1, "echelon_holding": [0, 2, 2]}),
            "echelon_holding of stage 0 is 0; it must be above 0",
        ),
        (
            lambda: row_of(edges=[(1, 0)], lead_times=1, holding=[1, 3]),
            "holding of stage 0 is 2 less than that of its parts",
        ),
        (
            lambda: row_of(edges=[(0, 1), (0, 2)], lead_times=1, holding=[1, 1, 1]),
            "stage 0 goes into 1 and 2",
        ),
        (
            lambda: two_suppliers(),
            "stage 2 is supplied by 0 and 1",
        ),
    ],
)
def test_what_cannot_be_says_why(make, told):
    with pytest.raises(EchelonError, match=told):
        make()


def two_suppliers():
    return distribution(
        edges=[(0, 2), (1, 2)],
        lead_times=1,
        holding=[1, 1, 2],
        shortage=20,
        mean=[0, 0, 9],
        sd=[0, 0, 3],
    )


def test_the_coarse_grid_is_off_by_little():
    coarse, fine = serial(**EXAMPLE_6_1, grid=WORKED), serial(**EXAMPLE_6_1)

    assert coarse.cost == pytest.approx(fine.cost, rel=3e-4)
    assert coarse.cost != pytest.approx(fine.cost, rel=1e-5)

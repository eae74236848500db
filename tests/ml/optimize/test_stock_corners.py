"""Numbers of stock at their edges: an answer that can be right, or why none is."""

from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.demand import (
    Discrete,
    Distribution,
    NegativeBinomial,
    Quantiles,
)
from shop_personalize.ml.optimize.stock.horizon import (
    Terms,
    finite_horizon,
    finite_horizon_discrete,
)
from shop_personalize.ml.optimize.stock.joint import joint_replenishment
from shop_personalize.ml.optimize.stock.lots import (
    all_units_discount,
    incremental_discount,
)
from shop_personalize.ml.optimize.stock.unreliable import (
    lot_with_added_yield,
    newsvendor_with_added_yield,
)

TERMS = Terms(periods=2, holding_cost=1, stockout_cost=5, fixed_cost=3)
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "no demand that varies": (
        lambda: NegativeBinomial([2.0, 0.0], [3.0, 1.0]),
        r"demand_mean\[1\] must be above 0; use Poisson for 0",
    ),
    "a table without units": (lambda: Discrete(1.0), "chances must be"),
    "broken units": (lambda: Discrete.of({1.5: 1.0}), "chances must be of 0 or more"),  # type: ignore[dict-item]
    "quantiles without levels": (
        lambda: Quantiles(0.5, 10.0),
        r"levels must be \(k,\)",
    ),
    "tiers of other products": (
        lambda: all_units_discount(
            [1, 2, 3], 0.1, 100, [[0, 10], [0, 20]], [[5, 4], [6, 5]]
        ),
        "the numbers of products differ: .*breakpoints",
    ),
    "no tiers": (
        lambda: incremental_discount(8, 0.3, 100, 0, 5),
        "breakpoints must be",
    ),
    "more comes than is needed": (
        lambda: lot_with_added_yield(8, 0.225, 1300, [0, 400], 10),
        r"yield_mean\[1\] must be below sqrt",
    ),
    "several shared costs": (
        lambda: joint_replenishment([1, 2], [1, 2], 1, 1),  # type: ignore[arg-type]
        "shared_fixed_cost must be one number",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_answer_says_so(case: str) -> None:
    ask, told = REFUSED[case]
    with pytest.raises(StockError, match=told):
        ask()


def test_a_single_quantile_is_demand_known_for_certain() -> None:
    demand = Quantiles([0.5], [[10.0], [20.0]])
    assert demand.quantile(0.5).tolist() == [10, 20]
    assert demand.mean.tolist() == [10, 20]
    with pytest.raises(StockError, match="within the levels"):
        demand.quantile(0.6)


def test_where_more_comes_than_is_asked_for_nothing_is_ordered() -> None:
    """20 come by themselves, 10 are needed: 10 are left whatever is ordered."""
    found = newsvendor_with_added_yield(10, 1, 5, Distribution(stats.norm(20, 0.5)))
    assert float(found.level) == 0
    assert float(found.cost) == pytest.approx(10)
    less = newsvendor_with_added_yield(25, 1, 5, Distribution(stats.norm(20, 0.5)))
    assert float(less.level) == pytest.approx(25 - stats.norm(20, 0.5).ppf(1 / 6))


def test_where_nobody_asks_nothing_is_ordered_over_a_horizon() -> None:
    for found in (
        finite_horizon(TERMS, 0, 0),
        finite_horizon_discrete(TERMS, [1.0]),
        finite_horizon_discrete(TERMS, [1.0, 0.0]),
    ):
        assert found.cost == 0
        assert found.levels.tolist() == [0, 0]
    assert finite_horizon(TERMS, 0, 0, initial=3).cost == 6
    assert finite_horizon(TERMS, 0, 0, initial=-1).cost == 3

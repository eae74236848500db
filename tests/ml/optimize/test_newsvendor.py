from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.demand import (
    Demand,
    Discrete,
    Distribution,
    Lognormal,
    NegativeBinomial,
    Normal,
    Poisson,
    Quantiles,
    Samples,
)
from shop_personalize.ml.optimize.stock.newsvendor import (
    base_stock,
    expected_cost,
    expected_profit,
    myopic,
    newsvendor,
    newsvendor_profit,
)
from shop_personalize.ml.optimize.stock.unreliable import newsvendor_with_added_yield

TABLE = {1: 0.25, 2: 0.05, 3: 0.1, 4: 0.2, 5: 0.15, 6: 0.1, 7: 0.1, 8: 0.05}
LEVELS = np.linspace(0.001, 0.999, 999)
KINDS: dict[str, Demand] = {
    "normal": Normal(50, 8),
    "certain": Normal(50, 0),
    "lognormal": Lognormal(3, 0.4),
    "poisson": Poisson(6.5),
    "negative binomial": NegativeBinomial(6.5, 4),
    "table": Discrete.of(TABLE),
    "samples": Samples([3, 1, 4, 1, 5, 9, 2, 6]),
    "quantiles": Quantiles(LEVELS, stats.norm.ppf(LEVELS, 50, 8)),
    "continuous": Distribution(stats.gamma(4, scale=3)),
    "counted": Distribution(stats.nbinom(3, 0.4)),
}
MANY: dict[str, Demand] = {
    "normal": Normal([50, 5], [8, 0]),
    "lognormal": Lognormal([3, 1], 0.4),
    "poisson": Poisson([6.5, 0.2]),
    "negative binomial": NegativeBinomial([6.5, 0.2], [4, 2]),
    "table": Discrete([[0.5, 0.25, 0.25], [0, 0, 1]]),
    "samples": Samples([[3, 1, 4], [1, 5, 9]]),
    "quantiles": Quantiles([0.1, 0.5, 0.9], [[1, 2, 4], [3, 3, 3]]),
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
many = pytest.mark.parametrize("kind", MANY.values(), ids=MANY)
SHARES = np.array([0.05, 0.3, 0.5, 0.9, 0.95])


@kinds
def test_a_quantile_is_the_level_that_costs_least(kind: Demand) -> None:
    for share in SHARES:
        level = float(kind.quantile(share))
        best = expected_cost(level, kind, 1 - share, share)
        for other in (level - 1, level + 1, level - 0.3, level + 0.3):
            assert best <= expected_cost(other, kind, 1 - share, share) + 1e-9


@kinds
def test_losses_fall_straight_far_out_and_bend_between(kind: Demand) -> None:
    at = np.linspace(-3, float(kind.quantile(0.99)) + 5, 30)
    losses = np.array([float(kind.loss(level)) for level in at])
    assert (np.diff(losses) <= 1e-12).all()
    assert (np.diff(losses, 2) >= -1e-9).all()
    assert kind.loss(-1000) == pytest.approx(1000 + float(kind.mean))
    assert kind.loss(1e6) == pytest.approx(0, abs=1e-6)


@kinds
def test_what_is_left_and_what_is_missing_make_up_the_difference(kind: Demand) -> None:
    for level in (0.0, 2.0, 6.0, 45.0, 60.5):
        apart = level - float(kind.mean)
        assert kind.left(level) - kind.loss(level) == pytest.approx(apart, abs=1e-9)


@many
def test_each_product_is_answered_as_if_alone(kind: Demand) -> None:
    together = kind.quantile(0.7), kind.loss(2.0), kind.left([2.0, 3.5])
    for row in range(2):
        alone = kind.take(np.array([row]))
        parts = alone.quantile(0.7), alone.loss(2.0), alone.left([[2.0, 3.5][row]])
        for one, all_of_them in zip(parts, together, strict=True):
            np.testing.assert_array_equal(one, np.atleast_1d(all_of_them)[[row]])


@pytest.mark.parametrize(
    ("kind", "frozen"),
    [
        (Normal(50, 8), stats.norm(50, 8)),
        (Lognormal(3, 0.4), stats.lognorm(0.4, 0, np.exp(3))),
        (Poisson(6.5), stats.poisson(6.5)),
        (NegativeBinomial(6.5, 4), stats.nbinom(6.5**2 / 9.5, 6.5 / 16)),
        (
            Discrete.of(TABLE),
            stats.rv_discrete(values=tuple(zip(*TABLE.items(), strict=True))),
        ),
    ],
    ids=["normal", "lognormal", "poisson", "negative binomial", "table"],
)
def test_formulas_agree_with_any_distribution_s(kind: Demand, frozen: object) -> None:
    general = Distribution(frozen)
    assert general.mean == pytest.approx(float(kind.mean), rel=1e-12)
    for level in (-2.0, 0.0, 0.5, 3.0, 5.75, 8.0, 20.0, 55.0):
        expected = float(general.loss(level))
        assert kind.loss(level) == pytest.approx(expected, rel=1e-9, abs=1e-13)
    for share in SHARES:
        assert kind.quantile(share) == pytest.approx(float(general.quantile(share)))


@pytest.mark.parametrize(
    ("kind", "frozen"),
    [
        (Poisson([6.5, 0.3]), stats.poisson([[6.5], [0.3]])),
        (
            NegativeBinomial([6.5, 400], [4, 21]),
            stats.nbinom([[6.5**2 / 9.5], [400**2 / 41]], [[6.5 / 16], [400 / 441]]),
        ),
    ],
    ids=["poisson", "negative binomial"],
)
def test_chances_are_the_distribution_s(kind: Demand, frozen: object) -> None:
    expected = frozen.pmf(np.arange(500))  # type: ignore[attr-defined]
    np.testing.assert_allclose(kind.chances(499), expected, rtol=1e-9, atol=1e-300)


def test_hardly_more_spread_than_poisson_is_nearly_poisson() -> None:
    wide, poisson = NegativeBinomial(9, 3.0000001), Poisson(9)
    np.testing.assert_allclose(wide.chances(30), poisson.chances(30), rtol=1e-5)
    assert wide.loss(12) == pytest.approx(float(poisson.loss(12)), rel=1e-5)


def test_sums_of_periods() -> None:
    four = Normal(50, 8).over(4)
    assert (four.mean, four.sd) == (200, 16)
    assert Poisson(3).over(2.5).mean == 7.5
    wide = NegativeBinomial(6.5, 4).over(3)
    assert isinstance(wide, NegativeBinomial)
    assert (wide.mean, wide.sd) == pytest.approx((19.5, 48**0.5))
    assert wide.chance == pytest.approx(float(NegativeBinomial(6.5, 4).chance))
    twice = Discrete([0.5, 0.25, 0.25]).over(2).table
    np.testing.assert_allclose(twice, [0.25, 0.25, 0.3125, 0.125, 0.0625])


def test_the_textbook_s_newsvendors() -> None:
    normal = newsvendor(Normal(50, 8), 0.18, 0.70)
    assert normal.level == pytest.approx(56.60395592743389, rel=1e-12)
    assert normal.cost == pytest.approx(1.9976051931766445, rel=1e-12)
    poisson = newsvendor(Poisson(50), 0.18, 0.70)
    assert poisson.level == 56
    assert poisson.cost == pytest.approx(1.797235211809216, rel=1e-12)
    lognormal = newsvendor(Lognormal(6, 0.3), 1, 0.1765)
    assert lognormal.level == pytest.approx(295.62664480713676, rel=1e-12)
    assert lognormal.cost == pytest.approx(29.442543582135325, rel=1e-12)
    table = newsvendor(Discrete.of(TABLE), 500_000, 1_000_000)
    assert (table.level, table.cost) == pytest.approx((5, 1_225_000))


def test_the_textbook_s_newsvendors_that_earn() -> None:
    normal = newsvendor_profit(Normal(50, 8), 1, 0.3, 0.12)
    assert normal.level == pytest.approx(56.60395592743389, rel=1e-12)
    assert normal.profit == pytest.approx(33.002394806823354, rel=1e-12)
    poisson = newsvendor_profit(Poisson(50), 1, 0.3, 0.12)
    assert (poisson.level, poisson.profit) == pytest.approx((56, 33.20276478819082))


def test_profits_and_costs_say_the_same() -> None:
    """A unit left costs c - v, one missing r - c: only what is certain differs."""
    demand = NegativeBinomial([6.5, 20], [4, 9])
    profit = newsvendor_profit(demand, 10, 6, 2)
    cost = newsvendor(demand, 4, 4)
    np.testing.assert_array_equal(profit.level, cost.level)
    np.testing.assert_allclose(profit.profit, 4 * demand.mean - cost.cost)


def test_the_textbook_s_base_stock() -> None:
    level = base_stock(Normal(50, 8), 4, 0.18, 0.70)
    assert level.level == pytest.approx(264.76689437415484, rel=1e-12)
    assert level.cost == pytest.approx(4.466781004149578, rel=1e-12)


def test_the_textbook_s_myopic_level() -> None:
    level = myopic(50, 8, 0.18, 0.70, 0.3, 0.35, 0.98)
    assert level.level == pytest.approx(58.09891883213067, rel=1e-12)
    assert level.cost == pytest.approx(16.682411764618777, rel=1e-12)


def test_the_textbook_s_order_of_which_more_or_less_comes() -> None:
    extra = Distribution(stats.uniform(-500_000, 1_000_000))
    level = newsvendor_with_added_yield(1.5e6, 15, 75, extra)
    assert level.level == pytest.approx(1_833_333.3333333335)
    assert level.cost == pytest.approx(6_250_000)


def test_samples_are_taken_as_they_are() -> None:
    seen = Samples([[10, 20, 30, 40], [5, 5, 5, 5]])
    level = newsvendor(seen, 1, 3)
    assert level.level.tolist() == [30, 5]
    assert level.cost.tolist() == [(20 + 10 + 0) / 4 + 3 * 10 / 4, 0]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.floats(0.02, 0.98))
def test_no_level_is_better_for_what_was_seen(seen: list[int], share: float) -> None:
    demand = Samples(seen)
    best = newsvendor(demand, 1 - share, share)
    costs = [expected_cost(level, demand, 1 - share, share) for level in range(51)]
    assert best.cost <= min(costs) + 1e-9
    assert best.level in seen


def test_quantiles_of_a_forecast_stand_for_its_distribution() -> None:
    forecast = KINDS["quantiles"]
    assert forecast.mean == pytest.approx(50, abs=0.01)
    assert forecast.quantile(0.8735) == pytest.approx(
        stats.norm.ppf(0.8735, 50, 8), abs=1e-3
    )
    assert forecast.loss(56) == pytest.approx(float(Normal(50, 8).loss(56)), abs=0.01)


@given(st.lists(st.floats(0, 100), min_size=3, max_size=3), st.floats(-5, 120))
def test_losses_of_quantiles_are_exact(values: list[float], level: float) -> None:
    at, values = np.array([0.1, 0.4, 0.9]), sorted(values)
    shares = (np.arange(20_000) + 0.5) / 20_000
    drawn = np.interp(shares, at, values)
    expected = np.maximum(drawn - level, 0).mean()
    assert Quantiles(at, values).loss(level) == pytest.approx(expected, abs=0.01)


def _profit_at(level: float) -> float:
    return float(expected_profit(level, Poisson(20), 10, 6, 2, 0.5, 1))


def test_extra_costs_move_the_level() -> None:
    best = newsvendor_profit(Poisson(20), 10, 6, 2, 0.5, 1)
    assert best.profit == max(_profit_at(level) for level in range(40))
    assert best.level == 20


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: Normal(-1, 2), "demand_mean must be 0 or above, not -1"),
        (lambda: Normal([1, 2], [3, -4]), r"demand_sd\[1\] must be 0 or above, not -4"),
        (lambda: Poisson(np.inf), "demand_mean must be 0 or above, not inf"),
        (lambda: NegativeBinomial(9, 3), "above the square root of demand_mean, not 3"),
        (lambda: Lognormal(3, 0), "sigma must be above 0"),
        (lambda: Samples([]), "samples is empty"),
        (lambda: Samples(5), "samples must be"),
        (lambda: Samples([[1, -2]]), r"samples\[0, 1\] must be 0 or above, not -2"),
        (lambda: Discrete([0.5, 0.4]), "sum of chances must be 1, not 0.9"),
        (lambda: Discrete([1.5, -0.5]), r"chances\[1\] must be 0 or above, not -0.5"),
        (lambda: Discrete.of({}), "chances must be of 0 or more units"),
        (lambda: Discrete([0.5, 0.5]).over(1.5), "periods must be one whole number"),
        (lambda: Quantiles([0.5, 0.4], [1, 2]), r"levels\[1\] must be rising, not 0.4"),
        (
            lambda: Quantiles([0.4, 0.5], [2, 1]),
            r"values\[1\] must be rising, or level, not 1",
        ),
        (lambda: Quantiles([0.4, 0.5], [1, 2, 3]), "as many columns"),
        (
            lambda: Quantiles([0.1, 0.9], [1, 2]).quantile(0.95),
            r"service must be within the levels 0.1..0.9, not 0.95",
        ),
        (lambda: Distribution(5), "frozen must be a frozen distribution"),
        (lambda: Distribution(stats.norm([1, 2])), "one finite mean"),
        (lambda: Distribution(stats.cauchy()), "must have one finite mean"),
        (lambda: Normal(5, 1).quantile(1), "service must be between 0 and 1, not 1"),
        (lambda: Normal(5, 1).chances(3), "no chances of whole units"),
        (lambda: Lognormal(3, 1).over(2), "Lognormal does not say what several"),
        (lambda: newsvendor(Poisson(5), 0, 1), "holding_cost must be above 0, not 0"),
        (lambda: newsvendor(Poisson(5), 1, -1), "stockout_cost must be above 0"),
        (lambda: newsvendor(Poisson([5, 6, 7]), [1, 1], 2), "numbers of products diff"),
        (lambda: Poisson([5, 6, 7]).loss([1, 2]), r"level \(2,\), mean_demand \(3,\)"),
        (lambda: base_stock(Poisson(5), -1, 1, 1), "lead_time must be 0 or above"),
        (lambda: newsvendor_profit(Poisson(5), 5, 6), "purchase_cost must be below pr"),
        (
            lambda: newsvendor_profit(Poisson(5), 9, 6, 6),
            "salvage_value must be below purchase_cost, not 6",
        ),
        (lambda: myopic(50, 8, 1, 2, 9, 1), "purchase_cost must be below stockout"),
        (lambda: myopic(50, 8, 1, 2, 1, 9), "purchase_cost must be above disc"),
        (lambda: myopic(50, 8, 1, 2, 1, 1, 1.1), "discount must be above 0 and at mo"),
    ],
)
def test_what_makes_no_sense_is_named(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()

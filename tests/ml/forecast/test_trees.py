"""One learner for many series: it learns what they share, and owns up where it cannot.

What holds for every learner over lags is asked of the trees, the quickest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.lags_learner import (
    FURTHEST,
    Gap,
    Loss,
    Predict,
    Rows,
)
from shop_personalize.ml.forecast.naive import MovingAverage, MovingMedian
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError
from shop_personalize.ml.forecast.trees import GlobalTrees
from shop_personalize.ml.forecast.with_lightgbm import GlobalLightGBM

HORIZON = 4


def shop(n: int = 60, periods: int = 60, seed: int = 0) -> Panel:
    """Series of very different levels; a promotion doubles what each sells."""
    draw = np.random.default_rng(seed)
    level = np.exp(draw.normal(3, 1.5, (n, 1)))
    promotion = (draw.random((n, periods + HORIZON)) < 0.3).astype(np.float64)
    noise = draw.normal(0, 0.05, (n, periods))
    values = level * (1 + promotion[:, :periods]) * np.exp(noise)
    return Panel(values, season=1, drivers={"promo": promotion})


def expected(panel: Panel) -> FloatMatrix:
    promotion = np.asarray(panel.drivers["promo"])
    usual = panel.values / (1 + promotion[:, : panel.periods])
    ahead = promotion[:, panel.periods :]
    return np.asarray(np.median(usual, axis=1, keepdims=True) * (1 + ahead))


@pytest.fixture(scope="module")
def panel() -> Panel:
    return shop()


@pytest.mark.parametrize(
    ("loss", "gap", "lags"),
    [
        ("absolute", "step", Lags()),
        ("squared", "step", Lags(scale="log", cells=("promo",))),
        ("squared", "horizon", Lags(scale="log")),
        ("poisson", "horizon", Lags()),
    ],
)
def test_learns_from_all_what_a_promotion_does(
    panel: Panel, loss: Loss, gap: Gap, lags: Lags
) -> None:
    made = GlobalTrees(loss, gap=gap, lags=lags, trees=30, rate=0.2).fit(panel)
    error = np.abs(made.predict(HORIZON) / expected(panel) - 1)
    assert np.median(error) < 0.05
    assert not made.fallen_back_.any()


def test_a_new_series_profits_from_the_others(panel: Panel) -> None:
    """It never had a promotion; the others tell what one does."""
    values, promotion = panel.values.copy(), np.array(panel.drivers["promo"])
    values[0, :-10] = np.nan
    values[0, -10:] = 100.0
    promotion[0, : panel.periods] = 0.0
    promotion[0, panel.periods :] = [0, 1, 0, 1]
    young = replace(panel, values=values, drivers={"promo": promotion})
    found = GlobalTrees(trees=30, rate=0.2).fit(young).predict(HORIZON)[0]
    np.testing.assert_allclose(found, [100, 200, 100, 200], rtol=0.2)


def test_one_bulk_order_does_not_move_the_others(panel: Panel) -> None:
    values = panel.values.copy()
    values[3, 30] *= 1000
    calm = GlobalTrees(trees=30, rate=0.2).fit(panel).predict(HORIZON)
    moved = GlobalTrees(trees=30, rate=0.2).fit(replace(panel, values=values))
    change = np.abs(moved.predict(HORIZON) / calm - 1)[np.arange(len(panel)) != 3]
    assert np.median(change) < 0.03
    assert change.max() < 0.3
    learned = moved.rows_of(moved.panel_, HORIZON)
    assert learned is not None
    assert learned.target.max() == FURTHEST


def test_too_little_is_said_and_left_to_the_fallback() -> None:
    few = shop(n=3, periods=20)
    made = GlobalTrees(fallback=MovingAverage(4)).fit(few)
    found = made.predict(HORIZON)
    assert made.fallen_back_.tolist() == [True, True, True]
    np.testing.assert_array_equal(found, MovingAverage(4).fit(few).predict(HORIZON))


def test_a_young_series_is_left_to_the_fallback(panel: Panel) -> None:
    values = panel.values.copy()
    values[5, :-7] = np.nan
    made = GlobalTrees(trees=5).fit(replace(panel, values=values))
    found = made.predict(HORIZON)
    assert np.flatnonzero(made.fallen_back_).tolist() == [5]
    assert found[5].tolist() == pytest.approx([np.median(values[5, -7:])] * HORIZON)


def test_a_share_of_the_plain_forecast_calms(panel: Panel) -> None:
    learned = GlobalTrees(trees=20).fit(panel).predict(HORIZON)
    plain = MovingMedian().fit(panel).predict(HORIZON)
    mixed = GlobalTrees(trees=20, plain=0.25).fit(panel).predict(HORIZON)
    np.testing.assert_allclose(mixed, 0.75 * learned + 0.25 * plain)


def test_members_are_averaged(panel: Panel) -> None:
    one, two = (
        GlobalTrees("squared", trees=5, seed=seed).fit(panel).predict(HORIZON)
        for seed in (8, 9)
    )
    both = GlobalTrees("squared", trees=5, seed=8, members=2).fit(panel)
    np.testing.assert_allclose(both.predict(HORIZON), (one + two) / 2)


class Recording(GlobalTrees):
    """Keeps the rows it was shown; its answer is the number of the learner."""

    def learner(self, rows: Rows, seed: int) -> Predict:
        self.shown = [*getattr(self, "shown", []), rows]
        return lambda table: np.full(len(table), float(seed))


def test_staggered_members_learn_from_other_origins(panel: Panel) -> None:
    made = Recording(rows=5_000, members=3, staggered=True).fit(panel)
    found = made.predict(HORIZON)
    # Every third of 49 origins, from the last, the one before it and the one before.
    assert [len(rows.target) / (60 * HORIZON) for rows in made.shown] == [17, 16, 16]
    for shift, rows in enumerate(made.shown):
        alone = made.rows_of(panel.until(panel.periods - shift), HORIZON)
        assert alone is not None
        np.testing.assert_array_equal(rows.target, alone.target)
    origin = np.full(HORIZON, panel.periods)
    level = Lags().of(panel).level(origin, origin)
    np.testing.assert_allclose(found, level)
    same = Recording(rows=5_000, members=2).fit(panel)
    same.predict(HORIZON)
    assert same.shown[0] is same.shown[1]


class Mean(GlobalTrees):
    """Keeps the losses it was asked for; its answer is the mean of the targets."""

    def learner(self, rows: Rows, seed: int) -> Predict:
        self.asked = [*getattr(self, "asked", []), (rows.loss, seed)]
        mean = np.average(rows.target)
        return lambda table: np.full(len(table), mean)


def test_a_share_is_learned_of_roots_and_squared_again(panel: Panel) -> None:
    made = Mean(roots=0.25, members=2).fit(panel)
    learned = made.rows_of(panel, HORIZON)
    assert learned is not None
    level = Lags().of(panel).level(*[np.full(HORIZON, panel.periods)] * 2)
    squared = np.sqrt(learned.target).mean() ** 2
    expected = 0.75 * learned.target.mean() + 0.25 * squared
    np.testing.assert_allclose(made.predict(HORIZON), level * expected)
    own, roots = "absolute", "squared"
    assert made.asked == [(own, 0), (roots, 0), (own, 1), (roots, 1)]


def test_a_root_below_nothing_is_nothing(panel: Panel) -> None:
    class Below(GlobalTrees):
        def learner(self, rows: Rows, seed: int) -> Predict:
            return lambda table: np.full(len(table), -0.5)

    assert not Below(roots=1.0).fit(panel).predict(HORIZON).any()


@pytest.mark.parametrize("learner", [GlobalTrees, GlobalLightGBM])
def test_roots_lie_between_median_and_mean(learner: type[GlobalTrees]) -> None:
    if learner is GlobalLightGBM:
        pytest.importorskip("lightgbm")
    draw = np.random.default_rng(4)
    values = 100 * draw.exponential(1, (80, 60))
    found = [
        made.fit(Panel(values)).predict(8).mean()
        for made in (
            learner(trees=30, leaves=4),
            learner(trees=30, leaves=4, roots=1.0),
            learner("squared", trees=30, leaves=4),
        )
    ]
    # Of an exponential: log 2, the square of the mean root, and the mean.
    np.testing.assert_allclose(found, [69.3, 78.5, 100], rtol=0.05)


def test_what_is_half_open_sells_half(panel: Panel) -> None:
    share = np.ones(panel.periods + HORIZON)
    share[10:50:7] = 0.5
    share[-3:] = (0.5, 1.0, 0.0)
    values = panel.values * share[: panel.periods]
    halved = replace(panel, values=values, drivers={**panel.drivers, "open": share})
    lags = Lags(open="open")
    whole = replace(panel, drivers={**panel.drivers, "open": np.ones(len(share))})
    found, usual = (
        GlobalTrees(trees=30, rate=0.2, lags=lags).fit(each).predict(HORIZON)
        for each in (halved, whole)
    )
    ratio = np.median(found / usual, axis=0)
    np.testing.assert_allclose(ratio, [1, 0.5, 1, 0], atol=0.03)


def test_the_closed_sell_nothing(panel: Panel) -> None:
    is_open = np.ones(panel.periods + HORIZON)
    is_open[-2] = 0
    closing = replace(panel, drivers={**panel.drivers, "open": is_open})
    made = GlobalTrees(trees=5, lags=Lags(open="open")).fit(closing)
    found = made.predict(HORIZON)
    assert (found[:, 2] == 0).all()
    assert (found[:, [0, 1, 3]] > 0).all()


def test_rows_are_bounded_by_fewer_origins_then_fewer_series(panel: Panel) -> None:
    def rows(most: int) -> int:
        learned = GlobalTrees(rows=most).rows_of(panel, HORIZON)
        assert learned is not None
        return len(learned.target)

    # 60 series, 49 origins after eight periods each, every second of them, 4 steps.
    assert rows(100_000) == 60 * 25 * HORIZON
    # Ten origins are kept, and as many series as there is room for.
    assert rows(2_000) == 50 * 10 * HORIZON


def test_every_origin_serves_where_features_end_a_horizon_before(panel: Panel) -> None:
    learned = GlobalTrees(gap="horizon", rows=10_000).rows_of(panel, HORIZON)
    assert learned is not None
    assert len(learned.target) == 60 * (60 - HORIZON + 1 - 8)
    assert "step" not in learned.names


def test_high_levels_weigh_more_by_the_emphasis(panel: Panel) -> None:
    weights = []
    for emphasis in (0.0, 0.5, 1.0):
        learned = GlobalTrees(emphasis=emphasis).rows_of(panel, HORIZON)
        assert learned is not None
        weights.append(learned.weight)
    assert set(weights[0]) == {1.0}
    np.testing.assert_allclose(weights[1], np.sqrt(weights[2]))


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (GlobalTrees(members=0), "members must be 1 or more, not 0"),
        (GlobalTrees(plain=1.5), "plain must be a share from 0 to 1, not 1.5"),
        (GlobalTrees("least"), "loss must be one of absolute, squared, poisson"),  # type: ignore[arg-type]
        (GlobalTrees("poisson", lags=Lags(scale="log")), "'poisson' counts units"),
        (GlobalTrees(roots=-0.1), "roots must be a share from 0 to 1, not -0.1"),
        (GlobalTrees(roots=0.5, lags=Lags(scale="log")), "roots are of units"),
    ],
)
def test_says_what_is_wrong(panel: Panel, made: GlobalTrees, text: str) -> None:
    with pytest.raises(PanelError, match=text):
        made.fit(panel)

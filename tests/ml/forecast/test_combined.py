from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.combined import (
    Combined,
    Deseasonalized,
    OnLogs,
    default_members,
)
from shop_personalize.ml.forecast.naive import MovingAverage, Naive, SeasonalNaive
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError
from shop_personalize.ml.forecast.smoothing import Holt


class Below(Forecaster):
    """Says -1 for ever."""

    name = "below"

    def _fit(self, panel: Panel) -> None:
        self.count_ = len(panel)

    def _predict(self, horizon: int) -> FloatMatrix:
        return np.full((self.count_, horizon), -1.0)


PANEL = Panel(np.array([[1.0, 2, 3, 4, 8]]), season=2)


def test_mean_and_median_of_its_members() -> None:
    members = [Naive(), MovingAverage(2), SeasonalNaive()]
    mean = Combined(members).fit(PANEL).predict(2)
    np.testing.assert_allclose(mean, [[(8 + 6 + 4) / 3, (8 + 6 + 8) / 3]])
    median = Combined(members, how="median").fit(PANEL).predict(2)
    np.testing.assert_allclose(median, [[6, 8]])
    assert not hasattr(members[0], "panel_")


def test_members_may_fall_below_nothing_but_not_their_mean() -> None:
    assert Combined([Naive(), Below()]).fit(PANEL).predict(1)[0, 0] == 3.5
    assert Combined([Below()]).fit(PANEL).predict(1)[0, 0] == 0.0
    free = Combined([Below()])
    free.floor = None
    assert free.fit(PANEL).predict(1)[0, 0] == -1.0


def test_without_members_it_is_the_mean_of_three_without_season() -> None:
    draw = np.random.default_rng(0)
    season = np.tile([0.5, 1.5, 1.2, 0.8], 10)
    panel = Panel(season * (50 + draw.normal(0, 2, (3, 40)).cumsum(axis=1)), season=4)
    each = [
        Deseasonalized(member).fit(panel).predict(5) for member in default_members()
    ]
    np.testing.assert_allclose(
        Combined().fit(panel).predict(5), np.mean(each, axis=0), rtol=1e-12
    )


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Combined([]), "members must be one forecaster or more"),
        (lambda: Combined(how="mode"), "how must be 'mean' or 'median', not 'mode'"),
    ],
)
def test_says_what_is_wrong(make: Callable[[], Combined], text: str) -> None:
    with pytest.raises(PanelError, match=text):
        make().fit(PANEL)


def test_on_logs_growth_goes_on_up_to_three_times_the_highest() -> None:
    growing = Panel(2.0 * 1.1 ** np.arange(20)[None])
    found = OnLogs(Holt()).fit(growing).predict(30)[0]
    np.testing.assert_allclose(found[:5], 2.0 * 1.1 ** np.arange(20, 25), rtol=1e-6)
    np.testing.assert_allclose(found[15:], 3 * 2.0 * 1.1**19, rtol=1e-12)


def test_below_one_and_without_units_logs_do_no_harm() -> None:
    values = np.array([[0.2, 0.1, 0.2, 0.1], [0.0, 3.0, 0.0, 5.0], [np.nan, 2, 4, 8]])
    found = OnLogs(MovingAverage(2)).fit(Panel(values)).predict(1)[:, 0]
    np.testing.assert_allclose(found, [np.sqrt(0.02), 2.5, np.sqrt(32)], rtol=1e-12)


def test_a_season_is_taken_out_and_put_back() -> None:
    season = np.tile([0.5, 1.5, 1.2, 0.8], 6)
    values = np.stack([10 * season[:-1], np.full(23, 4.0), 10 * season[:-1] - 5])
    made = Deseasonalized(Naive()).fit(Panel(values, season=4))
    found = made.predict(5)
    np.testing.assert_allclose(found[0], [8, 5, 15, 12, 8], rtol=1e-12)
    np.testing.assert_array_equal(found[1], 4.0)
    np.testing.assert_array_equal(found[2], 7.0)
    np.testing.assert_array_equal(made.seasons_[1:], 1.0)


def test_a_season_of_its_own_comes_on_top_of_that_of_all() -> None:
    week = np.tile([1.2, 0.8, 1.0, 1.0, 1.0, 0.6, 1.4], 20)
    own = np.tile([0.7, 1.3, 1, 1, 1, 1, 1], 20)
    draw = np.random.default_rng(1)
    values = 50 * week * np.exp(draw.normal(0, 0.05, (40, 140)))
    values[0] *= own
    made = Deseasonalized(Naive()).fit(Panel(values, season=7))
    first, second = (week * own)[:7], week[:7]
    np.testing.assert_allclose(made.seasons_[0], first / first.mean(), atol=0.08)
    np.testing.assert_allclose(made.seasons_[1], second / second.mean(), atol=0.08)


def test_two_years_of_weeks_take_part_in_the_year_of_all() -> None:
    draw = np.random.default_rng(6)
    year = 1 + 0.4 * np.sin(2 * np.pi * np.arange(117) / 52)
    level = draw.uniform(5, 40, 150)[:, None]
    units = draw.poisson(level * year).astype(np.float64)
    truth = (level * year)[:, 104:]
    errors = [
        np.abs(Combined().fit(Panel(units[:, :104], season)).predict(13) - truth).sum()
        for season in (52, 1)
    ]
    assert errors[0] < 0.7 * errors[1]

"""Each series takes what would have served it, and a little noise changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.choice import Chosen
from shop_personalize.ml.forecast.naive import MovingAverage, Naive, SeasonalNaive
from shop_personalize.ml.forecast.panel import Panel, PanelError

STEPS = np.arange(48)


def offered() -> dict[str, Forecaster]:
    return {
        "average": MovingAverage(),
        "naive": Naive(),
        "last season": SeasonalNaive(),
    }


def panel() -> Panel:
    draw = np.random.default_rng(3)
    climb = 100.0 + 10 * STEPS
    season = 100 + 80 * np.sin(STEPS * np.pi / 6)
    still = np.maximum(20 + draw.normal(0, 5, (6, 48)), 0)
    return Panel(np.vstack([climb, season, still, np.zeros((1, 48))]), season=12)


def test_a_climb_a_season_and_noise_each_take_their_own() -> None:
    found = Chosen(offered(), horizon=6).fit(panel())
    assert found.chosen_[:2].tolist() == ["naive", "last season"]
    assert set(found.chosen_[2:8]) == {"average"}
    expected = panel().values[1, -12:-6]
    np.testing.assert_allclose(found.predict(6)[1], expected)
    # What never sold cannot tell them apart: it takes what is best for all.
    assert found.chosen_[8] == found.best_


def test_little_history_follows_what_is_best_for_all() -> None:
    values = panel().values[2:8].copy()
    values[0, :40] = np.nan
    found = Chosen(offered(), horizon=6).fit(Panel(values, season=12))
    assert found.best_ == "average"
    assert found.chosen_[0] == "average"


def test_with_nothing_to_judge_by_the_first_is_taken() -> None:
    found = Chosen(offered()).fit(Panel(np.array([[3.0, 4.0]])))
    assert found.chosen_.tolist() == ["average"]
    np.testing.assert_allclose(found.predict(2), [[3.5, 3.5]])


def test_nobody_to_choose_from_is_said() -> None:
    with pytest.raises(PanelError, match="one forecaster or more"):
        Chosen({}).fit(panel())

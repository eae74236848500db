"""The libraries of the extra [forecast], and what is said where they are absent."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.extra import MissingExtraError
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError
from shop_personalize.ml.forecast.with_lightgbm import GlobalLightGBM
from shop_personalize.ml.forecast.with_statsforecast import StatsModels
from tests.ml.forecast.test_trees import HORIZON, expected, shop

QUICK = ("DynamicOptimizedTheta",)


@pytest.mark.parametrize(
    ("made", "library", "module"),
    [
        (GlobalLightGBM(), "lightgbm", "lightgbm"),
        (StatsModels(), "statsforecast", "statsforecast.models"),
    ],
)
def test_a_missing_extra_is_one_line_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, made: Forecaster, library: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as told:
        made.fit(shop(n=3, periods=20))
    assert str(told.value) == (
        f'{library} is not installed: pip install "django-shop-personalize[forecast]"'
    )


def test_lightgbm_learns_from_all_what_a_promotion_does() -> None:
    pytest.importorskip("lightgbm")
    panel = shop()
    made = GlobalLightGBM(trees=60, rate=0.1).fit(panel)
    error = np.abs(made.predict(HORIZON) / expected(panel) - 1)
    assert np.median(error) < 0.05


def test_lightgbm_forecasts_the_same_twice() -> None:
    pytest.importorskip("lightgbm")
    panel = shop(n=30, periods=40)
    first, second = (
        GlobalLightGBM("poisson", trees=10).fit(panel).predict(HORIZON)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


class TestStatsModels:
    @pytest.fixture(autouse=True)
    def _installed(self) -> None:
        pytest.importorskip("statsforecast")

    @pytest.fixture
    def panel(self) -> Panel:
        """Growing, begun late, two values, always the same, never sold."""
        draw = np.random.default_rng(2)
        values = np.full((5, 30), np.nan)
        values[0] = 20 + np.arange(30) + draw.normal(0, 1, 30)
        values[1, 12:] = draw.poisson(9, 18)
        values[2, 28:] = [3, 4]
        values[3], values[4] = 6, 0
        return Panel(values)

    def test_gives_the_model_s_own_forecast(self, panel: Panel) -> None:
        from statsforecast.models import DynamicOptimizedTheta

        found = StatsModels(QUICK).fit(panel).predict(3)
        theirs = DynamicOptimizedTheta().forecast(y=panel.values[0], h=3)["mean"]
        np.testing.assert_allclose(found[0], theirs)
        assert found.shape == (5, 3)
        assert np.isfinite(found).all()
        assert found[2:].tolist() == [[4.0] * 3, [6.0] * 3, [0.0] * 3]

    def test_several_are_their_median(
        self, panel: Panel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = {"AutoETS": 1.0, "AutoCES": 5.0, "DynamicOptimizedTheta": 2.0}

        def one(
            _: StatsModels, name: str, known: FloatMatrix, horizon: int
        ) -> FloatMatrix:
            assert not np.isnan(known).any()
            return np.full(horizon, said[name])

        monkeypatch.setattr(StatsModels, "_one", one)
        found = StatsModels().fit(panel).predict(2)
        assert found[:2].tolist() == [[2.0, 2.0], [2.0, 2.0]]

    def test_a_model_that_fails_is_counted_and_left_out(
        self, panel: Panel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def one(
            _: StatsModels, name: str, known: FloatMatrix, horizon: int
        ) -> FloatMatrix:
            if name == "AutoETS":
                raise ValueError("will not")
            return np.full(horizon, np.nan if name == "AutoCES" else 7.0)

        monkeypatch.setattr(StatsModels, "_one", one)
        made = StatsModels().fit(panel)
        assert made.predict(2)[0].tolist() == [7.0, 7.0]
        assert made.failed_ == {"AutoETS": 2, "AutoCES": 2, "DynamicOptimizedTheta": 0}
        alone = StatsModels(("AutoETS",)).fit(panel)
        assert alone.predict(2)[0].tolist() == pytest.approx([panel.values[0, -1]] * 2)

    def test_a_season_is_told_where_two_are_known(self) -> None:
        season = np.tile([1.0, 9.0, 5.0, 3.0], 8)
        panel = Panel(season[None] + 0.01 * np.arange(32), season=4)
        found = StatsModels(("AutoETS",)).fit(panel).predict(4)
        np.testing.assert_allclose(found[0], season[:4] + 0.32, atol=0.5)
        short = replace(panel, values=panel.values[:, :7])
        assert np.ptp(StatsModels(QUICK).fit(short).predict(4)) < 4

    def test_says_what_is_wrong(self, panel: Panel) -> None:
        with pytest.raises(PanelError, match="no model 'ETS'; there are: AutoETS"):
            StatsModels(("ETS",)).fit(panel)
        with pytest.raises(PanelError, match="models is empty"):
            StatsModels(()).fit(panel)

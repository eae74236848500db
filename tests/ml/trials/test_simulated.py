"""Small runs of the published simulations, beside tests that fail them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.experiments import bandit, covariate, coverage, peeking, power
from benchmarks.experiments.simulated import METRICS
from shop_personalize.ml.trials import team_draft, thompson


@pytest.mark.parametrize("metric", sorted(METRICS))
@pytest.mark.parametrize("treated", [0.5, 0.95])
def test_looking_all_the_time_raises_no_false_alarms(
    metric: str, treated: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peeking, "RUNS", 150)
    found = peeking.false_alarms(METRICS[metric], treated, seed=1)
    assert found["ours"]["percent"] <= 5
    assert found["naive z"]["percent"] >= 20


@pytest.mark.parametrize(
    "case", ["no effect", "30 % more buyers", "1 % buy, 10 % more"]
)
def test_the_interval_of_a_small_holdout_holds_the_truth(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "RUNS", 1500)
    monkeypatch.setattr(coverage, "CASES", {case: coverage.CASES[case]})
    found = coverage.measure()["metrics"][case]
    assert 94 <= found["ours"]["percent"] <= 98
    assert 94 <= found["ours, relative"]["percent"] <= 98
    assert found["Welch"]["percent"] < 93
    assert found["times as wide as Welch"] < 1.3


def test_what_is_found_is_what_the_theory_promises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(power, "RUNS", 8000)
    assert power.measure()["farthest"] < 2.5


def test_adjusting_cuts_the_variance_by_the_squared_correlation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(covariate, "RUNS", 1000)
    found = covariate.measure()["metrics"]["rho 0.7"]
    assert found["variance cut"] == pytest.approx(0.49, abs=0.05)
    assert found["cut as reported"] == pytest.approx(0.49, abs=0.005)
    assert found["covered"]["percent"] == pytest.approx(95, abs=2)
    assert found["power, adjusted"]["percent"] > found["power, plain"]["percent"] + 15


def test_traffic_that_follows_success_misses_fewer_clicks() -> None:
    rates = np.array([0.02, 0.05, 0.03])
    plans = {
        "thompson": lambda won, lost, done, rng: thompson(won, lost),
        "even": lambda won, lost, done, rng: np.full(3, 1 / 3),
    }
    missed = {
        name: bandit.regret(rates, 5000, plan, seeds=20).mean()
        for name, plan in plans.items()
    }
    assert missed["even"] == pytest.approx(5000 * (0.03 + 0.02) / 3, rel=0.02)
    assert missed["thompson"] < missed["even"] / 3


def test_a_better_ranking_wins_the_interleaved_visits() -> None:
    """The second ranking shows what is wanted one place earlier."""
    rng = np.random.default_rng(2)
    wins = [0, 0]
    for seed in range(600):
        for item, team in team_draft("abcdefgh", "abcfdegh", 6, seed):
            if item == "f" and team >= 0 and rng.random() < 0.5:
                wins[team] += 1
    assert wins[1] > 3 * wins[0]

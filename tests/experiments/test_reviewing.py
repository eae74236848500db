"""What happens by itself, hour by hour."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize import tasks
from shop_personalize.experiments import services
from shop_personalize.experiments.models import Entry, Experiment
from shop_personalize.experiments.services.reviewing import floored
from shop_personalize.models import Checkpoint, Trial
from tests.experiments.builders import begun, counted, led_to, repeated

pytestmark = pytest.mark.django_db


def state() -> str:
    return Experiment.objects.get().state


def weights() -> dict[str, float]:
    return {arm["key"]: arm["weight"] for arm in Trial.objects.get().arms}


@pytest.mark.parametrize(
    ("days", "share"), [(0, 0.1), (1, 0.1), (2, 0.5), (3, 0.5), (4, 1.0), (40, 1.0)]
)
def test_the_ramp_follows_its_plan(days: int, share: float) -> None:
    begun(days, ramp={0: 10.0, 2: 50.0, 4: 100.0})
    services.review()
    services.review()
    assert Trial.objects.get().share == share
    told = Entry.objects.filter(verb="ramped").values_list("facts", flat=True)
    assert list(told) == ([{"before": 0.1, "share": share}] if share > 0.1 else [])


def test_a_ramp_by_hand_is_not_taken_back() -> None:
    experiment = begun(2, ramp={0: 10.0, 2: 50.0, 4: 100.0})
    services.ramp(experiment, share=0.8)
    services.review()
    assert Trial.objects.get().share == 0.8


def test_a_guardrail_stops_what_surely_does_harm_and_says_why() -> None:
    begun(guardrails={"converted": 5.0}, primary_metric="click_rate")
    counted("a", repeated(5000, v1=500), metric="converted")
    counted("b", repeated(5000, v1=300), metric="converted")
    services.review()
    assert state() == "stopped"
    assert Trial.objects.get().is_running is False
    told = Entry.objects.get(verb="guarded")
    assert told.user is None
    assert told.facts["metric"] == "converted"
    assert told.facts["arm"] == "b"
    assert told.facts["relative"] == pytest.approx(-0.4)
    assert told.facts["low"] < -0.4 < told.facts["high"] < -0.05


@pytest.mark.parametrize(
    ("bought", "worst"),
    [(300, 60.0), (470, 5.0), (600, 5.0)],
    ids=["a loss that was allowed", "a loss that may be chance", "a gain"],
)
def test_a_guardrail_leaves_alone_what_is_not_surely_beyond_it(
    bought: int, worst: float
) -> None:
    begun(guardrails={"converted": worst}, primary_metric="click_rate")
    counted("a", repeated(5000, v1=500), metric="converted")
    counted("b", repeated(5000, v1=bought), metric="converted")
    services.review()
    assert state() == "running"


def test_traffic_that_is_split_wrongly_is_told_once_and_stops_the_ramp() -> None:
    begun(2, ramp={0: 10.0, 2: 50.0})
    counted("a", repeated(5000, v9=10))
    counted("b", repeated(4600, v9=10))
    services.review()
    services.review()
    (told,) = Entry.objects.filter(verb="alarmed")
    assert told.facts["units"] == [5000, 4600]
    assert told.facts["p_value"] < 0.001
    assert Trial.objects.get().share == 0.1
    assert state() == "running"


def test_adaptive_shares_follow_success_and_the_control_keeps_its_floor() -> None:
    begun(kind="adaptive", primary_metric="click_rate")
    led_to("variety:a", seen=2000, clicked=60)
    led_to("variety:b", seen=2000, clicked=120)
    services.review()
    assert weights() == pytest.approx({"a": 0.1, "b": 0.9}, abs=1e-6)
    services.review()
    told = Entry.objects.filter(verb="reweighed")
    assert [each.facts["weights"] for each in told] == [weights()]


def test_adaptive_shares_stay_even_while_nothing_was_seen() -> None:
    begun(kind="adaptive", primary_metric="click_rate")
    services.review()
    assert weights() == {"a": 0.5, "b": 0.5}
    assert not Entry.objects.filter(verb="reweighed").exists()


def test_purchases_decide_where_buying_does() -> None:
    begun(kind="adaptive", primary_metric="converted")
    led_to("variety:a", seen=2000, clicked=60, bought=30)
    led_to("variety:b", seen=2000, clicked=120, bought=5)
    services.review()
    assert weights()["a"] > 0.99


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}),
        ({"a": 0.0, "b": 1.0}, {"a": 0.1, "b": 0.9}),
        ({"a": 0.05, "b": 0.19, "c": 0.76}, {"a": 0.1, "b": 0.18, "c": 0.72}),
    ],
)
def test_a_floor_takes_from_the_others_by_their_share(
    chances: dict[str, float], expected: dict[str, float]
) -> None:
    assert floored(chances, "a") == pytest.approx(expected)


def test_one_broken_experiment_does_not_keep_the_others_from_their_review(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun(2, slug="first", name="First", ramp={0: 10.0, 2: 50.0})
    Trial.objects.filter(slug="first").delete()
    begun(2, slug="second", block="product-also-viewed", ramp={0: 10.0, 2: 50.0})
    with caplog.at_level(logging.ERROR, "shop_personalize"):
        services.review()
    assert Trial.objects.get(slug="second").share == 0.5
    assert "experiment first could not be reviewed" in caplog.text


def test_what_does_not_run_is_not_reviewed() -> None:
    experiment = begun(2, ramp={0: 10.0, 2: 50.0})
    services.pause(experiment)
    services.review()
    assert Trial.objects.get().share == 0.1


def test_the_schedule_reviews_every_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_flush_intake", "_sync_orders", "_sync_connections", "_roll_up"):
        monkeypatch.setattr(tasks, name, lambda: None)
    begun(2, ramp={0: 10.0, 2: 50.0})
    tasks.tick()
    assert Trial.objects.get().share == 0.5
    Trial.objects.update(share=0.1)
    tasks.tick()
    assert Trial.objects.get().share == 0.1
    due: Any = Checkpoint.objects.filter(name="every:experiments")
    due.update(updated_at=timezone.now() - timedelta(minutes=61))
    tasks.tick()
    assert Trial.objects.get().share == 0.5

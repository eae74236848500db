"""What is no split: a shared list, adaptive shares, visitors held out."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.attribution.uplift import State, Uplift
from shop_personalize.experiments import selectors
from shop_personalize.experiments.selectors import Code, Point
from shop_personalize.experiments.words import advice, headline
from shop_personalize.ml.trials import Moments, gain
from tests.experiments.builders import counted, led_to, repeated
from tests.experiments.test_results import result, spenders

pytestmark = pytest.mark.django_db


def test_a_shared_list_is_judged_by_whose_products_were_clicked() -> None:
    counted("a", repeated(400, v1=150), metric="preference")
    counted("b", repeated(400, v1=250), metric="preference")
    found = result(kind="interleaved", primary_metric="preference")
    (compared,) = found.primary.compared
    assert compared.effect.difference == pytest.approx(0.125)
    assert compared.effect.is_clear
    assert found.ratio_p is None
    assert headline(found).startswith(
        "Visitors prefer “More variety”, by 12.5 points over a draw ("
    )


def test_an_adaptive_experiment_is_judged_by_what_was_seen() -> None:
    led_to("variety:a", seen=1000, clicked=30, days_ago=1)
    led_to("variety:a", seen=1000, clicked=30)
    led_to("variety:b", seen=2000, clicked=120)
    led_to("other:b", seen=2000, clicked=2000)
    found = result(kind="adaptive", primary_metric="click_rate")
    assert found.primary.units == (2000, 2000)
    assert found.primary.means == (0.03, 0.06)
    assert found.chances["b"] > 0.99
    assert [point.value for point in found.curves["a"]] == [0.03, 0.03]
    assert headline(found) == "The chance that “More variety” is the best is 100 %"
    assert advice(found) == "Enough is known: choose “More variety”."


def test_an_adaptive_experiment_without_a_leader_waits() -> None:
    led_to("variety:a", seen=1000, clicked=30)
    led_to("variety:b", seen=1000, clicked=32)
    found = result(kind="adaptive", primary_metric="click_rate")
    assert found.verdict.code == Code.UNCLEAR
    assert headline(found).startswith(
        "No variant leads for certain yet; the chance that “More variety” is the best"
    )
    assert advice(found) == "Wait for more visitors."


def test_what_recommendations_earn_is_what_the_overview_says() -> None:
    today = timezone.localdate()
    for arm, buyers in (("held", 60), ("served", 120)):
        counted(arm, spenders(buyers), trial="holdout")
        counted(arm, repeated(1000, v1=buyers), trial="holdout", metric="converted")
    more = Uplift(State.READY, share=0.5, currency="GBP")
    sold, buyers_ = selectors.withheld(more, ["revenue", "converted"])
    expected = gain(Moments.of(spenders(120)), Moments.of(spenders(60)), 0.5)
    assert (sold.served, sold.expected) == (3600.0, 1800.0)
    assert sold.last == Point(today, 1800.0, expected.low, expected.high)
    assert (buyers_.served, buyers_.expected, buyers_.last.value) == (120, 60, 60)


def test_where_nobody_is_held_out_nothing_is_read(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        assert selectors.withheld(Uplift(State.NOTHING_MEASURED)) == []

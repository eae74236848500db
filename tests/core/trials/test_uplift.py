"""What recommendations brought in all, from the sums of the two sides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop_personalize.attribution.uplift import State, Uplift, uplift
from shop_personalize.ml.trials import Moments, gain
from shop_personalize.models import Checkpoint, TrialDay

TODAY = date(2026, 3, 31)
SHARE = 0.1
HELD = np.repeat([0.0, 20.0], [970, 30])
SERVED = np.repeat([0.0, 20.0], [8700, 300])


def since(day: date, share: float = SHARE) -> None:
    state = {"share": share, "since": day.isoformat()}
    Checkpoint.objects.create(name="holdout", state=state)


def counted(day: date, arm: str, values: Any, currency: str = "GBP") -> None:
    bought = np.asarray(values) > 0
    for metric, each, unit in (
        ("revenue", values, currency),
        ("converted", bought.astype(float), ""),
    ):
        if metric == "revenue" or currency == "GBP":
            facts = {"trial": "holdout", "arm": arm, "metric": metric, "day": day}
            TrialDay.objects.create(**facts, currency=unit, **vars(Moments.of(each)))


@pytest.mark.django_db
def test_nobody_held_out_is_nothing_measured() -> None:
    assert uplift(TODAY) == Uplift(State.NOTHING_MEASURED)
    since(TODAY, share=0.0)
    assert uplift(TODAY) == Uplift(State.NOTHING_MEASURED)


@pytest.mark.django_db
def test_before_the_first_sums_only_the_share_is_known() -> None:
    since(TODAY)
    assert uplift(TODAY) == Uplift(State.NOTHING_MEASURED, share=SHARE)


@pytest.mark.django_db
def test_what_the_others_brought_beyond_those_held_out() -> None:
    """300 × 20 were sold, and 9 × 30 × 20 would have been without."""
    since(TODAY - timedelta(days=60))
    counted(TODAY, "held", HELD)
    counted(TODAY, "served", SERVED)
    found = uplift(TODAY)
    assert found.state == State.READY
    assert (found.first, found.last) == (TODAY - timedelta(days=27), TODAY)
    assert (found.total, found.currency) == (600.0, "GBP")
    assert (found.held, found.served, found.held_buyers) == (1000, 9000, 30)
    assert found.per_visitor == pytest.approx(600 / 9000)
    reach = 1.959964 * (9 * 330 * 400) ** 0.5
    assert (found.low, found.high) == pytest.approx((600 - reach, 600 + reach))
    assert not found.is_clear
    assert found.balance_p == 1.0


@pytest.mark.django_db
def test_the_newest_sums_and_two_queries() -> None:
    since(TODAY - timedelta(days=60))
    for back in (40, 3, 2):
        day = TODAY - timedelta(days=back)
        counted(day, "held", HELD)
        counted(day, "served", SERVED * back)
    with CaptureQueriesContext(connection) as sent:
        found = uplift(TODAY)
    assert len(sent) == 2
    assert found.last == TODAY - timedelta(days=2)
    assert found.total == 2 * 6000 - 9 * 600


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "buyers"), [(6, 30), (60, 19)])
def test_too_early(days: int, buyers: int) -> None:
    since(TODAY - timedelta(days=days - 1))
    counted(TODAY, "held", np.repeat([0.0, 20.0], [1000 - buyers, buyers]))
    counted(TODAY, "served", SERVED)
    assert uplift(TODAY).state == State.TOO_EARLY


@pytest.mark.django_db
def test_the_currency_with_most_is_told_and_others_are_named() -> None:
    since(TODAY - timedelta(days=60))
    for currency, times in (("GBP", 1.0), ("EUR", 0.1)):
        counted(TODAY, "held", HELD * times, currency)
        counted(TODAY, "served", SERVED * times, currency)
    found = uplift(TODAY)
    assert (found.currency, found.others) == ("GBP", ("EUR",))


@pytest.mark.django_db
def test_sums_of_before_a_new_share_say_nothing() -> None:
    since(TODAY)
    counted(TODAY - timedelta(days=1), "held", HELD)
    assert uplift(TODAY).state == State.NOTHING_MEASURED


def test_only_28_days_are_kept() -> None:
    with pytest.raises(ValueError, match="days: 7; the sums are of 28 days"):
        uplift(TODAY, days=7)


def test_what_was_before_takes_variance_away_and_changes_no_mean() -> None:
    chance = np.random.default_rng(3)
    before = chance.exponential(30, 40_000)
    value = 0.8 * before + chance.normal(0, 5, 40_000)
    held = chance.random(40_000) < SHARE
    plain, adjusted = (
        gain(
            Moments.of(value[~held] + 2, before=known[~held]),
            Moments.of(value[held], before=known[held]),
            SHARE,
        )
        for known in (0 * before, before)
    )
    truth = 2 * (~held).sum()
    assert adjusted.low < truth < adjusted.high
    assert adjusted.standard_error < 0.3 * plain.standard_error


def test_an_interval_of_95_percent_holds_the_truth_as_often() -> None:
    """Rare and heavy amounts, one in twenty held out: 600 shops of 8,000 visitors."""
    chance, covered, off = np.random.default_rng(1), 0, []
    for _shop in range(600):
        amounts = chance.lognormal(3.5, 1.0, 8000)
        own = amounts * (chance.random(8000) < 0.06)
        more = amounts * (chance.random(8000) < 0.006)
        held = chance.random(8000) < 0.05
        value = np.where(held, own, own + more)
        found = gain(Moments.of(value[~held]), Moments.of(value[held]), 0.05)
        truth = more[~held].sum()
        covered += found.low <= truth <= found.high
        off.append((found.total - truth) / found.standard_error)
    assert 0.935 < covered / 600 < 0.975
    assert abs(np.mean(off)) < 4 / 600**0.5


def test_who_came_only_to_look_changes_nothing() -> None:
    """Known where something is shown, unknown where nothing is: means would be off."""
    known = gain(Moments.of(SERVED), Moments.of(HELD), SHARE)
    looked = np.concatenate([SERVED, np.zeros(2000)])
    assert gain(Moments.of(looked), Moments.of(HELD), SHARE) == known


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0])
def test_a_share_is_between_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        gain(Moments(), Moments(), share)


def test_nothing_sold_says_nothing() -> None:
    found = gain(Moments.of([0.0]), Moments.of([0.0]), 0.5)
    assert (found.total, found.low, found.high) == (0.0, -np.inf, np.inf)

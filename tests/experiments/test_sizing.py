"""How many visitors and how long, by the shop's own past."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.experiments import selectors, services
from shop_personalize.ml.trials import sample_size_mean
from shop_personalize.models import VisitorDay
from tests.experiments.builders import came, planned

pytestmark = pytest.mark.django_db
SPENT = [30.0, 50.0, 0.0, 0.0, 0.0] * 56


def known(metric: str) -> selectors.Baseline:
    found = selectors.baseline(metric)
    assert found is not None
    return found


def test_nothing_counted_gives_no_plan() -> None:
    assert selectors.baseline("revenue") is None
    assert selectors.sizing(planned()) is None


@pytest.mark.parametrize(
    ("metric", "mean", "deviation"),
    [
        ("revenue", 16.0, float(np.std(SPENT, ddof=1))),
        ("converted", 0.4, float(np.std([1, 1, 0, 0, 0] * 56, ddof=1))),
        ("orders", 0.4, float(np.std([1, 1, 0, 0, 0] * 56, ddof=1))),
        ("order_value", 40.0, float(np.std([-10, 10, 0, 0, 0] * 56, ddof=1)) / 0.4),
        ("preference", 0.5, 0.5**0.5),
    ],
)
def test_the_last_weeks_tell_level_and_spread(
    metric: str, mean: float, deviation: float
) -> None:
    came(SPENT)
    came([1000.0], days_ago=40)
    found = known(metric)
    assert found.visitors == 280
    assert found.a_day == 10.0
    assert found.mean == pytest.approx(mean)
    assert found.deviation == pytest.approx(deviation)


def test_a_visitor_counts_once_however_many_days() -> None:
    came(SPENT, days_ago=2)
    first = VisitorDay.objects.filter(revenue=30).order_by("pk").first()
    assert first is not None
    VisitorDay.objects.create(
        visitor=first.visitor, day=first.day, revenue=20, orders=1, currency="GBP"
    )
    assert known("revenue").visitors == 280
    assert known("revenue").mean == pytest.approx((16 * 280 + 20) / 280)
    assert known("converted").mean == pytest.approx(0.4)


def test_who_only_bought_elsewhere_was_not_in_the_shop() -> None:
    came(SPENT)
    VisitorDay.objects.filter(is_present=True, visitor__days__revenue=50).delete()
    assert known("revenue").visitors == 280 - 56


def test_what_never_varies_cannot_be_planned() -> None:
    came(SPENT)
    assert selectors.baseline("views") is None


def test_the_size_is_that_of_the_closed_form() -> None:
    came(SPENT)
    base = known("revenue")
    found = selectors.size(base, 0.1)
    expected = sample_size_mean(base.deviation, 1.6, sequential=True)
    assert (found.per_arm, found.total) == (expected, 2 * expected)
    assert found.difference == pytest.approx(1.6)
    assert found.days == -(-found.total // 10)


def test_more_variants_take_more_visitors_each() -> None:
    came(SPENT)
    base = known("revenue")
    two, three = selectors.size(base, 0.1), selectors.size(base, 0.1, arms=3)
    assert three.per_arm > two.per_arm
    assert three.total == 3 * three.per_arm


def test_a_ramp_takes_longer() -> None:
    came(SPENT)
    base = known("revenue")
    at_once = selectors.size(base, 0.5)
    slowly = selectors.size(base, 0.5, ramp={0: 0.1, 10: 1.0})
    assert at_once.days is not None
    assert slowly.days == at_once.days + 9


def test_nobody_waits_for_ever() -> None:
    came(SPENT)
    assert selectors.size(known("revenue"), 0.0005).days is None


def test_starting_remembers_the_plan() -> None:
    came(SPENT)
    experiment = services.start(planned(smallest_change=10.0))
    expected = selectors.size(known("revenue"), 0.1).per_arm
    assert experiment.planned_visitors == expected


def test_where_visitors_follow_success_there_is_no_plan() -> None:
    came(SPENT)
    adaptive = planned(kind="adaptive", primary_metric="converted")
    assert services.start(adaptive).planned_visitors is None

"""Can the figures be trusted?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shop_personalize.insight.admin import quality as page
from shop_personalize.insight.selectors import quality
from shop_personalize.insight.selectors.quality import Kind
from shop_personalize.models import OrderVisitor, QuarantinedEvent
from tests.insight.conftest import LAST, WEEK, buy, count, happen, moment, person

pytestmark = pytest.mark.django_db


def test_what_arrived_was_refused_and_is_missing() -> None:
    for days_ago in (0, 1, 4, 5):
        happen("ann", "view", 1, days_ago)
    happen("eve", "view", 1, flag="bot")
    late = happen("ann", "view", 2, received_at=moment(0, hour=14))
    happen("ann", "view", 2, source="ga4", occurred_at=late.occurred_at)
    happen("ann", "view", 9, days_ago=7)
    buy("ann", "A", 1)
    buy("bob", "B", 1, received_at=moment(0, hour=23))
    buy("bob", "B", 1, flag="shadow")
    OrderVisitor.objects.create(order_id="A", visitor=person("ann"))
    for reason, days_ago in (("too_old", 0), ("too_old", 6), ("bad_text", 7)):
        QuarantinedEvent.objects.create(reason=reason, received_at=moment(days_ago))
    count()
    answer = quality.measure(WEEK)
    assert answer.kinds == (
        Kind("view", 7, 1, 1, 1, 1),
        Kind("purchase", 2, 0, 0, 0, 0),
    )
    assert (answer.events, answer.before) == (9, 1)
    assert (answer.bots, answer.late, answer.twice) == (1, 1, 1)
    assert answer.reasons == (("too_old", 2),)
    assert answer.refused_share == 2 / 11
    assert answer.gaps == (LAST - timedelta(days=3), LAST - timedelta(days=2))
    assert dict(answer.days)[LAST] == 5
    assert (answer.orders, answer.unlinked, answer.is_visited) == (2, 1, True)


def test_the_worst_comes_first_and_names_what_to_mend() -> None:
    for n in range(8):
        happen(f"p{n}", "view", 1, flag="bot" if n < 5 else "")
    for n in range(3):
        buy(f"p{n}", f"O{n}", 1)
    count()
    answer = quality.measure(WEEK)
    assert page.headline(answer, WEEK) == "2 things are amiss in what was recorded"
    shown = page.show(answer, WEEK)
    assert shown.step is not None
    assert shown.step.text.startswith("45 % of the events come from bots")
    assert shown.notes[0].startswith("Of 100 % of the orders the visit is not known")


def test_orders_alone_are_no_visits() -> None:
    buy("ann", "A", 1)
    count()
    answer = quality.measure(WEEK)
    assert not answer.is_visited
    assert answer.gaps == ()
    problems = page.show(answer, WEEK).step
    assert problems is not None
    assert problems.text.startswith("Only orders are known, no visits")


def test_a_healthy_shop_is_told_so() -> None:
    for days_ago in range(7):
        happen("ann", "view", 1, days_ago)
    count()
    answer = quality.measure(WEEK)
    assert page.headline(answer, WEEK) == (
        "The figures can be trusted: 7 events, nothing amiss"
    )

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone

from shop_personalize.models import Connection, Interaction, Recommender
from shop_personalize.training import publish
from shop_personalize.training.readiness import Readiness, readiness
from tests.core.training import shop
from tests.core.training.test_serving_models import version

pytestmark = pytest.mark.django_db


def line(slug: str) -> Readiness:
    return next(each for each in readiness() if each.slug == slug)


def views(n: int, days_ago: float) -> None:
    visitor = shop.visitors(1)[0]
    Interaction.objects.bulk_create(
        shop.event(visitor, "1", kind="view", days_ago=days_ago) for _ in range(n)
    )


def test_nothing_yet() -> None:
    assert line("also_viewed") == Readiness(
        slug="also_viewed",
        title="Viewed together",
        state="empty",
        share=0.0,
        have=0,
        need=1000,
        missing="1,000 more views",
        eta_days=None,
        fallback="",
        products=0,
    )


def test_half_way_with_the_day_it_will_be_there() -> None:
    views(280, 5)
    views(20, 50)
    found = line("also_viewed")
    assert (found.state, found.share, found.have) == ("partial", 0.3, 300)
    assert found.missing == "700 more views"
    assert found.eta_days == 70.0


def test_a_shop_that_listens_since_lately_is_not_told_years() -> None:
    views(100, 2)
    found = line("also_viewed")
    assert found.eta_days == pytest.approx(18, abs=0.1)


def test_at_a_standstill_there_is_no_day() -> None:
    views(20, 50)
    assert line("also_viewed").eta_days is None


def test_what_is_shown_instead() -> None:
    live = version(1)
    publish.publish(live)
    assert line("also_viewed").fallback == "Customers also bought"
    Recommender.objects.filter(slug="also_bought").update(title="Others took")
    assert line("also_viewed").fallback == "Others took"
    Recommender.objects.filter(slug="also_bought").update(is_active=False)
    assert line("also_viewed").fallback == ""


def test_enough_but_not_trained_and_then_refused() -> None:
    shop.pairs()
    found = line("also_bought")
    assert (found.state, found.share, found.missing) == (
        "partial",
        1.0,
        "not trained yet",
    )
    refused = version(1)
    refused.reason = "Refused: it recommends one product everywhere."
    refused.save()
    assert line("also_bought").missing == refused.reason


def test_ready() -> None:
    shop.pairs()
    live = version(1)
    live.items = 12
    live.save()
    publish.publish(live)
    found = line("also_bought")
    assert found == replace(
        found, state="ready", share=1.0, missing="", eta_days=None, products=12
    )


def test_switched_off() -> None:
    Recommender.objects.filter(slug="new").update(is_active=False)
    found = line("new")
    assert (found.state, found.missing) == ("off", "switched off")


def test_what_is_answered_live_needs_no_training() -> None:
    assert line("recently_viewed").state == "empty"
    views(1, 1)
    assert line("recently_viewed").state == "ready"


def test_the_table_takes_five_queries(django_assert_num_queries: object) -> None:
    for row in Recommender.objects.all():
        row.is_active = False
        row.save()
    with django_assert_num_queries(5):  # type: ignore[operator]
        readiness()


def test_a_circle_waits_for_connections_not_for_purchases() -> None:
    assert line("friends").missing == "20 more connections"
    people = shop.visitors(7)
    Connection.objects.bulk_create(
        Connection(
            source=person,
            target=people[6],
            confirmed=at < 5,
            created_at=timezone.now(),
        )
        for at, person in enumerate(people[:6])
    )
    found = line("friends")
    assert (found.state, found.have, found.need) == ("partial", 5, 20)
    assert found.missing == "15 more connections"

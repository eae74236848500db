"""The first page answers in its title and says what to do next."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.admin import earnings, health
from shop_personalize.admin.next_step import next_step
from shop_personalize.admin.numbers import days, duration, money, number, percent
from shop_personalize.admin.overview import compared, tiles, title
from shop_personalize.attribution import Token, sign
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.models import (
    BlockDay,
    Checkpoint,
    Interaction,
    QuarantinedEvent,
    Recommender,
    Visitor,
)
from shop_personalize.registry.recommenders import BUILT_IN
from tests.core.admin.conftest import interaction

pytestmark = pytest.mark.django_db

URL = "admin:shop_personalize_overview"
TODAY = date(2026, 3, 29)


def led_to(days_ago: int, revenue: int, currency: str = "GBP", **counts: int) -> None:
    BlockDay.objects.create(
        block=counts.pop("block", "home-for-you"),
        recommender="for_you",
        day=TODAY - timedelta(days=days_ago),
        revenue=Decimal(revenue),
        currency=currency,
        **{
            "shown": 150,
            "seen": 100,
            "clicked": 10,
            "carted": 4,
            "bought": 2,
            **counts,
        },
    )


def test_the_last_28_days_stand_beside_the_28_before() -> None:
    led_to(0, 600)
    led_to(27, 640)
    led_to(28, 1000)
    led_to(55, 0)
    led_to(56, 9999)
    found = earnings.measure(TODAY)
    assert (found.now.revenue, found.before.revenue) == (1240, 1000)
    assert (found.now.seen, found.before.seen) == (200, 200)
    assert len(found.days) == 28
    assert found.days[-1][1].revenue == 600
    assert title(found) == (
        "£1,240 sold after clicks on recommendations in 28 days, 24 % more than before"
    )
    assert tiles(found)[:3] == [
        ("sold", "£1,240", "+24 %"),
        ("shown", "300", "as before"),
        ("seen", "200", "as before"),
    ]


def test_less_than_before_is_said_as_plainly() -> None:
    led_to(0, 500)
    led_to(30, 1000)
    assert title(earnings.measure(TODAY)).endswith("28 days, 50 % less than before")


def test_a_first_period_is_not_compared() -> None:
    led_to(0, 500)
    found = earnings.measure(TODAY)
    assert title(found) == "£500 sold after clicks on recommendations in 28 days"
    assert compared(found, "revenue") == "nothing to compare with yet"


def test_currencies_are_not_added_up() -> None:
    led_to(0, 500)
    led_to(0, 700, "SEK", block="home-new")
    found = earnings.measure(TODAY)
    assert (found.currency, found.now.revenue) == ("SEK", 700)
    assert found.others == [("GBP", 500)]
    assert money(found.now.revenue, found.currency) == "700 SEK"


def test_without_sales_the_title_tells_of_clicks_and_without_clicks_of_views() -> None:
    led_to(0, 0)
    assert title(earnings.measure(TODAY)) == (
        "Recommendations were clicked 10 times in 28 days; "
        "nothing was bought after it yet"
    )
    BlockDay.objects.update(clicked=0)
    assert title(earnings.measure(TODAY)) == (
        "Recommendations were seen 100 times, not clicked yet"
    )
    BlockDay.objects.all().delete()
    assert title(earnings.measure(TODAY)) == "No recommendation has been seen yet"


def test_an_empty_shop_is_told_the_command(admin: Client) -> None:
    html = admin.get(reverse(URL)).content.decode()
    assert "python manage.py personalize setup" in html
    assert "No recommendation has been seen yet" in html


def ready(**fields: Any) -> SimpleNamespace:
    given = {"state": "ready", "products": 10, "share": 1.0, "title": "", "missing": ""}
    return SimpleNamespace(**{**given, **fields})


def test_the_next_step_follows_what_is_there(shop: SimpleNamespace) -> None:
    found = earnings.measure(timezone.localdate())
    state = health.measure()
    untrained = next_step(found, [ready(products=0)], state)
    assert untrained is not None
    assert (untrained.link, untrained.is_action) == ("Train everything now", True)
    partial = ready(
        state="partial", share=0.9, title="Viewed together", missing="9 views"
    )
    near = next_step(found, [ready(), partial], state)
    assert near is not None
    assert near.text == "Next to come: Viewed together; missing: 9 views."
    assert next_step(found, [ready()], state) is None
    BlockDay.objects.all().delete()
    unseen = next_step(earnings.measure(timezone.localdate()), [ready()], state)
    assert unseen is not None
    assert unseen.command == "{% load personalize %}{% recommendations %}"


def test_the_overview_counts_by_itself_where_nothing_ticks(admin: Client) -> None:
    block = Token("home-for-you", "for_you", 1, 1, "7", int(timezone.now().timestamp()))
    Interaction.objects.create(
        event_id=uuid7(),
        visitor=Visitor.objects.create(key="seen"),
        kind="rec_view",
        item_id="7",
        rid=sign(block),
        occurred_at=timezone.now(),
        received_at=timezone.now(),
    )
    admin.get(reverse(URL))
    assert BlockDay.objects.get().seen == 1


def test_the_overview_shows_blocks_jobs_and_readiness(
    admin: Client, shop: SimpleNamespace
) -> None:
    Checkpoint.objects.create(name="every:rollups")  # counted a moment ago
    html = admin.get(reverse(URL)).content.decode()
    assert "£200 sold after clicks on recommendations in 28 days, 100 % more" in html
    assert '<th>Recommended for you</th><td class="sp-number">£200</td>' in html
    assert "Training Recommended for you: 25 %" in html
    assert f"of {len(BUILT_IN)} recommenders are ready" in html


def test_a_catalog_that_cannot_be_read_does_not_take_the_page_down(
    admin: Client, shop: SimpleNamespace, settings: Any
) -> None:
    settings.SHOP_PERSONALIZE = {"CATALOG": {"model": "no.Such"}}
    for name in (URL, "admin:shop_personalize_recommender_changelist"):
        assert admin.get(reverse(name)).status_code == 200
    assert "personalize doctor" in admin.get(reverse(URL)).content.decode()


def test_health_counts_what_arrived_and_names_what_is_wrong() -> None:
    visitor = Visitor.objects.create(key="v" * 43)
    now = timezone.now()
    old = now - timedelta(days=30)
    minute = now.replace(second=10, microsecond=0)
    interaction(visitor, "purchase", "1", occurred_at=old, source="orders")
    interaction(visitor, "view", "1", occurred_at=minute, source="server")
    interaction(visitor, "view", "1", occurred_at=minute, source="native")
    for _ in range(2):
        interaction(visitor, "view", "2", flag="bot")
    QuarantinedEvent.objects.create(reason="too_old", received_at=now)
    found = health.measure(now + timedelta(seconds=1))
    assert (found.total, found.bots, found.refused, found.twice) == (4, 2, 1, 1)
    assert found.kinds == [("view", 4)]
    assert found.sources == [("native", 3), ("server", 1)]
    assert sum(count for _hour, count in health.traffic(now).hours) == 4
    assert [text.partition(" ")[0] for text in health.findings(found, now)] == [
        "50",
        "20",
        "25",
    ]


def test_the_week_is_told_by_day_and_time_of_day() -> None:
    visitor = Visitor.objects.create(key="v" * 43)
    now = timezone.now().replace(hour=13, minute=30)
    for back, hour in ((0, 1), (0, 2), (6, 23), (7, 12)):
        at = now.replace(hour=hour) - timedelta(days=back)
        interaction(visitor, "view", "1", occurred_at=at, received_at=at)
    found = health.traffic(now).week
    assert [counts for _day, counts in found if any(counts)] == [
        [2, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 1],
    ]
    assert len(found) == 7


def test_silence_is_noticed() -> None:
    assert health.findings(health.measure())[0].startswith("No event has ever arrived.")
    visitor = Visitor.objects.create(key="v" * 43)
    long_ago = timezone.now() - timedelta(days=3)
    interaction(visitor, "view", "1", occurred_at=long_ago, received_at=long_ago)
    (finding,) = health.findings(health.measure())
    assert finding.startswith("Nothing has arrived for more than a day.")
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1204, "1,204"), (3.5, "3.50"), (12.34, "12.3"), (0.1389, "0.139"), (None, "–")],
)
def test_a_number_is_as_exact_as_its_size(value: float | None, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.384, "38 %"), (0.0042, "0.4 %"), (0.04, "4 %"), (0, "0 %"), (1.5, "150 %")],
)
def test_a_share_is_a_percentage(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.031, "31 ms"),
        (2.0, "2 s"),
        (5.1, "5.1 s"),
        (52.4, "52 s"),
        (150, "2 min"),
        (7200, "2 h"),
        (259200, "3 days"),
    ],
)
def test_a_duration_is_said_in_one_unit(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_a_forecast_of_weeks_is_not_said_in_days() -> None:
    assert [days(n) for n in (0.2, 13, 21)] == ["1 day", "13 days", "3 weeks"]


def test_the_recommenders_list_says_what_is_missing(
    admin: Client, shop: SimpleNamespace
) -> None:
    url = reverse("admin:shop_personalize_recommender_changelist")
    html = admin.get(url).content.decode()
    assert "997 more views" in html
    assert "until then:" in html
    Recommender.objects.filter(slug="for_you").update(is_active=False)
    assert "sp-ready-off" in admin.get(url).content.decode()

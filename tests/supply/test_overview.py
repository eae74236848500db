"""The overview of stock: what to order, what runs out, what lies."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from shop_personalize.registry.pages import pages
from tests.reading import text, title
from tests.supply.addresses import APP, url
from tests.supply.builders import missed

pytestmark = pytest.mark.django_db


def test_before_anything_is_known_the_overview_says_how_to_begin(admin: Client) -> None:
    page = text(admin, url("overview"))
    assert title(page) == "Nothing is known yet of what to order"
    assert "python manage.py personalize forecast" in page
    assert "python manage.py personalize replenish" in page


def test_the_overview_says_what_to_order_what_it_costs_and_what_lies(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("overview"))
    assert title(page) == "Order 1 product this week, worth £60"
    assert "Reorder 15 today (lead time 7 days, service 97 %)" in page
    assert "Nothing is ordered by itself." in page
    plain = re.sub(r"<[^>]*>", " ", page)
    assert re.search(r"too much in stock\s+1\s+tied up: £", plain)
    assert re.search(r"may run out\s+1\s+sold out: 0", plain)


def test_the_overview_is_offered_to_the_core() -> None:
    assert f"admin:{APP}_overview" in [page.url for page in pages()]


def test_the_alarm_is_on_the_overview(admin: Client) -> None:
    for weeks_ago in (1, 2, 3):
        missed(weeks_ago, 0.9)
    page = text(admin, url("overview"))
    assert "off by 90 % of what was sold, beside 20 % in its test (product)" in page


def test_lists_of_what_runs_out_and_of_what_lies(
    admin: Client, shop: dict[str, str]
) -> None:
    risk, surplus = (
        text(admin, url("stock") + f"?show={name}") for name in ("risk", "surplus")
    )
    assert (">Mug</a>" in risk, ">Pot</a>" in risk) == (True, False)
    assert (">Mug</a>" in surplus, ">Pot</a>" in surplus) == (False, True)
    everything = text(admin, url("stock") + "?show=all")
    assert everything.index(">Mug</a>") < everything.index(">Pot</a>")

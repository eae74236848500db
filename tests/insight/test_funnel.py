"""Who comes how far, and where most are lost."""

from __future__ import annotations

import pytest

from shop_personalize.insight.admin import funnel as page
from shop_personalize.insight.selectors import funnel
from shop_personalize.insight.selectors.funnel import Funnel, Reached
from shop_personalize.insight.selectors.period import Period
from tests.insight.conftest import LAST, WEEK, buy, count, happen

pytestmark = pytest.mark.django_db


def test_each_visitor_counts_at_the_furthest_step() -> None:
    happen("look", "list_view")
    happen("view", "view", 1)
    happen("view", "view", 2, days_ago=2)
    happen("cart", "view", 1)
    happen("cart", "add_to_cart", 1)
    happen("check", "checkout")
    happen("ann", "view", 1, days_ago=3)
    buy("ann", "A", 1)
    buy("phone", "B", 1)
    happen("eve", "view", 1, flag="bot")
    happen("ann", "view", 1, days_ago=8)
    happen("old", "view", 1, days_ago=13)
    happen("older", "view", 1, days_ago=14)
    count()
    answer = funnel.measure(WEEK)
    assert answer.now == Reached((5, 4, 3, 2, 1))
    assert answer.before == Reached((2, 2, 0, 0, 0))
    assert answer.new == Reached((4, 3, 2, 1, 0))
    assert answer.known == Reached((1, 1, 1, 1, 1))
    assert answer.elsewhere == 1
    assert answer.has_checkout
    assert page.headline(answer, WEEK) == (
        "20 % of 5 visitors bought; most are lost before they look at a product"
    )


def test_a_checkout_that_nobody_records_is_no_step() -> None:
    happen("ann", "add_to_cart", 1)
    happen("bob", "add_to_cart", 1)
    buy("ann", "A", 1)
    count()
    answer = funnel.measure(WEEK)
    assert answer.now == Reached((2, 2, 2, 1, 1))
    assert not answer.has_checkout
    assert answer.lost() == 4
    names = [tile.name for tile in page.show(answer, WEEK).tiles]
    assert "began to check out" not in names


def test_an_empty_shop_loses_nobody() -> None:
    answer = funnel.measure(Period(28, LAST))
    assert answer.now == Reached((0, 0, 0, 0, 0))
    assert answer.lost() == 0
    missing = page.show(answer, WEEK).missing
    assert missing is not None
    assert missing.command == "python manage.py personalize doctor"


def test_a_step_that_keeps_less_than_before_is_the_next_to_mend() -> None:
    def made(now: tuple[int, ...], before: tuple[int, ...]) -> Funnel:
        none = Reached((0,) * 5)
        return Funnel(Reached(now), Reached(before), none, none, 0, has_checkout=True)

    steady = made((100, 80, 20, 10, 5), (200, 160, 40, 20, 10))
    assert (steady.lost(), steady.worsened()) == (2, 0)
    worse = made((100, 80, 20, 10, 2), (100, 80, 20, 10, 5))
    assert worse.worsened() == 4
    step = page.show(worse, WEEK).step
    assert step is not None
    assert step.text.startswith(
        "Fewer than before go on here: bought, −30.0 points. Look at the checkout"
    )

"""Cohorts, the groups of customers, and after how long they buy again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shop_personalize.insight.admin import cohorts as cohorts_page
from shop_personalize.insight.admin import customers as customers_page
from shop_personalize.insight.admin.table import HIDDEN
from shop_personalize.insight.selectors import cohorts, repeats, rfm
from shop_personalize.insight.selectors.cohorts import Returned, months_between
from shop_personalize.insight.selectors.customers import main_currency
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.repeats import ItemCycle
from tests.insight.conftest import LAST, MONTH, WEEK, buy, count

pytestmark = pytest.mark.django_db


def crowd(name: str, size: int, *days_ago: int, item: object = 1) -> None:
    for n in range(size):
        for ago in days_ago:
            buy(f"{name}{n}", f"{name}{n}-{ago}", item, days_ago=ago)


def test_customers_by_the_month_of_their_first_order() -> None:
    # 2026-03-29 less 60 is January 28th, less 30 February 27th, less 27 March 2nd.
    crowd("jan", 10, 60)
    crowd("back", 2, 60, 30)
    crowd("late", 3, 60, 27)
    crowd("few", 9, 30)
    count()
    answer = cohorts.measure(MONTH)
    january, february = answer.cohorts
    assert january.month == date(2026, 1, 1)
    assert january.people == 15
    assert january.again == (2, 3)
    assert january.revenue == (10 * 10 + 2 * 20 + 3 * 20) / 15
    assert (february.people, february.again, february.revenue) == (9, (), None)
    rows = cohorts_page.show(answer, MONTH).tables[0].rows
    assert rows[0][1:4] == [HIDDEN, None, None]
    assert rows[1][:3] == ["January 2026", 15, january.revenue]


def test_who_had_time_to_return_is_asked_whether_they_did() -> None:
    # Periods of a week: days 0-6, 7-13, 14-20.
    crowd("quick", 3, 10, 4)
    crowd("slow", 2, 10, 2)
    crowd("once", 5, 12)
    crowd("old", 4, 16)
    crowd("older", 1, 16, 15)
    count()
    answer = cohorts.measure(WEEK)
    assert answer.now == Returned(10, 3)
    assert answer.before == Returned(5, 1)
    assert cohorts_page.headline(answer, WEEK) == (
        "30 % of new customers buy again within 7 days"
    )


def test_months_between_days_of_different_years() -> None:
    assert months_between(date(2025, 11, 30), date(2026, 2, 1)) == 3


def test_best_customers_by_how_lately_and_how_often() -> None:
    crowd("best", 20, 0, 30, 60, 90, 120)
    crowd("new", 20, 1)
    crowd("gone", 20, 400)
    crowd("risk", 20, 300, 330, 360, 390)
    crowd("mid", 20, 200)
    crowd("long", 1, 800)
    count()
    answer = rfm.measure(MONTH)
    assert answer.people == 100
    people = {one.name: one.people for one in answer.segments}
    assert people == {
        "champions": 20,
        "loyal": 0,
        "promising": 20,
        "new": 20,
        "at_risk": 20,
        "cannot_lose": 0,
        "lost": 20,
    }
    best = answer.segments[0]
    assert (best.orders, best.revenue, best.before) == (100, 1000.0, 0)
    assert sum(map(sum, answer.grid)) == 100
    assert (answer.grid[4][4], answer.grid[3][0], answer.grid[1][3]) == (20, 20, 20)
    assert answer.money == (0, 0, 60, 20, 20)
    assert answer.edges.orders == (2, 3, 4, 5)
    assert answer.edges.days == (300, 200, 1, 0)


def test_groups_of_few_people_are_not_told() -> None:
    crowd("ann", 9, 0)
    count()
    answer = rfm.measure(MONTH)
    told = [one for one in answer.segments if one.people]
    assert [(one.people, one.revenue) for one in told] == [(9, None)]
    shown = customers_page.show(answer, MONTH)
    row = next(row for row in shown.tables[0].rows if row[2] is HIDDEN)
    assert row[3:7] == [None, None, None, None]
    assert all("9" not in str(cell) for cell in row)


def test_the_currency_most_is_sold_in_comes_first() -> None:
    buy("ann", "A", 1, value=Decimal(30))
    buy("bob", "B", 1, currency="EUR", value=Decimal(20))
    buy("cat", "C", 1, currency="SEK", value=Decimal(90), days_ago=9)
    count()
    assert main_currency(WEEK.first, LAST) == ("GBP", (("EUR", Decimal(20)),))


def test_days_between_purchases() -> None:
    crowd("ten", 10, 12, 2, item=5)
    crowd("few", 9, 40, 3, item=6)
    crowd("before", 1, 20, 8)
    crowd("same", 1, 1)
    count()
    answer = repeats.measure(WEEK)
    assert (answer.gaps, answer.again, answer.buyers) == (19, 19, 20)
    assert answer.median == 10
    assert answer.before == 12
    assert answer.columns[:6] == (0, 10, 0, 0, 0, 9)
    assert answer.items == (ItemCycle("5", 10, 10.0, 10.0, 10.0),)


def test_two_orders_of_a_day_are_one_day_of_buying() -> None:
    buy("ann", "A", 1, days_ago=2)
    buy("ann", "B", 1, days_ago=2, hour=18)
    count()
    answer = repeats.measure(WEEK)
    assert (answer.gaps, answer.median, answer.buyers) == (0, None, 1)


def test_no_order_no_answer() -> None:
    assert not cohorts.measure(MONTH).is_known
    assert rfm.measure(MONTH).people == 0
    assert repeats.measure(Period(365, LAST)).buyers == 0
    assert customers_page.show(rfm.measure(MONTH), MONTH).missing is not None

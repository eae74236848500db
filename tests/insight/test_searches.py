"""Search terms: by how many people, what was found, what they did next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop_personalize.insight.models import SearchDay
from shop_personalize.insight.selectors import searches
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.searches import Term
from shop_personalize.insight.services import rollup
from shop_personalize.insight.services.searches import forget_rare, found, normal
from shop_personalize.models import Interaction
from tests.insight.conftest import LAST, MONTH, WEEK, buy, happen

pytestmark = pytest.mark.django_db


def search(who: str, query: str, days_ago: int = 0, **fields: object) -> None:
    results = fields.pop("results", None)
    context = {"query": query} | ({} if results is None else {"results": results})
    happen(who, "search", days_ago=days_ago, context=context, **fields)


def test_case_and_spaces_make_no_difference() -> None:
    assert normal("  Red\t MUG ") == "red mug"
    assert normal(None) == ""
    assert len(normal("x" * 300)) == 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, 0), ("7", 7), (-2, 0), (None, None), (True, None), ("many", None), ([], None)],
)
def test_the_number_of_results_as_shops_write_it(
    value: object, expected: int | None
) -> None:
    assert found(value) == expected


def test_what_follows_a_search_before_the_next_one() -> None:
    search("ann", "mug", results=3)
    happen("ann", "view", 1, minute=9)
    buy("ann", "A", 1, hour=13)
    search("bob", "mug", results=0)
    happen("bob", "view", 1, minute=11)
    search("cat", "mug")
    search("cat", "plate", minute=1)
    happen("cat", "view", 1, minute=2)
    rollup.roll_up()
    rows = SearchDay.objects.order_by("term").values_list(
        "term", "searches", "people", "told", "empty", "opened", "bought"
    )
    assert list(rows) == [("mug", 3, 3, 2, 1, 1, 1), ("plate", 1, 1, 0, 0, 1, 0)]


def test_who_searches_again_within_four_weeks_is_no_new_person() -> None:
    for days_ago in (60, 30, 3, 0):
        search("ann", "mug", days_ago)
    rollup.roll_up()
    people = SearchDay.objects.order_by("day").values_list("day", "people")
    days = [LAST - timedelta(days=ago) for ago in (60, 30, 3, 0)]
    assert list(people) == list(zip(days, (1, 1, 0, 0), strict=True))


def test_terms_of_few_people_are_only_counted() -> None:
    for n in range(10):
        search(f"p{n}", "mug", results=0)
    for n in range(9):
        search(f"p{n}", "jane@example.com", minute=n, results=2)
    for n in range(20):
        search("ann", "my secret", minute=n)
    search("ann", "mug", days_ago=7, results=5)
    rollup.roll_up()
    answer = searches.measure(WEEK)
    mug = Term("mug", 10, 10, 10, 10, 0, 0)
    assert answer.top == (mug,)
    assert answer.nothing == (mug,)
    assert (answer.rare, answer.rare_searches) == (2, 29)
    assert (answer.searches, answer.before) == (39, 1)
    assert (answer.told, answer.empty, answer.empty_before) == (19, 10, 0.0)
    assert answer.empty_share == 10 / 19


def test_where_results_are_not_told_a_lost_search_is_one_that_leads_nowhere() -> None:
    for n in range(10):
        search(f"p{n}", "mug")
        search(f"p{n}", "lamp", minute=30)
    for n in range(2):
        happen(f"p{n}", "view", 1, minute=31)
    rollup.roll_up()
    answer = searches.measure(MONTH)
    assert [term.term for term in answer.nothing] == ["mug"]
    assert answer.empty_share is None


def test_terms_of_few_people_lose_their_name_with_their_events(settings: Any) -> None:
    kept = {"RETENTION_DAYS": {"search": 90}}
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **kept}
    today = timezone.localdate()
    for ago, term, searches_, people in (
        (91, "jane@example.com", 4, 1),
        (91, "john@example.com", 2, 1),
        (91, "mug", 20, 7),
        (95, "mug", 9, 3),
        (90, "lately", 1, 1),
    ):
        day = today - timedelta(days=ago)
        SearchDay.objects.create(
            term=term, day=day, searches=searches_, people=people, opened=1
        )
    assert forget_rare("default") == 2
    assert forget_rare("default") == 0
    rows = SearchDay.objects.order_by("day", "term")
    assert [(row.term, row.searches, row.opened) for row in rows] == [
        ("mug", 9, 1),
        ("", 6, 2),
        ("mug", 20, 1),
        ("lately", 1, 1),
    ]
    answer = searches.measure(Period(7, today - timedelta(days=90)))
    assert (answer.searches, answer.rare, answer.rare_searches) == (36, 1, 7)


def test_the_shops_view_says_how_many_products_it_found(client: Client) -> None:
    response = client.post(
        "/personalize/events/",
        {"event": "search", "query": "mug", "results": 0},
        content_type="application/json",
    )
    assert response.status_code == 202
    assert Interaction.objects.get().context == {"query": "mug", "results": 0}

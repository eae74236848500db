"""The pages through real requests: what they say and what their buttons do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shop_personalize.experiments import services
from shop_personalize.experiments.models import Experiment
from shop_personalize.models import Block, Trial
from tests.experiments.addresses import url
from tests.experiments.builders import begun, came, led_to, planned, simulate
from tests.reading import text, title

pytestmark = pytest.mark.django_db


def test_an_empty_list_says_how_to_begin(admin: Client) -> None:
    page = text(admin, url("changelist"))
    assert "No experiment here. Begin with a question" in page
    assert "permanent experiment" not in page


def test_the_list_has_what_runs_first_with_its_answer(admin: Client) -> None:
    planned("A draft", slug="draft", block="search-for-you")
    services.stop(begun(slug="over", name="Over", block="category-popular"))
    begun(name="Now running")
    planned("Another draft", slug="draft-2")
    simulate("variety", {"a": 0.05, "b": 0.12}, days=8, a_day=300)
    page = text(admin, url("changelist"))
    names = ["Now running", "Over", "Another draft", "A draft"]
    places = [page.index(f">{name}</a>") for name in names]
    assert places == sorted(places)
    assert re.search(r"“More variety” sells £[\d.]+ more per visitor", page)
    assert "Enough is known: choose “More variety”." in page
    assert page.count('<span class="sp-spark">') == 1


def test_the_list_shows_what_is_archived_only_where_it_is_asked_for(
    admin: Client,
) -> None:
    services.archive(planned("Old"))
    assert ">Old</a>" not in text(admin, url("changelist"))
    assert ">Old</a>" in text(admin, url("changelist") + "?state=archived")


def test_the_list_reads_few_queries_however_many_there_are(
    admin: Client, django_assert_num_queries: Any
) -> None:
    places = Block.objects.values_list("slug", flat=True)[:6]
    for at, place in enumerate(places):
        begun(slug=f"trial-{at}", name=f"Trial {at}", block=place)
        simulate(f"trial-{at}", {"a": 0.05, "b": 0.06}, days=4, a_day=30)
    text(admin, url("changelist"))
    with django_assert_num_queries(10):
        text(admin, url("changelist"))


def test_the_page_of_one_gives_answer_number_comparison_picture_and_next_step(
    admin: Client,
) -> None:
    experiment = begun(
        days_ago=8,
        secondary_metrics=["converted", "click_rate"],
        guardrails={"orders": 10.0},
        hypothesis="More is more.",
    )
    simulate("variety", {"a": 0.05, "b": 0.12}, days=8, a_day=300)
    page = text(admin, url("change", experiment.pk))
    assert re.match(r"“More variety” sells £[\d.]+ more per visitor", title(page))
    assert "Enough is known: choose “More variety”." in page
    assert "More is more." in page
    assert "<dd>4,800</dd>" in page
    assert "2,400 : 2,400" in page
    assert "<dd>8 days</dd>" in page
    assert '<polygon class="sp-band sp-a"' in page
    assert '<line class="sp-axis"' in page
    assert "variety: 0.4" in page
    assert "The share of visitors with at least one order. <code>converted</code>" in (
        page
    )
    assert "✔ kept" in page
    assert "2,400 : 2,400, as planned: 50 % : 50 % (p = 1.000)." in page
    assert "What visitors did before the start was taken out (CUPED)" in page
    assert "Started with 100 % of the visitors." in page
    assert " style=" not in page.split('id="content-main"')[1]


def test_the_page_of_one_reads_few_queries(
    admin: Client, django_assert_num_queries: Any
) -> None:
    experiment = begun(secondary_metrics=["converted"], guardrails={"orders": 10.0})
    simulate("variety", {"a": 0.05, "b": 0.12}, days=8, a_day=300)
    text(admin, url("change", experiment.pk))
    with django_assert_num_queries(11):
        text(admin, url("change", experiment.pk))


def test_an_adaptive_one_shows_chances_and_shares(admin: Client) -> None:
    experiment = begun(kind="adaptive", primary_metric="click_rate")
    led_to("variety:a", seen=1000, clicked=30, days_ago=1)
    led_to("variety:b", seen=1000, clicked=60)
    services.review()
    page = text(admin, url("change", experiment.pk))
    assert title(page) == "The chance that “More variety” is the best is 100 %"
    assert '<td class="sp-number">3.0 %</td><td class="sp-number">0 %</td>' in (
        re.sub(r">\s+<", "><", page)
    )
    assert "Visitors are shared out anew: “As it is” 10 %, “More variety” 90 %." in page


def test_a_draft_says_what_is_missing_or_what_it_takes(admin: Client) -> None:
    came([30.0, 50.0, 0.0, 0.0, 0.0] * 56)
    experiment = planned(
        block="nowhere", smallest_change=20.0, ramp={0: 10.0, 3: 100.0}
    )
    page = text(admin, url("change", experiment.pk))
    assert "Before it can start:" in page
    assert "There is no block “nowhere”." in page
    assert ">Start</a>" not in page
    Experiment.objects.update(block="home-for-you")
    page = text(admin, url("change", experiment.pk))
    assert "Ready to start." in page
    assert "10 % of the visitors take part at first, about 1 a day." in page
    assert "After 3 days: 100 %." in page
    assert ">Start</a>" in page


def test_starting_asks_in_numbers_and_then_does_it(admin: Client, boss: Any) -> None:
    came([30.0, 50.0, 0.0, 0.0, 0.0] * 56)
    experiment = planned(smallest_change=20.0, ramp={0: 50.0})
    target = url("do", experiment.pk, "start")
    page = text(admin, target)
    assert title(page) == "Start “More variety”?"
    assert "50 % of the visitors take part at first, about 5 a day." in page
    assert "To see a change of 20 % it takes" in page
    assert not Trial.objects.exists()
    response = admin.post(target, follow=True)
    assert "Started with 50 % of the visitors." in response.content.decode()
    assert Trial.objects.get().is_running
    entry = LogEntry.objects.get()
    assert (entry.user, entry.change_message) == (boss, "Started")


def test_what_is_refused_is_said_and_changes_nothing(admin: Client) -> None:
    begun(slug="first", name="First")
    second = planned(slug="second")
    response = admin.post(url("do", second.pk, "start"), follow=True)
    page = response.content.decode()
    assert "Nothing was changed: “First” runs on the same block" in page
    assert Experiment.objects.get(slug="second").state == "draft"


def test_choosing_asks_what_to_write_and_can_be_taken_back(admin: Client) -> None:
    experiment = begun()
    simulate("variety", {"a": 0.05, "b": 0.12}, days=8, a_day=300)
    target = url("do", experiment.pk, "decide") + "?winner=b"
    assert target in text(admin, url("change", experiment.pk)).replace("&amp;", "&")
    page = text(admin, target)
    assert title(page) == "Choose “More variety”?"
    assert "variety: 0.4" in page
    admin.post(target, {"winner": "b", "apply": "on"})
    assert Block.objects.get(slug="home-for-you").diversity == 0.4
    page = text(admin, url("change", experiment.pk))
    assert "“More variety” was chosen." in page
    assert "home-for-you" in text(admin, url("do", experiment.pk, "undo"))
    admin.post(url("do", experiment.pk, "undo"))
    assert Block.objects.get(slug="home-for-you").diversity == 0.0


def test_choosing_without_writing_leaves_the_shop_alone(admin: Client) -> None:
    experiment = begun()
    admin.post(url("do", experiment.pk, "decide"), {"winner": "b"})
    assert Block.objects.get(slug="home-for-you").diversity == 0.0
    assert Experiment.objects.get().winner == "b"


def test_the_ramp_offers_the_next_step_of_the_plan(admin: Client) -> None:
    experiment = begun(ramp={0: 10.0, 2: 50.0})
    target = url("do", experiment.pk, "ramp")
    assert 'name="share" min="1" max="100" step="any" value="50.0"' in (
        text(admin, target)
    )
    admin.post(target, {"share": "80"})
    assert Trial.objects.get().share == 0.8
    page = admin.post(target, {"share": "much"}, follow=True).content.decode()
    assert "A number of percent is needed." in page


@pytest.mark.parametrize(
    ("verb", "state"), [("pause", "paused"), ("stop", "stopped"), ("start", "running")]
)
def test_asking_changes_nothing(admin: Client, verb: str, state: str) -> None:
    experiment = planned() if verb == "start" else begun()
    before = Experiment.objects.get().state
    admin.get(url("do", experiment.pk, verb))
    assert Experiment.objects.get().state == before
    admin.post(url("do", experiment.pk, verb))
    assert Experiment.objects.get().state == state


def test_an_unknown_verb_is_no_page(admin: Client) -> None:
    assert admin.post(url("do", begun().pk, "explode")).status_code == 404

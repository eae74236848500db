"""Answers are kept as they were given, and renewed when they have become old."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from shop_personalize.insight.models import ItemDay, KeptAnswer
from shop_personalize.insight.selectors.period import LENGTHS
from shop_personalize.insight.selectors.questions import QUESTIONS
from shop_personalize.insight.services import answers
from shop_personalize.insight.services.renewal import renew, renew_if_due
from shop_personalize.models import Checkpoint, VisitorDay
from shop_personalize.registry.periodic import periodic
from tests.insight.conftest import MONTH, buy, count, happen, see

pytestmark = pytest.mark.django_db


def a_bit_of_all() -> None:
    for n in range(12):
        happen(f"p{n}", "view", 1)
        happen(f"p{n}", "search", context={"query": "mug", "results": 0})
        see(f"p{n}", 3, 1)
        buy(f"p{n}", f"A{n}", 1, 2)
        buy(f"p{n}", f"B{n}", 1, days_ago=12)
    buy("eve", "E", 1, currency="EUR")


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("filled", [True, False])
def test_a_kept_answer_is_the_answer(name: str, filled: bool) -> None:
    if filled:
        a_bit_of_all()
        count()
    answer = QUESTIONS[name].measure(MONTH)
    answers.keep(name, MONTH)
    found = answers.find(name, 28)
    assert found is not None
    assert found[:2] == (answer, MONTH)


def test_all_answers_are_made_once_and_then_when_they_are_old(
    django_assert_num_queries: Any,
) -> None:
    assert answers.refresh() == len(QUESTIONS) * len(LENGTHS) == 40
    with django_assert_num_queries(1):
        assert answers.refresh() == 0
    KeptAnswer.objects.update(made_at=timezone.now() - timedelta(hours=2))
    assert answers.refresh() == 20
    KeptAnswer.objects.update(made_at=timezone.now() - timedelta(hours=7))
    assert answers.refresh() == 30
    KeptAnswer.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert answers.refresh() == 40
    assert answers.refresh(everything=True) == 40


def test_an_answer_of_another_release_is_made_anew() -> None:
    answers.refresh()
    row = KeptAnswer.objects.get(report="funnel", days=28)
    KeptAnswer.objects.filter(pk=row.pk).update(data={"now": {"visitors": 3}})
    assert answers.find("funnel", 28) is None
    assert "funnel" not in answers.kept(28)
    assert answers.refresh() == 1
    assert answers.find("funnel", 28) is not None


def test_an_answer_that_fails_keeps_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_period: object) -> None:
        raise ZeroDivisionError

    question = QUESTIONS["funnel"]
    failing = type(question)("funnel", broken, question.answer)
    monkeypatch.setitem(QUESTIONS, "funnel", failing)
    assert answers.refresh() == 36
    assert set(answers.kept(28)) == set(QUESTIONS) - {"funnel"}


def test_the_schedule_counts_days_and_renews_answers() -> None:
    a_bit_of_all()
    work = {each.name: each for each in periodic()}["insight"]
    assert work.interval == timedelta(hours=1)
    work.work()
    assert VisitorDay.objects.exists()
    assert ItemDay.objects.get().views == 12
    assert KeptAnswer.objects.count() == 40


def test_who_looks_where_nothing_ticks_sets_it_going_once_an_hour() -> None:
    renew_if_due()
    assert KeptAnswer.objects.count() == 40
    KeptAnswer.objects.all().delete()
    renew_if_due()
    assert not KeptAnswer.objects.exists()
    hour = timezone.now() - timedelta(hours=3)
    Checkpoint.objects.filter(name="every:insight").update(updated_at=hour)
    renew_if_due()
    assert KeptAnswer.objects.count() == 40


@pytest.mark.parametrize("options", [[], ["--rebuild"]])
def test_the_command_does_all_at_once(options: list[str]) -> None:
    a_bit_of_all()
    out = StringIO()
    call_command("personalize_reports", "--json", *options, stdout=out)
    said = json.loads(out.getvalue())
    assert said["answers"] == 40
    assert said["days"] == 16
    assert ItemDay.objects.get().views == 12
    renew()
    assert ItemDay.objects.get().views == 12

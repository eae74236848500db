from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_personalize.models import Checkpoint, Interaction, Recommender, TrainingJob
from shop_personalize.training import jobs, schedule
from shop_personalize.training.periodic import every
from tests.core.training import shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_recommenders() -> None:
    Recommender.objects.exclude(
        slug__in=["popular", "similar", "recently_viewed"]
    ).update(is_active=False)


def finished(hours_ago: float, only: list[str] | None = None) -> None:
    options = {} if only is None else {"only": only}
    job = TrainingJob.objects.create(state="succeeded", options=options)
    made = timezone.now() - timedelta(hours=hours_ago)
    TrainingJob.objects.filter(pk=job.pk).update(created_at=made)


def events(n: int) -> None:
    visitor = shop.visitors(1)[0]
    Interaction.objects.bulk_create(shop.event(visitor, "1") for _ in range(n))


def test_what_was_never_trained_is_due_and_asked_for_once() -> None:
    job = schedule.enqueue_due()
    assert job is not None
    assert (job.trigger, job.options) == ("schedule", {"only": ["popular", "similar"]})
    assert schedule.enqueue_due() is None
    assert TrainingJob.objects.count() == 1


def test_by_the_clock() -> None:
    finished(25, ["popular"])
    finished(23, ["similar"])
    assert schedule.due() == (["popular"], [])


def test_no_interval_means_never_by_the_clock() -> None:
    Recommender.objects.update(train_every=None)
    assert schedule.due() == ([], [])


def test_by_enough_new_events_but_not_again_at_once() -> None:
    Recommender.objects.filter(slug="popular").update(train_after_events=3)
    finished(2)
    events(2)
    assert schedule.due() == ([], [])
    events(1)
    assert schedule.due() == ([], ["popular"])
    job = schedule.enqueue_due()
    assert job is not None
    assert (job.trigger, job.options) == ("data", {"only": ["popular"]})
    jobs.cancel(job)
    assert schedule.due() == ([], [])


def test_events_that_do_not_count_start_nothing() -> None:
    Recommender.objects.filter(slug="popular").update(train_after_events=3)
    finished(2)
    events(2)
    Interaction.objects.update(flag="bot")
    events(2)
    assert schedule.due() == ([], [])


def test_a_failed_job_waits_its_turn_too() -> None:
    finished(1.5)
    TrainingJob.objects.update(state="quarantined")
    assert schedule.due() == ([], [])


def test_repeated_work_is_done_once_in_its_interval() -> None:
    done: list[int] = []
    hour = timedelta(hours=1)
    assert every("x", hour, lambda: done.append(1)) is True
    assert every("x", hour, lambda: done.append(2)) is False
    past = timezone.now() - timedelta(minutes=61)
    Checkpoint.objects.filter(name="every:x").update(updated_at=past)
    assert every("x", hour, lambda: done.append(3)) is True
    assert done == [1, 3]


def test_repeated_work_that_fails_is_logged_and_not_felt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert every("x", timedelta(0), lambda: 1 / 0) is True
    assert "x failed" in caplog.text
    assert every("x", timedelta(0), lambda: None) is True


def test_work_that_is_being_done_is_not_begun_again() -> None:
    nested: list[bool] = []
    zero = timedelta(0)
    every("x", zero, lambda: nested.append(every("x", zero, lambda: None)))
    assert nested == [False]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.signals import model_published, model_rolled_back
from shop_personalize.training import publish
from shop_personalize.training.errors import Fenced, PublishError
from tests.core.training.test_artifacts import flipped, store
from tests.core.training.test_serving_models import recommender, version

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db


def statuses() -> list[tuple[int, str]]:
    rows = ModelVersion.objects.order_by("number")
    return list(rows.values_list("number", "status"))


def running(token: int) -> TrainingJob:
    return TrainingJob.objects.create(state="running", fencing_token=token)


def test_publishing_retires_the_one_before() -> None:
    first, second = version(1), version(2)
    publish.publish(first)
    publish.publish(second)
    assert statuses() == [(1, "retired"), (2, "live")]
    assert recommender().live_version == second


def test_rolling_back_goes_one_version_back_each_time() -> None:
    for number in (1, 2, 3):
        publish.publish(version(number))
    assert publish.rollback(recommender()).number == 2
    assert publish.rollback(recommender()).number == 1
    assert statuses() == [(1, "live"), (2, "retired"), (3, "retired")]
    with pytest.raises(PublishError, match="no earlier version"):
        publish.rollback(recommender())


def test_signals_are_sent_and_a_person_leaves_a_trace(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[int] = []
    listener = lambda version, **facts: heard.append(version.number)  # noqa: E731
    model_published.connect(listener)
    model_rolled_back.connect(listener)
    user = User.objects.create_user("owner")
    with django_capture_on_commit_callbacks(execute=True):
        for number in (1, 2):
            publish.publish(version(number), user=user)
        publish.rollback(recommender(), user=user)
    assert heard == [1, 2, 1]
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(messages) == [
        "Published version 1.",
        "Published version 2.",
        "Rolled back to version 1.",
    ]


def test_damaged_or_removed_files_cannot_be_published() -> None:
    damaged = version(1)
    flipped(app_settings.artifact_cache / damaged.artifact)
    with pytest.raises(PublishError, match="files of version 1 are damaged"):
        publish.publish(damaged)
    removed = version(2)
    removed.artifact = ""
    with pytest.raises(PublishError, match="files of version 2 were removed"):
        publish.publish(removed)
    assert recommender().live_version is None


def test_a_job_with_an_old_token_is_shut_out() -> None:
    publish.publish(version(1), job=running(5))
    with pytest.raises(Fenced, match="a newer job has published also_bought"):
        publish.publish(version(2), job=running(4))
    publish.publish(version(3), job=running(6))
    assert statuses() == [(1, "retired"), (2, "candidate"), (3, "live")]


def test_a_job_whose_row_moved_on_is_shut_out() -> None:
    job = running(5)
    TrainingJob.objects.filter(pk=job.pk).update(fencing_token=6)
    with pytest.raises(Fenced, match="no longer this worker's"):
        publish.publish(version(1), job=job)
    assert recommender().live_version is None


def test_a_version_published_by_hand_does_not_fence_the_next_job() -> None:
    publish.publish(version(1), job=running(5))
    publish.publish(version(2))
    publish.publish(version(3), job=running(6))
    assert recommender().fence == 6


def test_old_files_go_and_the_live_ones_never(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1, 7):
            publish.publish(version(number))
    rows = ModelVersion.objects.order_by("number")
    assert [bool(row.artifact) for row in rows] == [False, False] + [True] * 4
    assert len(artifacts.stored()) == 4
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(3):
            publish.rollback(recommender())
        publish.prune(recommender())
    assert recommender().live_version.number == 3  # type: ignore[union-attr]
    assert artifacts.live(recommender()) is not None
    assert len(artifacts.stored()) == 4


def test_files_two_versions_share_stay(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    digest = store()
    row = Recommender.objects.get(slug="also_bought")
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1, 7):
            publish.publish(
                ModelVersion.objects.create(
                    recommender=row, number=number, artifact=digest
                )
            )
    assert artifacts.stored() == [digest]

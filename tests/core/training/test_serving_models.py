"""Which model a process serves with, whatever happens to the files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from shop_personalize import artifacts
from shop_personalize.artifacts.holding import holder
from shop_personalize.conf import app_settings
from shop_personalize.models import ModelVersion, Recommender
from shop_personalize.training import publish
from tests.core.training.test_artifacts import flipped, store

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def version(number: int) -> ModelVersion:
    return ModelVersion.objects.create(
        recommender=Recommender.objects.get(slug="also_bought"),
        number=number,
        artifact=store(number=number),
    )


def recommender() -> Recommender:
    return Recommender.objects.select_related("live_version").get(slug="also_bought")


def live_number() -> int | None:
    found = artifacts.live(recommender())
    return None if found is None else int(found.meta["number"])


def test_nothing_published_is_no_model() -> None:
    assert artifacts.live(recommender()) is None


def test_the_published_version_serves_without_a_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    publish.publish(version(1))
    row = recommender()
    with django_assert_num_queries(0):
        assert artifacts.live(row) is artifacts.live(row)


def test_a_broken_version_gives_way_to_the_one_this_process_held() -> None:
    publish.publish(version(1))
    assert live_number() == 1
    second = version(2)
    publish.publish(second)
    holder._held.clear()
    flipped(app_settings.artifact_cache / second.artifact)
    assert live_number() == 1


def test_a_new_process_finds_the_newest_version_that_is_whole(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    versions = [version(number) for number in (1, 2, 3)]
    for each in versions:
        publish.publish(each)
    artifacts.forget()
    for each in versions[1:]:
        flipped(app_settings.artifact_cache / each.artifact)
    assert live_number() == 1
    row = recommender()
    with django_assert_num_queries(0):
        assert artifacts.live(row) is not None


def test_with_no_whole_version_there_is_no_model_and_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    only = version(1)
    publish.publish(only)
    artifacts.forget()
    flipped(app_settings.artifact_cache / only.artifact)
    row = recommender()
    with django_assert_num_queries(1):
        assert artifacts.live(row) is None
        assert artifacts.live(row) is None


def test_a_deleted_folder_does_not_disturb_a_process_that_mapped_it() -> None:
    publish.publish(version(1))
    held = artifacts.live(recommender())
    assert held is not None
    artifacts.delete(held.digest)
    assert artifacts.live(recommender()) is held


def test_a_fork_while_another_thread_loads_does_not_hang() -> None:
    digest = store()
    with holder._lock:
        child = os.fork()
        if child == 0:
            try:
                artifacts.load(digest)
                os._exit(0)
            finally:
                os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0

"""Who looks at the sums has them counted: at once if that is quick, else aside."""

from __future__ import annotations

import threading

import pytest

from shop_personalize import tasks
from shop_personalize.models import Checkpoint
from shop_personalize.training import bell

pytestmark = pytest.mark.django_db


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the threads that counted."""
    found: list[str] = []
    monkeypatch.setattr(bell, "way", lambda: "thread")
    monkeypatch.setattr(
        tasks, "_look", lambda: found.append(threading.current_thread().name)
    )
    return found


def took(seconds: float) -> None:
    Checkpoint.objects.create(name=tasks.BRIEF, state={"seconds": seconds})


def finished() -> None:
    for thread in threading.enumerate():
        if thread.name == "sp-rollup":
            thread.join()


def test_a_small_shop_is_counted_at_once(looks: list[str]) -> None:
    tasks.roll_up_if_due()
    took(0.2)
    tasks.roll_up_if_due()
    assert looks == ["MainThread", "MainThread"]


def test_what_took_long_is_counted_aside(looks: list[str]) -> None:
    took(0.6)
    tasks.roll_up_if_due()
    finished()
    assert looks == ["sp-rollup"]


def test_where_a_schedule_counts_nobody_else_does(looks: list[str]) -> None:
    took(0.6)
    Checkpoint.objects.create(name="every:schedule")
    tasks.roll_up_if_due()
    finished()
    assert looks == []


def test_how_long_it_took_is_remembered() -> None:
    tasks.roll_up_if_due()
    assert Checkpoint.objects.get(name=tasks.BRIEF).state["seconds"] >= 0


def test_a_large_shop_is_not_tried_first(
    looks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "MANY", -1)
    tasks.roll_up_if_due()
    finished()
    assert looks == ["sp-rollup"]

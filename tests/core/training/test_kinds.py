"""Counts by kind: the same whether they are kept or counted anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from shop_personalize.models import Checkpoint, Interaction
from shop_personalize.training import kinds
from tests.core.recommend import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> list[object]:
    made = builders.products(4)
    builders.did("a" * 43, "view", *made, days_ago=40)
    builders.did("a" * 43, "view", *made[:2])
    builders.did("b" * 43, "purchase", made[0], days_ago=3)
    Interaction.objects.filter(kind="view", item_id=str(made[3].pk)).update(flag="bot")
    return list(made)


def test_counts_of_a_small_shop_are_of_now(made: list[object]) -> None:
    found = kinds.counted()
    assert found.total == {"view": 5, "purchase": 1}
    assert found.recent == {"view": 2, "purchase": 1}
    age = timezone.now() - found.first["view"]
    assert timedelta(days=40) < age < timedelta(days=40, hours=1)
    assert not Checkpoint.objects.filter(name=kinds.NAME).exists()


def test_a_large_shop_counts_what_came_since(
    made: list[object],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: object,
) -> None:
    whole = kinds.counted()
    monkeypatch.setattr(kinds, "LARGE", 1)
    assert kinds.counted() == whole
    builders.did("c" * 43, "view", made[1])  # type: ignore[arg-type]
    builders.did("c" * 43, "rating", made[1])  # type: ignore[arg-type]
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = kinds.counted()
    assert found.total == {"view": 6, "purchase": 1, "rating": 1}
    assert found.recent == {"view": 3, "purchase": 1, "rating": 1}
    kinds.renew()
    assert kinds.counted() == found


def test_what_was_kept_is_counted_anew_by_the_schedule_or_when_it_is_old(
    made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "LARGE", 1)
    kinds.counted()
    Interaction.objects.filter(kind="purchase").delete()
    assert kinds.counted().total["purchase"] == 1
    kinds.renew()
    assert "purchase" not in kinds.counted().total
    Interaction.objects.filter(kind="view").delete()
    old = timezone.now() - timedelta(days=15)
    Checkpoint.objects.filter(name=kinds.NAME).update(updated_at=old)
    assert "view" not in kinds.counted().total
    monkeypatch.setattr(kinds, "LARGE", 10**9)
    kinds.renew()
    assert not Checkpoint.objects.filter(name=kinds.NAME).exists()

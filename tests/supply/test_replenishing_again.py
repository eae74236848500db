"""Suggestions made anew: what was decided before and meanwhile stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.services import deciding, replenishing
from shop_personalize.supply.services.refused import RefusedError
from tests.supply.builders import (
    suggested,
    supplied,
)

pytestmark = pytest.mark.django_db
State = Reorder.State


def test_what_was_dismissed_is_not_asked_again_before_the_next_look(mug: str) -> None:
    supplied(mug)
    deciding.dismiss(suggested(), reason="out of fashion")
    assert replenishing.replenish().suggested == 0
    Reorder.objects.update(decided_at=timezone.now() - timedelta(days=8))
    assert replenishing.replenish().suggested == 1


def test_a_new_look_replaces_what_is_undecided_and_keeps_the_rest(mug: str) -> None:
    supplied(mug)
    first = suggested()
    assert suggested().pk != first.pk
    assert Reorder.objects.count() == 1


def test_what_is_decided_while_a_plan_is_made_is_not_suggested_again(
    mug: str, monkeypatch: Any
) -> None:
    supplied(mug)
    first = suggested()
    states = replenishing._states

    def meanwhile(*given: Any) -> Any:
        deciding.approve(first)
        return states(*given)

    monkeypatch.setattr(replenishing, "_states", meanwhile)
    replenishing.replenish()
    assert list(Reorder.objects.values_list("pk", "state")) == [
        (first.pk, State.APPROVED)
    ]


def test_what_is_decided_while_a_plan_is_stored_is_either_kept_or_refused(
    mug: str, monkeypatch: Any
) -> None:
    supplied(mug)
    first = suggested()
    told: list[str] = []
    write = ItemState.objects.none().bulk_create.__func__

    def meanwhile(rows: Any, *given: Any, **named: Any) -> Any:
        if rows.model is ItemState:
            try:
                deciding.approve(first)
            except RefusedError as refused:
                told.append(str(refused))
        return write(rows, *given, **named)

    monkeypatch.setattr(type(ItemState.objects.none()), "bulk_create", meanwhile)
    replenishing.replenish()
    assert told == [
        "This suggestion was replaced by a newer one; look at the list again."
    ]
    assert [row.state for row in Reorder.objects.all()] == [State.OPEN]


def test_a_dry_run_keeps_nothing(mug: str) -> None:
    supplied(mug)
    assert replenishing.replenish(dry_run=True).suggested == 1
    assert not Reorder.objects.exists()
    assert not ItemState.objects.exists()

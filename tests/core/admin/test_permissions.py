"""To look, to train, to publish, to export: four rights, none implies another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from shop_personalize.models import Interaction, ModelVersion, TrainingJob

pytestmark = pytest.mark.django_db

VIEW_ALL = (
    "view_block",
    "view_blockday",
    "view_recommender",
    "view_trainingjob",
    "view_modelversion",
    "view_interaction",
    "view_visitor",
)
TRAIN, PUBLISH, EXPORT = (
    "train_recommender",
    "publish_modelversion",
    "export_interactions",
)


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:shop_personalize_{name}", args=args)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Trainings asked for; they are not run here."""
    asked: list[Any] = []

    def enqueue(**wanted: Any) -> TrainingJob:
        asked.append(wanted)
        return TrainingJob.objects.create(recommender=wanted["recommender"])

    monkeypatch.setattr("shop_personalize.training.jobs.enqueue", enqueue)
    return asked


PAGES = (
    ("overview", None, "view_blockday"),
    ("interaction_tail", None, "view_interaction"),
    ("interaction_rows", None, "view_interaction"),
    ("interaction_health", None, "view_interaction"),
    ("trainingjob_live", "job", "view_trainingjob"),
    ("block_preview", "block", "view_block"),
)


@pytest.mark.parametrize(("name", "row", "right"), PAGES)
def test_a_page_is_for_those_who_may_view(
    staff: Any, shop: SimpleNamespace, name: str, row: str | None, right: str
) -> None:
    args = [getattr(shop, row).pk] if row else []
    assert staff(right).get(url(name, *args)).status_code == 200


@pytest.mark.parametrize(("name", "row", "right"), PAGES)
def test_a_page_is_refused_to_all_others(
    staff: Any, shop: SimpleNamespace, name: str, row: str | None, right: str
) -> None:
    args = [getattr(shop, row).pk] if row else []
    client = staff(*(set(VIEW_ALL) - {right}), TRAIN, PUBLISH, EXPORT)
    assert client.get(url(name, *args)).status_code == 403


def test_a_stranger_is_sent_to_the_login(shop: SimpleNamespace) -> None:
    response = Client().get(url("overview"))
    assert response.status_code == 302
    assert "/login/" in response.headers["Location"]


def test_training_needs_its_own_right(
    staff: Any, shop: SimpleNamespace, queued: list[Any]
) -> None:
    client = staff(*VIEW_ALL, "change_recommender", PUBLISH, EXPORT)
    pk = shop.recommender.pk
    assert client.post(url("recommender_train", pk)).status_code == 403
    assert client.post(url("train_all")).status_code == 403
    assert client.post(url("trainingjob_cancel", shop.job.pk)).status_code == 403
    action = {"action": "train_now", "_selected_action": [pk]}
    assert client.post(url("recommender_changelist"), action).status_code == 403
    assert queued == []
    assert TrainingJob.objects.get(pk=shop.job.pk).cancel_requested is False
    page = client.get(url("recommender_change", pk)).content.decode()
    assert "Train now" not in page


def test_who_may_train_can(
    staff: Any, shop: SimpleNamespace, queued: list[Any]
) -> None:
    client = staff("view_recommender", "view_trainingjob", TRAIN)
    pk = shop.recommender.pk
    response = client.post(url("recommender_train", pk))
    assert response.status_code == 302
    assert response.headers["Location"].startswith(
        "/admin/shop_personalize/trainingjob/"
    )
    client.post(
        url("recommender_changelist"), {"action": "train_now", "_selected_action": [pk]}
    )
    client.post(url("train_all"))
    assert [asked["recommender"] for asked in queued] == [
        shop.recommender,
        shop.recommender,
        None,
    ]
    assert {asked["trigger"] for asked in queued} == {"admin"}
    assert {asked["user"].username for asked in queued} == {"staff"}


def test_publishing_needs_its_own_right(staff: Any, shop: SimpleNamespace) -> None:
    client = staff(*VIEW_ALL, TRAIN, EXPORT)
    for name, version in (("publish", shop.new), ("rollback", shop.live)):
        target = url(f"modelversion_{name}", version.pk)
        assert client.get(target).status_code == 403
        assert client.post(target).status_code == 403
    assert ModelVersion.objects.get(pk=shop.new.pk).status == "candidate"
    page = client.get(url("modelversion_change", shop.new.pk)).content.decode()
    assert "Publish…" not in page


def test_exporting_needs_its_own_right(staff: Any, shop: SimpleNamespace) -> None:
    client = staff(*VIEW_ALL, TRAIN, PUBLISH)
    action = {"action": "export_csv", "_selected_action": [shop.interaction.pk]}
    assert client.post(url("interaction_changelist"), action).status_code == 403
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["interaction", "trainingjob", "modelversion", "visitor"]
)
def test_facts_are_never_edited_nor_deleted(
    admin: Client, shop: SimpleNamespace, name: str
) -> None:
    row = {"trainingjob": "job", "modelversion": "live"}.get(name, name)
    pk = getattr(shop, row).pk
    assert admin.get(url(f"{name}_add")).status_code == 403
    assert admin.post(url(f"{name}_change", pk), {}).status_code == 403
    assert admin.post(url(f"{name}_delete", pk), {"post": "yes"}).status_code == 403


def test_looking_changes_nothing(admin: Client, shop: SimpleNamespace) -> None:
    assert admin.get(url("recommender_train", shop.recommender.pk)).status_code == 405
    assert admin.get(url("train_all")).status_code == 405
    assert admin.get(url("trainingjob_cancel", shop.job.pk)).status_code == 405
    assert admin.get(url("modelversion_publish", shop.new.pk)).status_code == 200
    assert admin.get(url("modelversion_rollback", shop.live.pk)).status_code == 200
    assert ModelVersion.objects.get(pk=shop.live.pk).status == "live"
    assert LogEntry.objects.count() == 0


def test_a_forged_form_is_refused(boss: Any, shop: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)
    for target in (
        url("recommender_train", shop.recommender.pk),
        url("train_all"),
        url("trainingjob_cancel", shop.job.pk),
        url("modelversion_publish", shop.new.pk),
        url("modelversion_rollback", shop.live.pk),
        url("block_preview", shop.block.pk),
    ):
        assert client.post(target).status_code == 403
    assert TrainingJob.objects.count() == 1


def test_staff_without_the_right_cannot_preview_a_form(
    staff: Any, shop: SimpleNamespace
) -> None:
    client = staff("view_block")
    assert client.post(url("block_preview", shop.block.pk)).status_code == 403
    assert client.post(url("block_preview", "new")).status_code == 403


def test_interactions_stay_as_they_were(admin: Client, shop: SimpleNamespace) -> None:
    before = Interaction.objects.count()
    admin.post(
        url("interaction_changelist"),
        {"action": "delete_selected", "_selected_action": [shop.interaction.pk]},
    )
    assert Interaction.objects.count() == before

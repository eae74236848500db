"""What the buttons do, and that it is written down with who did it."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from shop_personalize.admin.export import harmless
from shop_personalize.admin.model_versions import before
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from tests.core.admin.conftest import interaction

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:shop_personalize_{name}", args=args)


def log() -> list[tuple[str, str]]:
    rows = LogEntry.objects.order_by("pk").values_list(
        "user__username", "change_message"
    )
    return [(user, message) for user, message in rows]


@pytest.fixture
def readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Artifacts that exist: what they hold is not the admin's matter."""
    monkeypatch.setattr("shop_personalize.training.publish._readable", lambda v: None)
    monkeypatch.setattr("shop_personalize.artifacts.delete", lambda digest: None)


@pytest.mark.usefixtures("readable")
def test_publishing_asks_in_numbers_and_then_does_it(
    admin: Client, shop: SimpleNamespace
) -> None:
    target = url("modelversion_publish", shop.new.pk)
    page = admin.get(target).content.decode()
    assert '<td class="sp-number">0.150</td><td class="sp-number">0.160</td>' in page
    assert "4,002" in page
    assert "4,003" in page
    assert "5 blocks show it from the next request on." in page
    admin.post(target)
    assert Recommender.objects.get(slug="for_you").live_version == shop.new
    assert log() == [("boss", "Published version 3.")]


@pytest.mark.usefixtures("readable")
def test_rolling_back_returns_to_the_version_that_was_announced(
    admin: Client, shop: SimpleNamespace
) -> None:
    assert before(shop.live) == shop.old
    target = url("modelversion_rollback", shop.live.pk)
    assert "Return to Recommended for you v1?" in admin.get(target).content.decode()
    admin.post(target)
    assert Recommender.objects.get(slug="for_you").live_version == shop.old
    assert log() == [
        ("boss", "Rolled back to version 1."),
        ("boss", "Rolled back to Recommended for you v1."),
    ]


def test_a_version_whose_files_are_broken_is_not_published(
    admin: Client, shop: SimpleNamespace
) -> None:
    response = admin.post(url("modelversion_publish", shop.new.pk), follow=True)
    assert "Nothing was changed:" in response.content.decode()
    assert Recommender.objects.get(slug="for_you").live_version == shop.live
    assert log() == []


def test_what_cannot_be_done_is_said(admin: Client, shop: SimpleNamespace) -> None:
    again = admin.post(url("modelversion_publish", shop.live.pk), follow=True)
    assert "Recommended for you v2 is live already." in again.content.decode()
    ModelVersion.objects.filter(pk=shop.old.pk).update(artifact="")
    back = admin.post(url("modelversion_rollback", shop.live.pk), follow=True)
    assert "There is no earlier version to return to." in back.content.decode()


def test_a_running_training_is_asked_to_stop(
    admin: Client, shop: SimpleNamespace
) -> None:
    admin.post(url("trainingjob_cancel", shop.job.pk))
    assert TrainingJob.objects.get(pk=shop.job.pk).cancel_requested is True
    assert log() == [("boss", "Asked it to stop.")]


def test_a_training_that_ended_is_left_alone(
    admin: Client, shop: SimpleNamespace
) -> None:
    TrainingJob.objects.update(state="succeeded")
    response = admin.post(url("trainingjob_cancel", shop.job.pk), follow=True)
    assert "had already ended" in response.content.decode()
    assert log() == []


def test_training_from_the_list_says_how_many_and_notes_each(
    admin: Client, shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "shop_personalize.training.jobs.enqueue",
        lambda **kw: TrainingJob.objects.create(recommender=kw["recommender"]),
    )
    chosen = Recommender.objects.filter(slug__in=["popular", "recently_viewed"])
    response = admin.post(
        url("recommender_changelist"),
        {"action": "train_now", "_selected_action": [r.pk for r in chosen]},
        follow=True,
    )
    assert "1 training was started." in response.content.decode()
    job = TrainingJob.objects.get(recommender__slug="popular")
    assert log() == [("boss", "Started."), ("boss", f"Started training #{job.pk}.")]


def test_a_running_job_says_how_far_it_is(admin: Client, shop: SimpleNamespace) -> None:
    answer = admin.get(url("trainingjob_live", shop.job.pk)).json()
    assert (answer["state"], answer["progress"]) == ("running", 0.25)
    assert answer["stage"] == "counting pairs"
    assert answer["seconds_left"] == pytest.approx(90, rel=0.1)
    assert answer["title"].startswith("Training Recommended for you: 25 %, about 9")
    assert answer["again"] == 2000
    assert (
        '<progress class="sp-progress sp-wide" max="100" value="25">' in answer["html"]
    )


def test_a_finished_job_stops_the_refreshing(
    admin: Client, shop: SimpleNamespace
) -> None:
    TrainingJob.objects.update(state="failed", error="ValueError: no data")
    answer = admin.get(url("trainingjob_live", shop.job.pk)).json()
    assert (answer["again"], answer["reload"]) == (0, True)
    assert "ValueError: no data" in answer["html"]


def test_the_export_is_harmless_to_a_spreadsheet(
    admin: Client, shop: SimpleNamespace
) -> None:
    bad = interaction(shop.visitor, "view", "=cmd|' /C calc'!A0", quantity=-2)
    response = admin.post(
        url("interaction_changelist"),
        {"action": "export_csv", "_selected_action": [bad.pk]},
    )
    text = b"".join(response.streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["item_id"] == "'=cmd|' /C calc'!A0"
    assert float(row["quantity"]) == -2
    assert row["visitor"] == harmless(shop.visitor.key)
    assert "private, no-store" in response.headers["Cache-Control"]
    assert log() == [("boss", "Exported 1 interaction.")]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_text_that_would_be_computed_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_event_weights_are_numbers_not_json(
    admin: Client, shop: SimpleNamespace
) -> None:
    target = url("recommender_change", shop.recommender.pk)
    page = admin.get(target).content.decode()
    assert 'name="event_weights.view" value="" placeholder="1"' in page
    form = {
        "title": "For you",
        "slug": "for_you",
        "algorithm": "for_you",
        "is_active": "on",
        "train_every": "21600",
        "train_after_events": "100",
        "params": "{}",
        "event_weights.view": "0.5",
        "half_life_days.purchase": "45",
    }
    assert admin.post(target, form).status_code == 302
    saved = Recommender.objects.get(slug="for_you")
    assert saved.event_weights == {"view": 0.5}
    assert saved.half_life_days == {"purchase": 45.0}
    assert saved.train_every.total_seconds() == 21600


def test_a_wrong_weight_is_named(admin: Client, shop: SimpleNamespace) -> None:
    response = admin.post(
        url("recommender_change", shop.recommender.pk),
        {
            "slug": "for_you",
            "algorithm": "for_you",
            "params": "[1]",
            "event_weights.view": "much",
            "half_life_days.purchase": "0",
        },
    )
    page = response.content.decode()
    assert "A number is needed for: viewed." in page
    assert "A number above zero is needed for: bought." in page
    assert "An object is needed" in page
    assert 'name="event_weights.view" value="much"' in page


def test_the_values_found_by_tuning_are_shown_beside_those_in_force(
    admin: Client, shop: SimpleNamespace
) -> None:
    Recommender.objects.filter(slug="for_you").update(
        tuned={"params": {"half_life_days": 20.5}}, params={"half_life_days": 30}
    )
    page = admin.get(url("recommender_change", shop.recommender.pk)).content.decode()
    assert "<th>half_life_days</th><td>20.5</td><td>30</td>" in page


def test_a_visitor_is_found_by_the_customers_name(
    admin: Client, shop: SimpleNamespace
) -> None:
    page = admin.get(url("visitor_changelist"), {"q": "ann"}).content.decode()
    assert shop.visitor.key[:8] in page
    assert "guestgue" not in page
    page = admin.get(url("visitor_changelist"), {"q": "guestg"}).content.decode()
    assert "guestgue" in page


def test_rows_of_the_tail_name_the_products(
    admin: Client, shop: SimpleNamespace
) -> None:
    html = json.loads(admin.get(url("interaction_rows")).content)["html"]
    assert "Mug 1" in html
    assert "bot" in html

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_personalize.models import Interaction, ModelVersion, TrainingJob
from shop_personalize.training import bell, publish
from tests.core.training import shop
from tests.core.training.test_serving_models import live_number, version

pytestmark = pytest.mark.django_db


def say(*words: str) -> str:
    out = StringIO()
    call_command("personalize", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def ask(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(say(*words, "--json"))
    return found


def test_training_one_recommender() -> None:
    shop.pairs()
    answer = ask("train", "--recommender", "popular", "--no-tune", "--force")
    assert answer["job"]["state"] == "succeeded"
    assert [each["recommender"] for each in answer["versions"]] == ["popular"]
    assert answer["versions"][0]["status"] == "live"


def test_training_says_what_came_of_it_and_what_lacks_data() -> None:
    shop.pairs()
    text = say("train", "--no-tune", "--force", "--recommender", "bought_together")
    assert "bought_together" in text
    assert "live" in text
    text = say("train", "--recommender", "also_viewed", "--no-tune")
    assert "also_viewed: needs 1,000 more views" in text
    assert not ModelVersion.objects.filter(recommender__slug="also_viewed").exists()


def test_a_wrong_name_says_which_there_are() -> None:
    with pytest.raises(
        CommandError, match=r"no recommender 'nope'; choose one of: also_"
    ):
        say("train", "--recommender", "nope")


def test_training_in_the_background_only_rings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bell, "ring", lambda job, run: None)
    answer = ask("train", "--background", "--tune")
    job = TrainingJob.objects.get()
    assert (answer["job"]["state"], job.options) == ("queued", {"tune": True})
    assert "waiting for a worker" in say("train", "--background", "--tune")


def test_a_training_that_fails_is_an_error(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "ENGINE": "abacus"}
    shop.pairs()
    with pytest.raises(CommandError, match=r"training failed: .*abacus"):
        say("train", "--recommender", "popular")


def test_training_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    shop.pairs()
    monkeypatch.setattr("shop_personalize.tasks._sync_orders", lambda: None)
    monkeypatch.setattr("shop_personalize.tasks._roll_up", lambda: None)
    answer = ask("train", "--due")
    assert [job["state"] for job in answer["jobs"]] == ["succeeded"]
    assert say("train", "--due") == "Nothing to train.\n"


def test_status() -> None:
    shop.pairs()
    answer = ask("status")
    assert (answer["interactions"], answer["visitors"]) == (480, 60)
    assert (answer["tasks"], answer["engine"]) == ("inline", "local")
    text = say("status")
    assert "480 interactions of 60 visitors" in text
    assert "last tick of the schedule: never" in text
    assert "✖ also_viewed" in text
    assert "◐ also_bought          100%: not trained yet" in text


def test_models_are_listed_published_and_rolled_back() -> None:
    assert "No versions yet" in say("models")
    first, second = version(1), version(2)
    for each in (first, second):
        publish.publish(each)
    listed = ask("models", "list", "also_bought")["versions"]
    assert [(each["number"], each["status"]) for each in listed] == [
        (2, "live"),
        (1, "retired"),
    ]
    assert ask("models", "rollback", "also_bought", "--dry-run")["live"] == 1
    assert live_number() == 2
    assert "also_bought serves version 1" in say("models", "rollback", "also_bought")
    assert live_number() == 1
    say("models", "publish", "also_bought", "2", "--dry-run")
    assert live_number() == 1
    say("models", "publish", "also_bought", "2")
    assert live_number() == 2


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["rollback"], "name the recommender: personalize models rollback NAME"),
        (["rollback", "also_bought"], "no earlier version"),
        (["publish", "also_bought"], "personalize models publish NAME NUMBER"),
        (["publish", "also_bought", "7"], "no version 7 of also_bought; known: none"),
        (["list", "nope"], "choose one of"),
    ],
)
def test_models_errors_say_what_to_type_next(words: list[str], error: str) -> None:
    with pytest.raises(CommandError, match=error):
        say("models", *words)


def test_purge_counts_first() -> None:
    visitor = shop.visitors(1)[0]
    shop.event(visitor, "1", kind="view", days_ago=200).save()
    answer = ask("purge", "--dry-run")
    assert (answer["interactions"], answer["dry_run"]) == ({"view": 1}, True)
    assert Interaction.objects.count() == 1
    assert "deleted" in say("purge")
    assert Interaction.objects.count() == 0


def test_setup_learns_trains_and_says_what_is_ready(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "ORDERS": {}}
    shop.pairs()
    text = say("setup", "--tune-seconds", "0")
    assert "✔ popular              ready (12 products)" in text
    assert "✖ also_viewed            0%: needs 1,000 more views" in text
    assert "{% recommendations %}" in text
    answer = ask("setup", "--tune-seconds", "0")
    assert answer["job"]["state"] == "succeeded"
    states = {each["slug"]: each["state"] for each in answer["readiness"]}
    assert (states["popular"], states["also_viewed"]) == ("ready", "empty")

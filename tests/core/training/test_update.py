"""Between trainings: new products and new pairs reach the live models, safely."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from shop_personalize import artifacts, tasks
from shop_personalize.ml.online import OnlyAnewError
from shop_personalize.ml.recommenders.base import Recommender as Estimator
from shop_personalize.models import (
    Checkpoint,
    Interaction,
    ModelVersion,
    Recommender,
    TrainingJob,
)
from shop_personalize.recommend import service
from shop_personalize.training import jobs, publish, snapshot, update
from tests.core.training import shop
from tests.projects.gifts.models import Category, Product

pytestmark = pytest.mark.django_db


def train(*slugs: str) -> None:
    for slug in slugs:
        recommender = Recommender.objects.get(slug=slug)
        job = jobs.enqueue(
            recommender=recommender, options={"tune": False, "force": True}
        )
        jobs.run(job.pk)


def live(slug: str) -> Any:
    recommender = Recommender.objects.select_related("live_version").get(slug=slug)
    return artifacts.live(recommender)


def near(slug: str, item: str) -> list[str]:
    artifact = live(slug)
    code = int(artifact.ids.codes([item])[0])
    return artifact.ids.texts(artifact.knowledge.row(code)[0]) if code >= 0 else []


def new_product(name: str = "Mug 99") -> str:
    category = Category.objects.first()
    return str(Product.objects.create(name=name, price=3, category=category).pk)


def bought_with(item: str, other: str, times: int = 3) -> None:
    Interaction.objects.bulk_create(
        shop.event(visitor, each, days_ago=0.0, order=f"late-{at}")
        for at, visitor in enumerate(shop.visitors(times))
        for each in (item, other)
    )


def by_slug(done: list[update.Updated]) -> dict[str, update.Updated]:
    return {each.slug: each for each in done}


def test_what_was_bought_with_a_new_product_is_known_without_training() -> None:
    items = shop.pairs()
    train("also_bought", "popular")
    before = ModelVersion.objects.get(recommender__slug="also_bought")
    late = new_product()
    bought_with(items[0], late)
    assert late not in near("also_bought", items[0])
    done = by_slug(update.update())
    assert (done["also_bought"].how, done["popular"].how) == ("rows", "all")
    assert done["also_bought"].touched == 2
    assert done["also_bought"].products == 13
    assert late in near("also_bought", items[0])
    assert near("also_bought", late) == [items[0]]
    after = ModelVersion.objects.get(recommender__slug="also_bought")
    assert (after.pk, after.number, after.status) == (before.pk, 1, "live")
    assert after.artifact != before.artifact
    assert after.interactions == before.interactions + 6
    assert after.trained_until > before.trained_until


def test_the_next_page_shows_it() -> None:
    items = shop.pairs()
    train("also_bought")
    late = new_product()
    bought_with(items[0], late)
    product = Product.objects.get(pk=items[0])
    ask = {"recommender": "also_bought", "product": product, "fallback": ()}
    shown = {each.item_id for each in service.recommend(None, minimum=1, **ask)}
    assert late not in shown
    update.update()
    shown = {each.item_id for each in service.recommend(None, minimum=1, **ask)}
    assert late in shown


def test_without_anything_new_nothing_is_done() -> None:
    items = shop.pairs()
    train("also_bought")
    bought_with(items[0], items[3])
    assert update.update_if_new() != []
    assert update.update_if_new() == []
    new_product()
    assert update.update_if_new() != []


def test_a_training_under_way_is_not_disturbed() -> None:
    items = shop.pairs()
    train("also_bought")
    bought_with(items[0], items[3])
    TrainingJob.objects.create(state=TrainingJob.State.RUNNING)
    assert update.update_if_new() == []


def test_what_learns_slowly_and_only_as_a_whole_waits() -> None:
    items = shop.pairs()
    train("also_bought", "bought_together")
    ModelVersion.objects.update(fit_seconds=100.0)
    before = live("bought_together").digest
    bought_with(items[0], items[3])
    done = by_slug(update.update())
    assert (done["bought_together"].how, done["also_bought"].how) == ("waits", "rows")
    assert live("bought_together").digest == before


def test_what_learns_from_the_catalog_alone_is_renewed_for_new_products() -> None:
    items = shop.pairs()
    train("similar")
    bought_with(items[0], items[3])
    assert by_slug(update.update())["similar"].why == "nothing is new to it"
    late = new_product()
    assert by_slug(update.update())["similar"].how == "all"
    assert late in near("similar", items[0])


def test_one_that_fails_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    items = shop.pairs()
    train("also_bought", "popular")
    before = live("popular").digest
    bought_with(items[0], items[3])

    def broken(*args: Any) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(Estimator, "update", broken)
    done = by_slug(update.update())
    assert (done["popular"].how, done["popular"].why) == ("waits", "no room")
    assert done["also_bought"].how == "rows"
    assert live("popular").digest == before


def test_one_that_can_only_be_learned_anew_waits_for_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    items = shop.pairs()
    train("popular")
    bought_with(items[0], items[3])

    def cannot(*args: Any) -> None:
        raise OnlyAnewError("its parts are others now")

    monkeypatch.setattr(Estimator, "update", cannot)
    done = by_slug(update.update())
    assert (done["popular"].how, done["popular"].why) == (
        "waits",
        "its parts are others now",
    )
    assert caplog.text == ""


def test_a_model_that_came_to_nothing_is_not_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop.pairs()
    train("popular")
    before = live("popular").digest
    new_product()
    empty = snapshot.SCHEMA.empty_table()
    monkeypatch.setattr("shop_personalize.training.dataset._rows", lambda: empty)
    done = by_slug(update.update())
    assert (done["popular"].how, done["popular"].why) == (
        "waits",
        "Refused: there was nothing to learn from.",
    )
    assert live("popular").digest == before


def test_what_a_training_published_meanwhile_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = shop.pairs()
    train("also_bought")
    bought_with(items[0], items[3])
    first = ModelVersion.objects.get()
    write = artifacts.write

    def slow(**what: Any) -> Any:
        stored = write(**what)
        ModelVersion.objects.filter(pk=first.pk).update(status="retired")
        return stored

    monkeypatch.setattr(update.artifacts, "write", slow)
    done = by_slug(update.update())
    assert done["also_bought"].why == "another version was published meanwhile"
    first.refresh_from_db()
    assert artifacts.load(first.artifact).digest == first.artifact


def test_files_are_kept_for_one_update_and_then_deleted() -> None:
    items = shop.pairs()
    train("also_bought")
    digests = [live("also_bought").digest]
    for at in range(3):
        bought_with(items[0], items[3 + at])
        update.update()
        digests.append(live("also_bought").digest)
    assert len(set(digests)) == 4
    assert set(artifacts.stored()) == set(digests[2:])


def test_a_rollback_after_an_update_serves_the_version_before() -> None:
    items = shop.pairs()
    train("also_bought")
    first = live("also_bought").digest
    bought_with(items[0], items[3])
    train("also_bought")
    bought_with(items[0], items[5])
    update.update()
    recommender = Recommender.objects.select_related("live_version").get(
        slug="also_bought"
    )
    assert publish.rollback(recommender).number == 1
    assert live("also_bought").digest == first


def test_the_longer_it_takes_the_rarer_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def every(name: str, interval: Any, work: Any) -> bool:
        asked.append(interval.total_seconds())
        return True

    monkeypatch.setattr(update, "every", every)
    update.update_if_due()
    Checkpoint.objects.create(name="update", state={"seconds": 120.0})
    update.update_if_due()
    assert asked == [600.0, 2400.0]


def test_a_tick_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    for work in ("_flush_intake", "_sync_orders", "_roll_up"):
        monkeypatch.setattr(tasks, work, lambda: None)
    monkeypatch.setattr("shop_personalize.training.schedule.enqueue_due", lambda: None)
    items = shop.pairs()
    train("also_bought")
    before = live("also_bought").digest
    bought_with(items[0], items[3])
    tasks.tick()
    assert live("also_bought").digest != before


def test_the_command_says_what_was_done() -> None:
    items = shop.pairs()
    train("also_bought")
    bought_with(items[0], items[3])
    out = StringIO()
    call_command("personalize", "train", "--update", stdout=out)
    assert "1 of 1 live models brought up to date." in out.getvalue()
    bought_with(items[0], items[4])
    out = StringIO()
    call_command("personalize", "train", "--update", "--json", stdout=out)
    found = json.loads(out.getvalue())["updated"][0]
    # What happened within the hour before counts again: three products, not two.
    assert (found["slug"], found["how"], found["touched"]) == ("also_bought", "rows", 3)

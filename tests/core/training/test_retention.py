from __future__ import annotations

import os
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.models import (
    Interaction,
    OrderVisitor,
    QuarantinedEvent,
    Visitor,
)
from shop_personalize.training import publish, retention, snapshot
from tests.core.training import shop
from tests.core.training.test_artifacts import store
from tests.core.training.test_serving_models import version

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_each_kind_has_its_time_and_purchases_stay() -> None:
    visitor = shop.visitors(1)[0]
    Interaction.objects.bulk_create(
        shop.event(visitor, "1", kind=kind, days_ago=days)
        for kind, days in [
            ("view", 179),
            ("view", 181),
            ("list_view", 91),
            ("purchase", 2000),
        ]
    )
    snapshot.refresh()
    would = retention.purge(dry_run=True)
    assert would.interactions == {"view": 1, "list_view": 1}
    assert Interaction.objects.count() == 4
    done = retention.purge()
    assert done.interactions == {"view": 1, "list_view": 1}
    assert done.snapshot_rows == 2
    assert sorted(Interaction.objects.values_list("kind", flat=True)) == [
        "purchase",
        "view",
    ]
    rows = [pq.read_table(path) for path in snapshot.files()]
    assert sorted(rows[0]["kind"].to_pylist()) == ["purchase", "view"]
    assert retention.purge() == retention.Purged()


def test_the_settings_decide(settings: object) -> None:
    settings.SHOP_PERSONALIZE = {  # type: ignore[attr-defined]
        **settings.SHOP_PERSONALIZE,  # type: ignore[attr-defined]
        "RETENTION_DAYS": {"view": None, "purchase": 30},
    }
    visitor = shop.visitors(1)[0]
    Interaction.objects.bulk_create(
        shop.event(visitor, "1", kind=kind, days_ago=400)
        for kind in ("view", "purchase")
    )
    assert retention.purge().interactions == {"purchase": 1}


def test_an_erased_person_leaves_the_files_too() -> None:
    stays, leaves = shop.visitors(2)
    Interaction.objects.bulk_create(shop.event(each, "1") for each in (stays, leaves))
    snapshot.refresh()
    Visitor.objects.filter(pk=leaves.pk).update(is_erased=True)
    assert retention.purge().snapshot_rows == 1
    assert pq.read_table(snapshot.files()[0])["visitor"].to_pylist() == [stays.pk]


def test_browsers_nobody_knows_any_more_go() -> None:
    old, active, buyer, target, merged, erased, account = shop.visitors(7)
    rows = Visitor.objects.all()
    rows.update(first_seen=NOW - timedelta(days=181))
    rows.filter(pk=merged.pk).update(merged_into=target)
    rows.filter(pk=erased.pk).update(is_erased=True)
    rows.filter(pk=account.pk).update(kind="user")
    shop.event(active, "1").save()
    shop.event(merged, "1").save()
    OrderVisitor.objects.create(order_id="1", visitor=buyer)
    shop.visitors(1)
    assert retention.purge(dry_run=True).visitors == 1
    assert retention.purge().visitors == 1
    assert not rows.filter(pk=old.pk).exists()


def test_quarantine_and_links_of_orders_run_out() -> None:
    for days in (29, 31):
        QuarantinedEvent.objects.create(
            reason="x", received_at=NOW - timedelta(days=days)
        )
    link = OrderVisitor.objects.create(order_id="1", visitor=shop.visitors(1)[0])
    OrderVisitor.objects.filter(pk=link.pk).update(created_at=NOW - timedelta(days=91))
    done = retention.purge()
    assert (done.quarantined, done.order_links) == (1, 1)
    assert QuarantinedEvent.objects.count() == 1


def test_artifacts_no_version_names_go_after_a_day() -> None:
    live = version(1)
    publish.publish(live)
    orphan = store(note="of a job that died")
    assert retention.purge().artifacts == 0
    folder = app_settings.artifact_cache / orphan
    for path in (folder, app_settings.artifact_cache / live.artifact):
        os.utime(path, (0, 0))
    assert retention.purge(dry_run=True).artifacts == 1
    assert retention.purge().artifacts == 1
    assert artifacts.stored() == [live.artifact]

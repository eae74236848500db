from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from shop_personalize.conf import app_settings
from shop_personalize.models import Checkpoint, Interaction
from shop_personalize.training import snapshot
from tests.core.training import shop

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db
NOW = timezone.now()
YESTERDAY = NOW - timedelta(days=1)


def add(n: int, received: datetime = NOW, **fields: object) -> list[int]:
    visitor = shop.visitors(1)[0]
    rows = [
        shop.event(visitor, f"{at}", received=received, **fields) for at in range(n)
    ]
    return [row.pk for row in Interaction.objects.bulk_create(rows)]


def kept() -> list[int]:
    return sorted(
        key
        for path in snapshot.files()
        for key in pq.read_table(path)["seq"].to_pylist()
    )


def test_one_file_a_day_of_receipt_and_only_new_rows_are_read() -> None:
    first = add(3, YESTERDAY)
    assert snapshot.refresh().rows == 3
    second = add(2)
    assert snapshot.refresh().rows == 2
    assert snapshot.refresh().rows == 0
    assert kept() == first + second
    assert [path.stem for path in snapshot.files()] == [
        f"{YESTERDAY:%Y-%m-%d}",
        f"{NOW:%Y-%m-%d}",
    ]


def test_values_survive_the_way() -> None:
    visitor = shop.visitors(1)[0]
    row = shop.event(visitor, "7", order="A1", days_ago=400, quantity=2.5)
    row.save()
    snapshot.refresh()
    assert pq.read_table(snapshot.files()[0]).to_pylist() == [
        {
            "seq": row.pk,
            "visitor": visitor.pk,
            "item": "7",
            "kind": "purchase",
            "quantity": 2.5,
            "value": 2.5,
            "order": "A1",
            "time": row.occurred_at,
        }
    ]


def test_what_models_may_not_learn_from_stays_out() -> None:
    counted = add(1)
    add(1, flag="bot")
    add(1, flag="shadow")
    Interaction.objects.bulk_create(
        [shop.event(shop.visitors(1)[0], "", kind="search")]
    )
    snapshot.refresh()
    assert kept() == counted


def test_a_crash_before_the_checkpoint_duplicates_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = add(3)
    snapshot.refresh()
    second = add(3)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_state", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            snapshot.refresh()
    assert kept() == first + second
    third = add(1)
    snapshot.refresh()
    assert kept() == first + second + third


def test_a_crash_between_two_files_is_made_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = add(2, YESTERDAY), add(2)
    extend = snapshot._extend
    calls = []

    def dies_at_the_second(*args: object) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise OSError("disk full")
        extend(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_extend", dies_at_the_second)
        with pytest.raises(OSError, match="disk full"):
            snapshot.refresh()
    assert kept() == old
    snapshot.refresh()
    assert kept() == old + new


def test_ids_that_commit_late_are_not_lost() -> None:
    """A sequence hands out 5 before 6, but 6 may be visible first."""
    keys = add(3)
    late = Interaction.objects.get(pk=keys[1])
    late.delete()
    snapshot.refresh()
    assert kept() == [keys[0], keys[2]]
    late.pk = keys[1]
    late.save(force_insert=True)
    snapshot.refresh()
    assert kept() == keys


def test_old_rows_are_settled_and_not_counted_again() -> None:
    keys = add(3, YESTERDAY)
    snapshot.refresh()
    state = Checkpoint.objects.get(name__startswith="snapshot:").state
    assert state == {"settled": keys[-1], "last": keys[-1], "tail": 0}


def test_a_folder_that_was_lost_is_built_again() -> None:
    keys = add(3)
    snapshot.refresh()
    for path in app_settings.snapshot_dir.iterdir():
        path.unlink()
    assert snapshot.refresh().rows == 3
    assert kept() == keys


def test_a_database_that_was_reset_leaves_no_old_rows() -> None:
    add(3, YESTERDAY)
    snapshot.refresh()
    Checkpoint.objects.all().delete()
    Interaction.objects.all().delete()
    snapshot.refresh()
    assert kept() == []


def test_progress_reaches_the_end() -> None:
    add(3)
    seen: list[float] = []
    snapshot.refresh(lambda done, label: seen.append(done))
    assert seen == [1.0]


def test_compacting_drops_rows_and_empty_files() -> None:
    old, new = add(2, YESTERDAY), add(2)
    snapshot.refresh()
    removed = snapshot.compact(lambda table: pc.greater(table["seq"], new[0]))
    assert removed == len(old) + 1
    assert kept() == new[1:]
    assert len(snapshot.files()) == 1

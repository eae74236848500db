from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shop_personalize.capture import postgres, store
from shop_personalize.capture.event_ids import event_id_for
from shop_personalize.capture.visitors import visitor_ids
from shop_personalize.models import Interaction, Visitor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 1, 13, tzinfo=UTC)


def rows(numbers: range, received: datetime = AT) -> list[Interaction]:
    visitor = visitor_ids({"k": "guest"})["k"]
    return [
        Interaction(
            event_id=event_id_for(str(n), AT),
            visitor_id=visitor,
            kind="view",
            item_id=str(n),
            occurred_at=AT,
            received_at=received,
        )
        for n in numbers
    ]


def test_what_is_there_already_is_not_counted_again() -> None:
    assert store.insert(rows(range(10))) == 10
    assert store.insert(rows(range(10))) == 0
    assert store.insert(rows(range(5, 15), LATER)) == 5
    assert Interaction.objects.count() == 15


def test_an_event_twice_in_one_batch_is_one() -> None:
    assert store.insert([*rows(range(3)), *rows(range(3))]) == 3


def test_the_new_rows_are_named() -> None:
    store.insert(rows(range(3)))
    new = store.insert_new(rows(range(5), LATER))
    assert sorted(row.item_id for row in new) == ["3", "4"]


def test_one_insert_is_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    batch = rows(range(20))
    with django_assert_num_queries(3):  # savepoint, insert, release
        store.insert(batch)


def test_the_transaction_around_survives_a_failing_insert(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = rows(range(1))

    def broken(*args: object, **kwargs: object) -> list[Interaction]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO no_such_table VALUES (1)")
        return []

    monkeypatch.setattr(store, "_insert_anywhere", broken)
    monkeypatch.setattr(postgres, "insert", broken)
    with transaction.atomic():
        Visitor.objects.create(key="shop-data")
        with pytest.raises(DatabaseError):
            store.insert(batch)
    assert Visitor.objects.filter(key="shop-data").exists()


def test_visitors_are_made_once_and_found_again(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    first = visitor_ids({"a": "guest", "b": "user"}, bots={"a"})
    with django_assert_num_queries(1):
        assert visitor_ids({"a": "guest", "b": "user"}) == first
    assert Visitor.objects.get(key="a").is_bot is True
    assert Visitor.objects.get(key="b").kind == "user"


def test_a_merged_guest_leads_to_the_customer() -> None:
    ids = visitor_ids({"guest": "guest", "middle": "guest", "user": "user"})
    Visitor.objects.filter(key="guest").update(merged_into=ids["middle"])
    Visitor.objects.filter(key="middle").update(merged_into=ids["user"])
    assert visitor_ids({"guest": "guest"}) == {"guest": ids["user"]}


def test_a_circle_of_merges_ends() -> None:
    ids = visitor_ids({"a": "guest", "b": "guest"})
    Visitor.objects.filter(key="a").update(merged_into=ids["b"])
    Visitor.objects.filter(key="b").update(merged_into=ids["a"])
    assert visitor_ids({"a": "guest"})["a"] in set(ids.values())


def test_an_erased_visitor_is_left_out() -> None:
    visitor_ids({"gone": "user"})
    Visitor.objects.filter(key="gone").update(is_erased=True)
    assert visitor_ids({"gone": "user"}) == {}


def test_more_visitors_than_a_statement_takes() -> None:
    keys = {f"k{n}": "guest" for n in range(1200)}
    assert len(visitor_ids(keys)) == 1200
    assert Visitor.objects.count() == 1200


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_page_does_not_wait_for_the_disk_and_nobody_else_notices() -> None:
    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return str(cursor.fetchone()[0])

    with CaptureQueriesContext(connection) as asked:
        assert len(store.insert_new(rows(range(3)), durable=False)) == 3
    assert "synchronous_commit" in asked[-1]["sql"]
    assert setting() == "on"
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert len(store.insert_new(rows(range(5), LATER), durable=False)) == 2
        assert setting() == "on"
    assert not any("set_config" in query["sql"] for query in asked)
    with CaptureQueriesContext(connection) as asked:
        assert store.insert(rows(range(6), LATER)) == 1
    assert "synchronous_commit" not in asked[-1]["sql"]

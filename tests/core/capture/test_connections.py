"""Ties between customers: taken over from the shop, asked for, ended, forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from shop_personalize.api.erasure import erase
from shop_personalize.capture import connections
from shop_personalize.capture.connections import is_sound, sync_connections
from shop_personalize.catalog.base import Connections
from shop_personalize.catalog.types import Link
from shop_personalize.models import Connection, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.training.retention import purge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db


class OurTies(Connections):
    def __init__(self, links: list[Link]) -> None:
        self.links = links

    def iter_connections(
        self, *, since: datetime | None = None, chunk: int = 2000
    ) -> Iterator[Link]:
        return iter(self.links)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    def tell(*links: Link) -> None:
        ours = OurTies(list(links))
        monkeypatch.setattr(connections, "get_connections", lambda: ours)

    return tell


def stored() -> set[tuple[str, str, str, float]]:
    rows = Connection.objects.values_list(
        "source__key", "target__key", "kind", "weight"
    )
    return set(rows)


def user(name: str) -> User:
    return User.objects.create_user(name, password="secret")


def key(account: str | User) -> str:
    return visitor_key("user", account.pk if isinstance(account, User) else account)


def post(client: Client, other: User | str, kind: str = "follow") -> Any:
    named = str(other.pk) if isinstance(other, User) else other
    return client.post(
        reverse("shop_personalize:connections"),
        json.dumps({"user": named, "kind": kind}),
        content_type="application/json",
    )


# --- from the shop -----------------------------------------------------------------


def test_the_shops_ties_are_taken_over_once(told: Any) -> None:
    told(
        Link(source_id="1", target_id="2"),
        Link(source_id="2", target_id="1", weight=3.0),
        Link(source_id="1", target_id="2", kind="gift"),
    )
    for _ in range(2):
        report = sync_connections()
        assert (report.read, report.kept, report.ended) == (3, 3, 0)
        assert stored() == {
            (key("1"), key("2"), "follow", 1.0),
            (key("2"), key("1"), "follow", 3.0),
            (key("1"), key("2"), "gift", 1.0),
        }
    assert Connection.objects.filter(confirmed=True).count() == 3


def test_what_the_shop_no_longer_tells_ends(told: Any) -> None:
    told(Link(source_id="1", target_id="2"), Link(source_id="1", target_id="3"))
    sync_connections()
    told(Link(source_id="1", target_id="3", weight=2.0))
    assert sync_connections(since=datetime(2026, 1, 1, tzinfo=UTC)).ended == 0
    assert len(stored()) == 2
    assert sync_connections().ended == 1
    assert stored() == {(key("1"), key("3"), "follow", 2.0)}


def test_what_a_visitor_made_is_not_the_shops_to_end(told: Any) -> None:
    ids = {name: Visitor.objects.create(key=key(name), kind="user").pk for name in "12"}
    Connection.objects.create(
        source_id=ids["1"],
        target_id=ids["2"],
        origin="visitor",
        created_at=timezone.now(),
    )
    told()
    assert sync_connections().ended == 0
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"source_id": ""},
        {"target_id": "1"},
        {"kind": "enemy"},
        {"weight": 0.0},
        {"weight": -1.0},
        {"weight": float("nan")},
        {"weight": float("inf")},
    ],
)
def test_unsound_ties_are_counted_and_left_out(
    told: Any, wrong: dict[str, Any]
) -> None:
    good = Link(source_id="1", target_id="2")
    assert is_sound(good)
    told(replace(good, **wrong))
    assert sync_connections().unsound == 1
    assert stored() == set()


def test_without_an_adapter_nothing_happens() -> None:
    assert sync_connections().read == 0


def test_the_erased_are_not_tied_again(told: Any) -> None:
    told(Link(source_id="1", target_id="2"), Link(source_id="3", target_id="1"))
    sync_connections()
    erase(key("1"))
    assert stored() == set()
    sync_connections()
    assert stored() == set()


def test_requests_nobody_answered_are_forgotten() -> None:
    one, two = (Visitor.objects.create(key=key(name), kind="user") for name in "12")
    old = timezone.now() - timedelta(days=91)
    made = {"origin": "visitor", "created_at": old}
    Connection.objects.create(source=one, target=two, confirmed=False, **made)
    Connection.objects.create(source=two, target=one, confirmed=True, **made)
    assert purge(dry_run=True).connections == 1
    assert purge().connections == 1
    assert Connection.objects.get().source == two


# --- over HTTP ---------------------------------------------------------------------


def test_a_tie_speaks_once_both_asked_for_it(client: Client) -> None:
    ann, bob = user("ann"), user("bob")
    client.force_login(ann)
    assert post(client, bob).json()["confirmed"] is False
    assert post(client, bob).status_code == 201
    client.force_login(bob)
    assert post(client, ann).json()["confirmed"] is True
    assert Connection.objects.filter(confirmed=True).count() == 2


def test_another_kind_is_another_tie(client: Client) -> None:
    ann, bob = user("ann"), user("bob")
    client.force_login(ann)
    post(client, bob, "household")
    client.force_login(bob)
    assert post(client, ann, "follow").json()["confirmed"] is False


def test_one_sees_ones_own_ties_alone(client: Client) -> None:
    ann, bob, eve = user("ann"), user("bob"), user("eve")
    client.force_login(ann)
    post(client, bob)
    post(client, eve)
    url = reverse("shop_personalize:connections")
    assert client.get(url).json()["count"] == 2
    assert client.get(url, {"user": bob.pk}).json()["count"] == 1
    assert client.get(url, {"incoming": 1}).json()["count"] == 0
    client.force_login(bob)
    assert client.get(url).json()["count"] == 0
    assert client.get(url, {"incoming": 1}).json()["count"] == 1


def test_either_side_ends_a_tie_and_nobody_else(client: Client) -> None:
    ann, bob, eve = user("ann"), user("bob"), user("eve")
    client.force_login(ann)
    first = post(client, bob).json()["id"]
    client.force_login(bob)
    post(client, ann)
    url = reverse("shop_personalize:connection", args=[first])
    client.force_login(eve)
    assert client.delete(url).status_code == 404
    client.force_login(bob)
    assert client.delete(url).status_code == 204
    left = Connection.objects.get()
    assert left.source.key == key(bob)
    assert left.confirmed is False


def test_the_shops_ties_are_not_ended_here(client: Client, told: Any) -> None:
    ann = user("ann")
    told(Link(source_id=str(ann.pk), target_id="77"))
    sync_connections()
    client.force_login(ann)
    url = reverse("shop_personalize:connection", args=[Connection.objects.get().pk])
    assert client.delete(url).status_code == 404


def test_strangers_are_turned_away(client: Client) -> None:
    assert post(client, "1").status_code == 403
    url = reverse("shop_personalize:connections")
    assert client.get(url).status_code == 403


def test_bad_wishes_name_the_field(client: Client) -> None:
    ann = user("ann")
    client.force_login(ann)
    assert "user" in post(client, ann).json()
    assert "kind" in post(client, "1", "enemy").json()
    assert "user" in post(client, "x" * 65).json()


def test_other_sites_may_not_post(client: Client) -> None:
    client.force_login(user("ann"))
    response = client.post(
        reverse("shop_personalize:connections"),
        json.dumps({"user": "9"}),
        content_type="application/json",
        headers={"origin": "https://evil.example"},
    )
    assert response.status_code == 403


def test_there_is_an_end_to_asking(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop_personalize.api.connections.MOST_OWN", 1)
    client.force_login(user("ann"))
    assert post(client, "8").status_code == 201
    assert post(client, "9").status_code == 400


def test_staff_with_the_right_sees_all(client: Client) -> None:
    ann, bob = user("ann"), user("bob")
    client.force_login(ann)
    post(client, bob)
    url = reverse("shop_personalize:connections_all")
    assert client.get(url).status_code == 403
    boss = User.objects.create_user("boss", is_staff=True)
    client.force_login(boss)
    assert client.get(url).status_code == 403
    boss.user_permissions.add(Permission.objects.get(codename="view_connection"))
    client.force_login(User.objects.get(pk=boss.pk))
    found = client.get(url).json()["results"]
    assert [(row["from_key"], row["to_key"]) for row in found] == [(key(ann), key(bob))]


def test_the_export_holds_them(client: Client) -> None:
    ann, bob = user("ann"), user("bob")
    client.force_login(ann)
    post(client, bob)
    response = client.get(reverse("shop_personalize:me_export"))
    found = json.loads(b"".join(response.streaming_content))  # type: ignore[attr-defined]
    assert [row["kind"] for row in found["connections"]] == ["follow"]

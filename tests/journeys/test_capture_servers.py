"""Servers die under the intake: nothing that was answered 202 is lost or doubled."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from shop_personalize.api import throttles
from shop_personalize.capture import buffer, redis_door
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.models import Interaction
from tests.projects.gifts.models import Product

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
EVENTS = "/personalize/events/"
needs_postgres = pytest.mark.skipif(
    "postgres" not in os.environ.get("DATABASE_URL", ""), reason="needs PostgreSQL"
)
needs_redis = pytest.mark.skipif(
    "REDIS_URL" not in os.environ, reason="needs REDIS_URL"
)


@pytest.fixture(autouse=True)
def _closed_breaker() -> Iterator[None]:
    redis_door.breaker.is_open = False
    yield
    redis_door.breaker.is_open = False


def batch(size: int = 20) -> list[dict[str, str]]:
    return [
        {"event": "view", "product": str(n), "id": str(uuid7())} for n in range(size)
    ]


def having(**own: Any) -> Any:
    return override_settings(SHOP_PERSONALIZE={**settings.SHOP_PERSONALIZE, **own})


@needs_postgres
def test_no_event_answered_202_is_lost_when_backends_are_killed() -> None:
    assert _sent_while(lambda: _kill_backends(seconds=6)) >= 10


@needs_postgres
@pytest.mark.skipif(
    shutil.which("pg_ctlcluster") is None or os.geteuid() != 0,
    reason="restarting PostgreSQL needs root and pg_ctlcluster",
)
def test_no_event_answered_202_is_lost_when_postgresql_restarts() -> None:
    assert _sent_while(_restart_server) == 1


def _sent_while(attack: Callable[[], int]) -> int:
    """Send from two threads, attack, send on; what was answered 202 is there, once."""
    kept: set[str] = set()
    refused = 0
    stop = threading.Event()

    def send() -> None:
        nonlocal refused
        client = Client(raise_request_exception=False)
        try:
            while not stop.is_set():
                refused += _send_until_taken(client, kept)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, daemon=True) for _n in range(2)]
    with having(RATE_LIMIT="", REDIS_URL=None):
        for sender in senders:
            sender.start()
        try:
            hits = attack()
            before = len(kept)
            time.sleep(1)
        finally:
            stop.set()
            for sender in senders:
                sender.join(10)
    assert not any(sender.is_alive() for sender in senders)
    stored = [
        str(one) for one in Interaction.objects.values_list("event_id", flat=True)
    ]
    assert len(kept) > before, "nothing is taken any more"
    assert kept - set(stored) == set()
    assert len(stored) == len(set(stored))
    return hits


def _send_until_taken(client: Client, kept: set[str]) -> int:
    events = batch()
    for refused in range(10):
        response = client.post(EVENTS, events, content_type="application/json")
        if response.status_code == 202:
            kept.update(event["id"] for event in events)
            return refused
        connection.close_if_unusable_or_obsolete()
    return 10


def _restart_server() -> int:
    time.sleep(1)
    cluster = max(Path("/etc/postgresql").glob("*/main")).parent.name
    restart = ["pg_ctlcluster", "--skip-systemctl-redirect", cluster, "main", "restart"]
    subprocess.run(
        [*restart, "-m", "fast"], check=True, capture_output=True, timeout=40
    )
    connection.close()
    return 1


def _kill_backends(seconds: float) -> int:
    killed = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.2)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            killed += cursor.fetchone()[0]
    return killed


@contextmanager
def black_hole() -> Iterator[str]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        held: list[socket.socket] = []

        def swallow() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=swallow, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.close()
        for one in held:
            one.close()


@contextmanager
def refusing() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield f"redis://127.0.0.1:{port}/0"


def timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("gone", "first_limit"), [(black_hole, 0.050), (refusing, 0.005)]
)
def test_a_page_waits_for_a_lost_redis_once_and_briefly(
    gone: Any, first_limit: float
) -> None:
    firsts, laters = [], []
    for _attempt in range(6):
        redis_door.breaker.is_open = False
        with gone() as url, having(REDIS_URL=url, INTAKE="buffered"):
            firsts.append(timed(_ask))
            laters.extend(timed(_ask) for _n in range(50))
            assert buffer.push([], "native", _now()) is False
    # The best of each: the machine may be busy, our own waiting is in every one.
    assert min(firsts) <= first_limit
    assert median(laters) <= 0.001


def _ask() -> None:
    throttles.counter.count("a", 60)


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def test_events_are_kept_while_redis_is_a_black_hole() -> None:
    with black_hole() as url, having(REDIS_URL=url, INTAKE="buffered"):
        statuses = [
            Client().post(EVENTS, batch(), content_type="application/json").status_code
            for _n in range(5)
        ]
    assert statuses == [202] * 5
    assert Interaction.objects.count() == 100


@needs_redis
def test_redis_is_used_again_when_it_is_back() -> None:
    url = os.environ["REDIS_URL"]
    with having(REDIS_URL=url, INTAKE="buffered"):
        redis_door.breaker.is_open = True
        redis_door.breaker._probed = 0.0
        with pytest.raises(redis_door.RedisGoneError):
            redis_door.ask(lambda redis: redis.ping())
        until = time.monotonic() + 2
        while redis_door.breaker.is_open and time.monotonic() < until:
            time.sleep(0.01)
        assert redis_door.ask(lambda redis: redis.ping()) is True


KILLED_AT = {
    "before the rows": "store.insert_new = die",
    "after the rows, not yet committed": (
        "plain = store.insert_new\n"
        "from django.db import transaction\n"
        "def store_and_die(rows, **kwargs):\n"
        "    with transaction.atomic():\n"
        "        plain(rows); die()\n"
        "store.insert_new = store_and_die"
    ),
    "committed, not yet acknowledged": (
        "plain = store.insert_new\n"
        "def store_and_die(rows, **kwargs):\n"
        "    plain(rows); die()\n"
        "store.insert_new = store_and_die"
    ),
}
FLUSHER = """
import os, signal
import django
django.setup()
from django.conf import settings
from django.test import override_settings
from shop_personalize.capture import buffer, store
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
{patch}
own = {{**settings.SHOP_PERSONALIZE, "INTAKE": "buffered"}}
with override_settings(SHOP_PERSONALIZE=own):
    buffer.flush()
"""


@needs_redis
@pytest.mark.parametrize("point", KILLED_AT)
def test_a_flusher_killed_in_the_middle_loses_and_doubles_nothing(point: str) -> None:
    redis = redis_door.client(os.environ["REDIS_URL"], 5.0)
    redis.delete(buffer.STREAM)
    with having(INTAKE="buffered", REDIS_URL=os.environ["REDIS_URL"]):
        for _n in range(5):
            Client().post(EVENTS, batch(), content_type="application/json")
        assert buffer.waiting() == 5
        killed = subprocess.run(
            [sys.executable, "-c", FLUSHER.format(patch=KILLED_AT[point])],
            env={**os.environ, **_same_database()},
            timeout=60,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL
        buffer.flush(stale_ms=0)
        assert buffer.waiting() == 0
    assert Interaction.objects.count() == 100


def _same_database() -> dict[str, str]:
    found = connection.settings_dict
    name = found["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        base, _, _old = os.environ["DATABASE_URL"].rpartition("/")
        url = f"{base}/{name}"
    return {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
        "REDIS_URL": os.environ["REDIS_URL"],
    }


def test_a_page_is_made_while_the_events_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.db import OperationalError

    from shop_personalize.capture import intake

    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("the database is restarting")

    product = Product.objects.create(name="Mug", price="4.50")
    monkeypatch.setattr(intake, "write", gone)
    client = Client()
    assert client.get(f"/product/{product.pk}/").status_code == 200
    answer = client.post(EVENTS, json.dumps(batch()), content_type="application/json")
    assert answer.status_code == 503

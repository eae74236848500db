"""Events a second through the whole stack, and their count under replay.

Middleware, parser, limits, view, dialect, judgment, visitors and one bulk insert, on
the database of ``DATABASE_URL``; the client alone is left out. Then eight threads send
the same events, each in its own order: every event must be there once.
"""

from __future__ import annotations

import io
import json
import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH = 20
BATCHES = 1500
WARM_UP = 100
THREADS = 4
REPLAYS = 8
REPLAYED = 4000
ITEMS = 2000
BATCHES_A_VISITOR = 3
TARGET = 3000
PATH = "/personalize/events/"


def run(console: Any = None) -> dict[str, Any]:
    """Measure both and return what the report prints."""
    with _database(), _settings():
        speed = _throughput()
        counts = _replay()
    return {
        "benchmark": "intake",
        "protocol": (
            f"{BATCHES} batches of {BATCH} events through the WSGI stack, one process"
            f" with {THREADS} threads, database {_vendor()}; then {REPLAYED} events"
            f" sent by {REPLAYS} threads at once, each in its own order;"
            f" target: {TARGET} events/s a core"
        ),
        "systems": [{"system": "ours", "metrics": {**speed, **counts}}],
    }


def _throughput() -> dict[str, float]:
    """One process, its threads sharing one core, as a threaded web worker's do."""
    bodies = _bodies(BATCHES + WARM_UP)
    _send_all(bodies[:WARM_UP])
    shares = [bodies[WARM_UP + n :: THREADS] for n in range(THREADS)]
    times: list[float] = []
    start, cpu = time.perf_counter(), time.process_time()
    _in_threads(lambda n: times.extend(_send_all(shares[n])), THREADS)
    wall, spent = time.perf_counter() - start, time.process_time() - cpu
    times.sort()
    events = BATCHES * BATCH
    return {
        "events_per_s": round(events / wall),
        "events_per_cpu_s": round(events / spent),
        "p50_ms": round(times[len(times) // 2] * 1000, 2),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 2),
    }


def _send_all(bodies: list[tuple[bytes, str]]) -> list[float]:
    send, times = _sender(), []
    for body, cookie in bodies:
        began = time.perf_counter()
        send(body, cookie)
        times.append(time.perf_counter() - began)
    return times


def _in_threads(work: Callable[[int], object], count: int) -> None:
    from django.db import connection

    def run_one(n: int) -> None:
        try:
            work(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _replay() -> dict[str, int]:
    from shop_personalize.models import Interaction

    Interaction.objects.all().delete()
    events = [_event() for _n in range(REPLAYED)]
    receipts: list[dict[str, int]] = []

    def worker(seed: int) -> None:
        mine, send, cookie = events.copy(), _sender(), _cookie()
        random.Random(seed).shuffle(mine)
        for start in range(0, len(mine), BATCH):
            body = json.dumps({"events": mine[start : start + BATCH]}).encode()
            receipts.append(send(body, cookie))

    _in_threads(worker, REPLAYS)
    stored = Interaction.objects.count()
    distinct = Interaction.objects.values("event_id").distinct().count()
    accepted = sum(receipt["accepted"] for receipt in receipts)
    refound = sum(receipt["duplicates"] for receipt in receipts)
    return {
        "duplicates": stored - distinct,
        "missing": REPLAYED - distinct,
        "receipts_off": abs(accepted - stored)
        + abs(accepted + refound - REPLAYS * REPLAYED),
    }


def _bodies(count: int) -> list[tuple[bytes, str]]:
    bodies = []
    for n in range(count):
        cookie = _cookie() if n % BATCHES_A_VISITOR == 0 else bodies[-1][1]
        batch = {"events": [_event() for _n in range(BATCH)]}
        bodies.append((json.dumps(batch).encode(), cookie))
    return bodies


def _event() -> dict[str, str]:
    from shop_personalize.capture.event_ids import uuid7

    product = str(random.randrange(ITEMS))
    return {"event": "view", "product": product, "id": str(uuid7())}


def _cookie() -> str:
    from django.core.signing import Signer

    from shop_personalize.capture.identity import SALT

    return "sp_vid=" + Signer(salt=SALT).sign(uuid4().hex)


def _sender() -> Any:
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()

    def send(body: bytes, cookie: str) -> dict[str, int]:
        statuses: list[str] = []
        answer = handler(
            _environ(body, cookie), lambda status, headers: statuses.append(status)
        )
        content = b"".join(answer)
        if not statuses[0].startswith("202"):
            raise RuntimeError(f"{statuses[0]}: {content[:200]!r}")
        return json.loads(content)

    return send


def _environ(body: bytes, cookie: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "shop.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "shop.example",
        "HTTP_ORIGIN": "http://shop.example",
        "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537.36",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "203.0.113.9",
        "CONTENT_TYPE": "text/plain;charset=UTF-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
    }


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


@contextmanager
def _settings() -> Iterator[None]:
    from django.conf import settings
    from django.test import override_settings

    own = {
        **settings.SHOP_PERSONALIZE,
        "RATE_LIMIT": "10000000/hour",
        "REDIS_URL": None,
        "INTAKE": "direct",
    }
    with override_settings(SHOP_PERSONALIZE=own):
        yield


@contextmanager
def _database() -> Iterator[None]:
    """A database of the test's own, without touching the one that is configured."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    connection.settings_dict["TEST"]["MIGRATE"] = False
    # Connections that live on, as they do in a shop that is asked 3,000 times a second.
    connection.settings_dict["CONN_MAX_AGE"] = None
    held = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(held, verbosity=0)

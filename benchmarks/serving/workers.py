"""What workers hold that were forked from a process that only serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

WORKERS = 8
SERVED_BY_WORKER = 200


def memory(artifact_mb: float) -> dict[str, float]:
    """Workers forked from a process that only serves; the models are mapped, shared."""
    from django.conf import settings
    from django.db import connection

    facts = connection.settings_dict
    login = f"{facts['USER']}:{facts['PASSWORD']}".rstrip(":")
    where = f"{login}@{facts['HOST']}:{facts['PORT'] or 5432}/{facts['NAME']}"
    lite = connection.vendor == "sqlite"
    url = f"sqlite:///{facts['NAME']}" if lite else f"postgres://{where}"
    environment = {
        **os.environ,
        "SHOP_PERSONALIZE_TEST_DIR": str(settings.WORK),
        "DATABASE_URL": url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.serving"],
        env=environment,
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )
    workers = [json.loads(line) for line in done.stdout.splitlines()]
    pss = sum(worker["Pss"] for worker in workers) / 1024
    own = [worker["Private_Dirty"] / 1024 for worker in workers]
    return {
        "workers": len(workers),
        "models_mb": round(artifact_mb, 1),
        "pss_all_mb": round(pss, 1),
        "beyond_models_mb_each": round((pss - artifact_mb) / len(workers), 1),
        "private_mb_max": round(max(own), 1),
        "rss_mb_max": round(max(worker["Rss"] for worker in workers) / 1024, 1),
    }


def serve_in_workers() -> None:
    """Fork as a pre-forking server does; each says what it holds while all live."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connections
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    connections.close_all()
    ready_read, ready_write = os.pipe()
    go_read, go_write = os.pipe()
    children = []
    for number in range(WORKERS):
        child = os.fork()
        if not child:
            os.close(go_write)
            _worker(number, ready_write, go_read)
            os._exit(0)
        children.append(child)
    waiting = WORKERS
    while waiting:
        waiting -= len(os.read(ready_read, waiting))
    os.write(go_write, b"." * WORKERS)
    for child in children:
        os.waitpid(child, 0)


def _worker(number: int, ready: int, go: int) -> None:
    from django.test import Client

    client = Client(headers={"user-agent": "Mozilla/5.0 Firefox/140.0"})
    rng = np.random.default_rng(number)
    first = _first_product()
    for _ in range(SERVED_BY_WORKER):
        client.get("/")
        client.get(f"/product/{first + int(rng.integers(1000))}/")
    os.write(ready, b".")
    os.read(go, 1)
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    held = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    os.write(ready, b"")
    sys.stdout.write(json.dumps(held) + "\n")
    sys.stdout.flush()
    time.sleep(1)


def _first_product() -> int:
    from tests.projects.gifts.models import Product

    return int(Product.objects.order_by("pk").values_list("pk", flat=True)[0])

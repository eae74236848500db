"""What a block adds to a page, in time, queries and memory.

Two synthetic shops with Zipf-distributed demand, one of 4,600 products and one of
100,000 with two million interactions, on the database of ``DATABASE_URL`` (SQLite if
none). The time is that of the whole tag: context, history, candidates, catalog,
reasons, HTML. Models are neighbor tables of 100 neighbors an item, as training makes
them; visitors are drawn by their activity, so that long histories come often.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOPS = {"4600": (4_600, 200_000), "100k": (100_000, 2_000_000)}
NEIGHBORS = 100
CATEGORIES = 60
DAYS = 180
EVENTS_A_VISITOR = 12
ROWS_A_STATEMENT = 20_000
WARM_UP = 30
RENDERED = 400
COUNTED = 40
WORKERS = 8
SERVED_BY_WORKER = 200
KINDS = np.array(["view", "add_to_cart", "purchase"])
SHARES = [0.85, 0.08, 0.07]
WEIGHTS = {"view": 1.0, "add_to_cart": 3.0, "purchase": 5.0}
PAGES = {
    "for_you": '{% recommendations "home-for-you" %}',
    "also_viewed": '{% recommendations "product-also-viewed" product=product %}',
    "together": '{% recommendations "basket-bought-together" basket=basket %}',
}


@dataclass
class Shop:
    products: int
    ids: list[str]
    popularity: np.ndarray
    busy: np.ndarray
    """Visitor numbers, as often as each was active."""
    rng: np.random.Generator


def run(console: Any = None) -> dict[str, Any]:
    """Measure both shops and the workers of the larger one."""
    metrics: dict[str, float] = {}
    with _database():
        for name, (products, interactions) in SHOPS.items():
            _say(console, f"building a shop of {products:,} products")
            shop, artifact_mb = _build(products, interactions)
            _say(console, f"rendering {RENDERED} blocks of each page")
            metrics |= {f"{key}_{name}": v for key, v in _measure(shop).items()}
        _say(console, f"forking {WORKERS} workers")
        metrics |= _memory(artifact_mb)
    return {
        "benchmark": "serving",
        "protocol": (
            f"{RENDERED} renderings of a tag on each of {len(PAGES)} pages, known"
            f" visitors drawn by activity, one process, database {_vendor()};"
            f" {SHOPS['4600'][0]:,} products with {SHOPS['4600'][1]:,} interactions and"
            f" {SHOPS['100k'][0]:,} with {SHOPS['100k'][1]:,}; {WORKERS} forked workers"
            " that share the mapped models; targets: p95 10 ms, 3 queries, models + 60"
            " MB a worker"
        ),
        "systems": [{"system": "ours", "metrics": metrics}],
    }


# Building


def _build(products: int, interactions: int) -> tuple[Shop, float]:
    rng = np.random.default_rng(7)
    _empty()
    ids = _products(products)
    popularity = 1 / np.arange(1, products + 1) ** 0.9
    popularity = rng.permutation(popularity / popularity.sum())
    busy = _interactions(rng, ids, popularity, interactions)
    size = _models(rng, ids, popularity)
    return Shop(products, ids, popularity, busy, rng), size


def _empty() -> None:
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)


def _products(count: int) -> list[str]:
    from tests.projects.gifts.models import Category, Product

    rooms = [Category.objects.create(name=f"Room {n}") for n in range(CATEGORIES)]
    Product.objects.bulk_create(
        (
            Product(
                name=f"Gift number {n}",
                description="A gift.",
                price=1 + n % 90,
                category=rooms[n % CATEGORIES],
                # Some are always sold out, as in a real shop.
                stock=0 if n % 11 == 0 else 5,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )
    return [
        str(pk) for pk in Product.objects.order_by("pk").values_list("pk", flat=True)
    ]


def _key(visitor: int) -> str:
    return f"bench-{visitor:037d}"


def _interactions(
    rng: np.random.Generator, ids: list[str], popularity: np.ndarray, count: int
) -> np.ndarray:
    visitors = count // EVENTS_A_VISITOR
    activity = 1 / np.arange(1, visitors + 1) ** 0.7
    who = rng.choice(visitors, size=count, p=activity / activity.sum())
    what = rng.choice(len(ids), size=count, p=popularity)
    kind = rng.choice(KINDS, size=count, p=SHARES)
    ages = rng.uniform(0, DAYS * 86400, size=count).astype(np.int64)
    times = np.datetime64("now", "s") - ages
    _insert(
        "shop_personalize_visitor",
        ("id", "key", "kind", "is_bot", "is_erased", "site", "first_seen"),
        visitors,
        lambda at: (
            at + 1,
            _key(at),
            "guest",
            False,
            False,
            "",
            "2026-01-01 00:00:00+00:00",
        ),
    )
    texts = np.char.replace(np.datetime_as_string(times), "T", " ")
    columns = (
        "event_id visitor_id kind item_id quantity currency order_id rid flag source"
        " site context occurred_at received_at"
    )
    _insert(
        "shop_personalize_interaction",
        tuple(columns.split()),
        count,
        lambda at: (
            f"{at:032x}",
            int(who[at]) + 1,
            str(kind[at]),
            ids[what[at]],
            "1",
            "",
            "",
            "",
            "",
            "native",
            "",
            "{}",
            f"{texts[at]}+00:00",
            f"{texts[at]}+00:00",
        ),
    )
    return who


def _insert(
    table: str, columns: tuple[str, ...], count: int, row: Callable[[int], tuple]
) -> None:
    from django.db import connection, transaction

    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    for start in range(0, count, ROWS_A_STATEMENT):
        rows = [row(at) for at in range(start, min(count, start + ROWS_A_STATEMENT))]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def _models(rng: np.random.Generator, ids: list[str], popularity: np.ndarray) -> float:
    """Neighbor tables and a ranking, published; their size in MB."""
    from shop_personalize.ml.data import IdMap
    from shop_personalize.ml.knowledge import Ranking

    id_map = IdMap.of(ids)
    decays = dict.fromkeys(WEIGHTS, 30.0)
    history = {"context": "history", "kinds": WEIGHTS, "decay_days": decays}
    neighbors = _neighbors(rng, id_map.codes(ids), popularity)
    best = np.argsort(-popularity)[:2000]
    ranking = Ranking(
        groups=np.array([b""], dtype="S"),
        indptr=np.array([0, len(best)]),
        items=id_map.codes([ids[n] for n in best]).astype(np.int32),
        scores=popularity[best].astype(np.float32),
    )
    return sum(
        _publish(slug, id_map, knowledge, config)
        for slug, knowledge, config in (
            ("popular", ranking, {"context": "none"}),
            ("for_you", neighbors, history),
            ("also_viewed", neighbors, {"context": "product", "of": "viewed"}),
            ("bought_together", neighbors, {"context": "basket", "of": "together"}),
        )
    )


def _neighbors(
    rng: np.random.Generator, codes: np.ndarray, popularity: np.ndarray
) -> Any:
    from shop_personalize.ml.knowledge import ItemNeighbors

    n = len(codes)
    chosen = rng.choice(n, size=n * NEIGHBORS, p=popularity)
    scores = np.sort(rng.random((n, NEIGHBORS)).astype(np.float32), axis=1)[:, ::-1]
    return ItemNeighbors(
        indptr=np.arange(0, n * NEIGHBORS + 1, NEIGHBORS),
        indices=codes[chosen].astype(np.int32),
        data=np.ascontiguousarray(scores).ravel(),
        support=np.full(n * NEIGHBORS, 9, np.int32),
    )


def _publish(slug: str, ids: Any, knowledge: Any, config: dict[str, Any]) -> float:
    from shop_personalize import artifacts
    from shop_personalize.models import ModelVersion, Recommender

    stored = artifacts.write(
        knowledge=knowledge, ids=ids, query_config=config, meta={"of": slug}
    )
    recommender = Recommender.objects.get(slug=slug)
    recommender.live_version = ModelVersion.objects.create(
        recommender=recommender, number=1, status="live", artifact=stored.digest
    )
    recommender.save()
    return stored.size_bytes / 1e6


# Measuring


def _measure(shop: Shop) -> dict[str, float]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    found: dict[str, float] = {}
    for page, source in PAGES.items():
        render = _renderer(shop, source)
        for _ in range(WARM_UP):
            render(nullcontext())
        took = [render(nullcontext()) for _ in range(RENDERED)]
        wall, processor = np.array(took).T * 1000
        captured = [CaptureQueriesContext(connection) for _ in range(COUNTED)]
        for each in captured:
            render(each)
        counts = [len(each) for each in captured]
        found[f"{page}_p50_ms"] = round(float(np.percentile(wall, 50)), 2)
        found[f"{page}_p95_ms"] = round(float(np.percentile(wall, 95)), 2)
        found[f"{page}_cpu_p95_ms"] = round(float(np.percentile(processor, 95)), 2)
        found[f"{page}_queries"] = max(counts)
    return found


def _renderer(shop: Shop, source: str) -> Callable[[Any], tuple[float, float]]:
    """A call that renders the tag for some visitor and returns (wall, CPU) seconds.

    What it is given surrounds the rendering alone, not what the shop does itself.
    """
    from django.template import Context, Template
    from django.test import RequestFactory

    from tests.projects.gifts.models import Product

    template = Template("{% load personalize %}" + source)
    factory = RequestFactory()

    def render(around: Any) -> tuple[float, float]:
        at = shop.rng.choice(shop.products, size=4, p=shop.popularity)
        wanted = [shop.ids[n] for n in at]
        known = Product.objects.select_related("category").in_bulk(map(int, wanted))
        product, *basket = [known[int(each)] for each in wanted]
        request = factory.get("/")
        request.personalize = _Known(_key(int(shop.rng.choice(shop.busy))))  # type: ignore[attr-defined]
        facts = {"request": request, "product": product, "basket": basket}
        context = Context(facts)
        with around:
            began, spent = time.perf_counter(), time.thread_time()
            html = template.render(context)
            took = time.perf_counter() - began, time.thread_time() - spent
        if html.count("sp-card") < 6:
            raise RuntimeError(f"the block is not full: {html[:300]}")
        return took

    return render


class _Known:
    """What the middleware would say of a visitor who was here before."""

    consent, site, is_new, is_bot = "full", "", False, False

    def __init__(self, key: str) -> None:
        self.visitor_key = key


# Memory


def _memory(artifact_mb: float) -> dict[str, float]:
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


def _serve_in_workers() -> None:
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


def _say(console: Any, text: str) -> None:
    if console is not None:
        console.line(text)


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


@contextmanager
def _database() -> Iterator[None]:
    """A database of the benchmark's own beside the one that is configured."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    connection.settings_dict["TEST"]["MIGRATE"] = False
    connection.settings_dict["CONN_MAX_AGE"] = None
    held = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(held, verbosity=0)


if __name__ == "__main__":
    _serve_in_workers()

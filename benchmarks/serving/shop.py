"""A synthetic shop with Zipf-distributed demand, its visitors and its models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

NEIGHBORS = 100
CATEGORIES = 60
DAYS = 180
EVENTS_A_VISITOR = 12
ROWS_A_STATEMENT = 20_000
KINDS = np.array(["view", "add_to_cart", "purchase"])
SHARES = [0.85, 0.08, 0.07]
WEIGHTS = {"view": 1.0, "add_to_cart": 3.0, "purchase": 5.0}


@dataclass
class Shop:
    products: int
    ids: list[str]
    popularity: np.ndarray
    busy: np.ndarray
    """Visitor numbers, as often as each was active."""
    rng: np.random.Generator


def build(products: int, interactions: int) -> tuple[Shop, float]:
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


def key_of(visitor: int) -> str:
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
            key_of(at),
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

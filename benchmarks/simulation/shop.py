"""The shop of the simulation: products, one model, accounts, and a clock of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import numpy as np
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from benchmarks.simulation.people import DAYS, WITH_ACCOUNT, Person
from shop_personalize import artifacts
from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import Ranking
from shop_personalize.models import (
    Block,
    BlockDay,
    Checkpoint,
    Interaction,
    ModelVersion,
    OrderVisitor,
    Recommender,
    TrialDay,
    Visitor,
    VisitorDay,
)
from tests.projects.gifts.models import Order, OrderItem, Product

START = datetime(2026, 3, 2, tzinfo=UTC)
FIRST, LAST = START.date(), START.date() + timedelta(days=DAYS - 1)
PRODUCTS = 40
PASSWORD = "pass"
FACTS = (
    OrderItem,
    Order,
    Product,
    OrderVisitor,
    Interaction,
    VisitorDay,
    BlockDay,
    TrialDay,
    Checkpoint,
    ModelVersion,
    Visitor,
)
NOTHING_BARRED = {
    "exclude_purchased": False,
    "exclude_basket": False,
    "exploration": 0.0,
    "rotation": 0.0,
}


class Clock:
    """Time stands where it is set."""

    def __init__(self) -> None:
        self.at = START

    def set(self, seconds: int) -> datetime:
        self.at = START + timedelta(seconds=seconds)
        return self.at

    def now(self) -> datetime:
        return self.at

    def time(self) -> float:
        return self.at.timestamp()


@contextmanager
def clock() -> Iterator[Clock]:
    made = Clock()
    with (
        mock.patch("django.utils.timezone.now", made.now),
        mock.patch("time.time", made.time),
    ):
        yield made


def prices() -> list[int]:
    return [5 + 7 * n % 60 for n in range(PRODUCTS)]


def open_shop(share: float, people: Iterable[Person]) -> None:
    """Products with the keys 1 … in the order of their popularity, and accounts."""
    Product.objects.bulk_create(
        Product(pk=n + 1, name=f"Gift {n + 1}", price=price, stock=10**6)
        for n, price in enumerate(prices())
    )
    _publish()
    Block.objects.update(**NOTHING_BARRED)
    account, secret = get_user_model(), make_password(PASSWORD)
    account._default_manager.bulk_create(
        account(pk=number + 1, username=f"u{number}", password=secret)
        for person in people
        if person.kind in WITH_ACCOUNT
        for number in (person.browsers[0].person,)
    )
    # Since when the share is the same, as a first rollup on the first day would say.
    Checkpoint.objects.update_or_create(
        name="holdout",
        defaults={"state": {"share": share, "since": FIRST.isoformat()}},
    )


def item_id(item: int) -> str:
    return str(item + 1)


def day_of(at: int) -> date:
    return (START + timedelta(seconds=at)).date()


def _publish() -> None:
    ids = IdMap.of(item_id(n) for n in range(PRODUCTS))
    codes = ids.codes([item_id(n) for n in range(PRODUCTS)])
    ranking = Ranking(
        groups=np.array([b""], dtype="S"),
        indptr=np.array([0, PRODUCTS], np.int64),
        items=codes.astype(np.int32),
        scores=np.linspace(1, 0.1, PRODUCTS).astype(np.float32),
    )
    stored = artifacts.write(
        knowledge=ranking, ids=ids, query_config={"context": "none"}, meta={}
    )
    recommender = Recommender.objects.get(slug="popular")
    recommender.live_version = ModelVersion.objects.create(
        recommender=recommender,
        number=1,
        status="live",
        artifact=stored.digest,
        items=PRODUCTS,
    )
    recommender.save(update_fields=["live_version"])


def emptied() -> None:
    """As before the shop was opened."""
    Recommender.objects.update(live_version=None)
    for model in (*FACTS, get_user_model()):
        rows = model._base_manager.all()
        rows._raw_delete(rows.db)

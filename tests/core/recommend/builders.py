"""A gift shop with models made by hand, so that every answer is known beforehand."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from shop_personalize import artifacts
from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import ItemNeighbors, Knowledge, Ranking
from shop_personalize.models import Interaction, ModelVersion, Recommender, Visitor
from tests.projects.gifts.models import Category, Product

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_CONTEXT = {"context": "none"}
PRODUCT_CONTEXT = {"context": "product"}
BASKET_CONTEXT = {"context": "basket"}
HISTORY_CONTEXT = {
    "context": "history",
    "kinds": {"view": 1.0, "add_to_cart": 2.0, "purchase": 3.0},
    "decay_days": 30.0,
}


def products(count: int = 12) -> list[Product]:
    """``Gift 1`` … in two categories, odd ones are mugs."""
    mugs = Category.objects.create(name="Mugs")
    bags = Category.objects.create(name="Bags")
    return [
        Product.objects.create(
            name=f"Gift {n}",
            price=Decimal(n),
            category=mugs if n % 2 else bags,
        )
        for n in range(1, count + 1)
    ]


def ranking(
    ids: IdMap, ordered: Sequence[Product], **groups: Sequence[Product]
) -> Ranking:
    named = {"": ordered, **groups}
    names = sorted(named)
    codes = [ids.codes([str(p.pk) for p in named[name]]) for name in names]
    sizes = [len(each) for each in codes]
    scores = [np.linspace(1, 0.1, size) for size in sizes]
    return Ranking(
        groups=np.array([name.encode() for name in names], dtype="S"),
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        items=np.concatenate(codes).astype(np.int32),
        scores=np.concatenate(scores).astype(np.float32),
    )


def neighbors(ids: IdMap, edges: Mapping[Product, Sequence[Product]]) -> ItemNeighbors:
    rows = {int(ids.codes([str(p.pk)])[0]): near for p, near in edges.items()}
    indices: list[int] = []
    data: list[float] = []
    indptr = [0]
    for code in range(len(ids)):
        near = rows.get(code, ())
        indices += [int(c) for c in ids.codes([str(p.pk) for p in near])]
        data += [1.0 / (at + 1) for at in range(len(near))]
        indptr.append(len(indices))
    return ItemNeighbors(
        indptr=np.array(indptr, np.int64),
        indices=np.array(indices, np.int32),
        data=np.array(data, np.float32),
        support=np.full(len(indices), 9, np.int32),
    )


def id_map(given: Sequence[Product]) -> IdMap:
    return IdMap.of(str(product.pk) for product in given)


def publish(
    slug: str, ids: IdMap, knowledge: Knowledge, config: dict[str, Any]
) -> ModelVersion:
    """Make ``knowledge`` the live version of a recommender."""
    stored = artifacts.write(
        knowledge=knowledge, ids=ids, query_config=config, meta={"of": slug}
    )
    recommender = Recommender.objects.get(slug=slug)
    version = ModelVersion.objects.create(
        recommender=recommender,
        number=recommender.versions.count() + 1,
        status="live",
        artifact=stored.digest,
        items=len(ids),
    )
    recommender.live_version = version
    recommender.save(update_fields=["live_version"])
    return version


def popular(given: Sequence[Product], ids: IdMap | None = None) -> ModelVersion:
    ids = ids or id_map(given)
    return publish("popular", ids, ranking(ids, given), NO_CONTEXT)


def did(
    key: str, kind: str, *done: Product, days_ago: float = 0.0, quantity: int = 1
) -> None:
    """The visitor did ``kind`` with each product, the last one latest."""
    visitor, _ = Visitor.objects.get_or_create(key=key)
    start = timezone.now() - timedelta(days=days_ago, minutes=len(done))
    Interaction.objects.bulk_create(
        Interaction(
            event_id=uuid.uuid4(),
            visitor=visitor,
            kind=kind,
            item_id=str(product.pk),
            quantity=quantity,
            occurred_at=start + timedelta(minutes=at),
            received_at=timezone.now(),
        )
        for at, product in enumerate(done)
    )

"""A shop with a bit of everything the admin shows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from shop_personalize.models import (
    Block,
    BlockDay,
    Interaction,
    ModelVersion,
    QuarantinedEvent,
    Recommender,
    TrainingJob,
    Visitor,
)
from shop_personalize.models.visitor import visitor_key
from tests.people import admin, boss, staff  # noqa: F401
from tests.projects.gifts.models import Category, Product

METRICS = {"ndcg@10": 0.15, "recall@10": 0.09, "gini": 0.6, "cases": 1278}
BASELINE = {"ndcg@10": 0.1, "recall@10": 0.1, "gini": 0.8}


def interaction(visitor: Visitor, kind: str, item: str, **fields: Any) -> Interaction:
    now = timezone.now()
    given = {"occurred_at": now, "received_at": now, "event_id": uuid.uuid4(), **fields}
    return Interaction.objects.create(visitor=visitor, kind=kind, item_id=item, **given)


@pytest.fixture
def shop(boss: Any) -> SimpleNamespace:  # noqa: F811
    mugs = Category.objects.create(name="Mugs")
    products = [
        Product.objects.create(name=f"Mug {k}", price=k, category=mugs)
        for k in range(1, 7)
    ]
    customer = get_user_model().objects.create_user("ann")
    visitor = Visitor.objects.create(key=visitor_key("user", customer.pk), kind="user")
    guest = Visitor.objects.create(key="guestguest" + "x" * 33)
    for product in products[:3]:
        interaction(visitor, "view", str(product.pk))
    interaction(guest, "view", str(products[0].pk), flag="bot")
    recommender = Recommender.objects.get(slug="for_you")
    job = TrainingJob.objects.create(
        recommender=recommender,
        state="running",
        started_at=timezone.now() - timedelta(seconds=30),
        progress=0.25,
        stage="counting pairs",
        log="12:00:00 started\n12:00:01 <b>counting</b>",
        requested_by=boss,
    )
    old, live, new = (
        ModelVersion.objects.create(
            recommender=recommender,
            number=number,
            status=status,
            artifact=f"digest{number}",
            metrics={**METRICS, "ndcg@10": ndcg},
            baseline=BASELINE,
            items=4000 + number,
            interactions=1000 * number,
            published_at=timezone.now(),
        )
        for number, status, ndcg in (
            (1, "retired", 0.12),
            (2, "live", 0.15),
            (3, "candidate", 0.16),
        )
    )
    Recommender.objects.filter(pk=recommender.pk).update(
        live_version=live, last_trained_at=timezone.now()
    )
    today = timezone.localdate()
    for days, shown, clicked, revenue in (
        (0, 200, 20, 120),
        (1, 100, 4, 80),
        (30, 50, 5, 100),
    ):
        BlockDay.objects.create(
            block="home-for-you",
            recommender="for_you",
            day=today - timedelta(days=days),
            seen=shown,
            clicked=clicked,
            carted=clicked // 2,
            bought=clicked // 4,
            revenue=Decimal(revenue),
            currency="GBP",
        )
    refused = QuarantinedEvent.objects.create(
        reason="too_old", detail="2001", payload="{}", received_at=timezone.now()
    )
    return SimpleNamespace(
        products=products,
        customer=customer,
        visitor=visitor,
        guest=guest,
        recommender=Recommender.objects.get(pk=recommender.pk),
        job=job,
        old=old,
        live=live,
        new=new,
        refused=refused,
        interaction=Interaction.objects.filter(visitor=visitor).first(),
        block=Block.objects.get(slug="home-for-you"),
    )

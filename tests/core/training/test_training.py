from __future__ import annotations

import numpy as np
import pytest

from shop_personalize import artifacts
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.training import jobs
from tests.core.training import shop

pytestmark = pytest.mark.django_db


def train(slug: str, **options: object) -> TrainingJob:
    recommender = Recommender.objects.get(slug=slug)
    job = jobs.enqueue(recommender=recommender, options={"tune": False, **options})
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_orders_become_a_live_model() -> None:
    items = shop.pairs()
    job = train("also_bought")
    assert (job.state, job.error, job.progress) == ("succeeded", "", 1.0)
    version = ModelVersion.objects.get()
    assert (version.status, version.number, version.items) == ("live", 1, 12)
    recommender = Recommender.objects.select_related("live_version").get(
        slug="also_bought"
    )
    artifact = artifacts.live(recommender)
    assert artifact is not None
    assert artifact.ids.texts(range(12)) == sorted(items)
    code = int(artifact.ids.codes([items[0]])[0])
    best = int(np.asarray(artifact.knowledge.row(code)[0])[0])
    assert artifact.ids.texts([best]) == [items[1]]

"""From a rating somebody gave to what they are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_personalize import artifacts
from shop_personalize.ml.serving import answer
from shop_personalize.models import Interaction, Recommender, Visitor
from shop_personalize.recommend.history import load_history
from tests.core.training import shop
from tests.core.training.test_training import train

pytestmark = pytest.mark.django_db


def rated(visitor: Visitor, item: str, stars: str, days_ago: float) -> Interaction:
    given = shop.event(visitor, item, kind="rating", days_ago=days_ago)
    given.value = Decimal(stars)
    return given


def test_ratings_become_what_a_visitor_would_rate_highest() -> None:
    items = shop.products(8)
    everyone = shop.visitors(100)
    Interaction.objects.bulk_create(
        rated(visitor, item, "5" if at % 2 == place % 2 else "1", 40.0 - place)
        for at, visitor in enumerate(everyone)
        for place, item in enumerate(items)
        if (at + place) % 3
    )
    job = train("rated_for_you")
    assert (job.state, job.error) == ("succeeded", "")
    live = Recommender.objects.select_related("live_version").get(slug="rated_for_you")
    artifact = artifacts.live(live)
    assert artifact is not None

    [guest] = shop.visitors(1)
    rated(guest, items[0], "1", 2.0).save()
    rated(guest, items[0], "4.5", 1.0).save()
    shop.event(guest, items[3], kind="view").save()
    history = load_history(guest.key).coded(artifact.ids)
    assert history.values[
        history.codes == artifact.ids.codes([items[0]])[0]
    ].tolist() == [
        4.5,
        1.0,
    ]
    found = answer(
        artifact.knowledge,
        artifact.query_config,
        artifact.extras,
        history=history,
        n=4,
    )
    assert set(artifact.ids.texts(found.items)) == set(items[::2])

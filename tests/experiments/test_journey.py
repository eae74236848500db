"""From a plan to the answer, with visitors that come through real requests."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from shop_personalize.api.throttles import counter
from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.attribution.rollup import rollup
from shop_personalize.capture.identity import SALT
from shop_personalize.experiments import selectors, services
from shop_personalize.models import Trial, TrialDay, Visitor
from shop_personalize.models.visitor import visitor_key
from tests.core.attribution.events import bought
from tests.core.recommend import builders
from tests.experiments.builders import planned

pytestmark = pytest.mark.django_db
VISITORS = 60


@pytest.fixture(autouse=True)
def _no_counts() -> None:
    counter._counts.clear()


def came(name: str) -> tuple[str, dict[str, Any]]:
    """A visitor asks for the block and looks at it; the letter of the variant."""
    client = Client()
    client.cookies["sp_vid"] = Signer(salt=SALT).sign(name)
    answer = client.get("/personalize/recommendations/?block=home-for-you").json()
    shown = [
        {
            "kind": "rec_view",
            "rid": item.get("rid") or answer["rid"],
            "item": item["id"],
        }
        for item in answer["items"]
    ]
    posted = client.post(
        "/personalize/events/", json.dumps(shown), content_type="application/json"
    )
    assert posted.status_code == 202, posted.content
    return answer["variant"], answer


def test_visitors_are_split_counted_and_judged() -> None:
    builders.popular(builders.products())
    arms = [{"name": "Eight"}, {"name": "Four", "changes": {"limit": 4}}]
    experiment = services.start(planned(arms=arms))
    seen = {f"guest-{n}": came(f"guest-{n}") for n in range(VISITORS)}
    for name, (variant, answer) in seen.items():
        assert len(answer["items"]) == (4 if variant == "variety:b" else 8)
        assert came(name)[0] == variant
        if variant == "variety:b":
            who = Visitor.objects.get(key=visitor_key("guest", name))
            bought(who, timezone.now(), f"order-{name}", item_id="1")
    letters = [variant for variant, _answer in seen.values()]
    split = (letters.count("variety:a"), letters.count("variety:b"))
    assert sum(split) == VISITORS
    assert min(split) > 10
    rollup(timezone.now() - timedelta(days=1))
    roll_up_trials(timezone.localdate())
    found = selectors.result(experiment)
    assert found.primary.units == split
    assert found.primary.means == (0.0, 5.25)
    assert found.currency == "GBP"
    assert found.ratio_p is not None
    assert not found.is_uneven
    services.stop(experiment)
    assert came("guest-0")[0] == ""
    assert TrialDay.objects.filter(trial="variety").exists()
    assert not Trial.objects.get().is_running

"""Pages through Django's test client, as a member of staff gets them."""

from __future__ import annotations

import time
from datetime import timedelta

from django.test import Client
from django.urls import reverse

TIMES = 5
CORE = (
    "overview",
    "interaction_health",
    "interaction_tail",
    "interaction_changelist",
    "visitor_changelist",
    "block_changelist",
    "recommender_changelist",
)


def measure() -> dict[str, float]:
    """The slowest of ``TIMES`` answers of each page, in seconds."""
    from django.contrib.auth import get_user_model

    from shop_personalize.insight.services.renewal import EVERY, NAME
    from shop_personalize.training.periodic import every

    users = get_user_model().objects
    boss = users.filter(username="boss").first()
    client = Client(raise_request_exception=True)
    client.force_login(boss or users.create_superuser("boss", "b@example.com", "pw"))
    every(NAME, timedelta(0), lambda: None)  # the schedule has just done its work
    assert timedelta(minutes=10) < EVERY
    return {name: _slowest(client, url) for name, url in _urls().items()}


def _urls() -> dict[str, str]:
    from shop_personalize.insight.admin.pages import address
    from shop_personalize.insight.admin.reports import REPORTS
    from shop_personalize.insight.selectors.period import LENGTHS

    prefix = "admin:shop_personalize_"
    return {
        "reports": reverse(f"{prefix}insight_reports"),
        **{f"{r} {d} days": address(r, d) for r in REPORTS for d in LENGTHS},
        **{f"core: {name}": reverse(prefix + name) for name in CORE},
    }


def _slowest(client: Client, url: str) -> float:
    took = []
    for _again in range(TIMES):
        began = time.perf_counter()
        response = client.get(url)
        took.append(time.perf_counter() - began)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
    return round(max(took), 3)

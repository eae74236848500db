from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from tests.pricing.builders import COSTS, cost, written


@pytest.fixture(autouse=True)
def shop(settings: Any) -> Iterator[None]:
    """The test shop in pounds, with a cost, and a function that takes over prices."""
    given = settings.SHOP_PERSONALIZE
    catalog = {**given["CATALOG"], "currency": "=GBP", "cost": cost}
    settings.SHOP_PERSONALIZE = {
        **given,
        "CATALOG": catalog,
        "PRICING": {"apply": written},
    }
    COSTS.clear()
    yield
    COSTS.clear()


@pytest.fixture
def pricing(settings: Any) -> Any:
    """Sets keys of the slice's settings."""

    def change(**given: Any) -> None:
        own = settings.SHOP_PERSONALIZE
        settings.SHOP_PERSONALIZE = {**own, "PRICING": {**own["PRICING"], **given}}

    return change


@pytest.fixture
def boss(db: Any) -> Any:
    return get_user_model().objects.create_superuser("boss", "boss@example.com", "pw")


@pytest.fixture
def admin(boss: Any) -> Client:
    client = Client()
    client.force_login(boss)
    return client


@pytest.fixture
def staff(db: Any) -> Any:
    """A client of a staff member with exactly the permissions named."""

    def make(*codenames: str) -> Client:
        user = get_user_model().objects.create_user("staff", is_staff=True)
        found = Permission.objects.filter(
            content_type__app_label="shop_personalize_pricing", codename__in=codenames
        )
        assert found.count() == len(codenames)
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user)
        return client

    return make

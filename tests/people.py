"""Staff who log in to the admin, for the ``conftest`` of whoever needs them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


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
    """Make a client of a staff member with exactly the permissions named."""

    def make(*codenames: str) -> Client:
        user = get_user_model().objects.create_user("staff", is_staff=True)
        found = Permission.objects.filter(
            content_type__app_label__startswith="shop_personalize",
            codename__in=codenames,
        )
        assert found.count() == len(codenames)
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user)
        return client

    return make

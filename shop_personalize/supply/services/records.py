"""Who did what, in the admin's own history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize import deeds

if TYPE_CHECKING:
    from django.db.models import Model


def log(row: Model, message: str, *, user: Any) -> None:
    """A line of history; what went by itself, without a user, leaves none."""
    if user is not None:
        deeds.log(row, message, user=user)

from __future__ import annotations

from typing import Any

from django.forms import Media

APP = "shop_personalize_supply"


class SupplyMedia:
    """The style of the slice, over that of the core."""

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": (f"{APP}/supply.css",)}
        return super().media + Media(css=style)  # type: ignore[misc]

"""Where the slice is found: its pages in the admin, and its calls by HTTP."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

APP = "shop_personalize_supply"


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:{APP}_{name}", args=args)


def api(name: str, *args: Any) -> str:
    return reverse(f"{APP}:{name}", args=args)

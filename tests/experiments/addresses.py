"""Where experiments are found in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:shop_personalize_experiments_experiment_{name}", args=args)

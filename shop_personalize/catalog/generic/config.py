"""From the shop's settings, with guesses under them, to compiled specs."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

CATALOG_KEYS = (
    "model",
    "adapter",
    "title",
    "text",
    "image",
    "price",
    "price_scale",
    "currency",
    "category",
    "brand",
    "attributes",
    "stock",
    "cost",
    "parent",
    "visible",
    "available",
    "created",
    "updated",
    "url",
    "keys",
    "site",
)
ORDERS_KEYS = (
    "model",
    "adapter",
    "order",
    "key",
    "product",
    "product_key",
    "variant",
    "quantity",
    "unit_price",
    "line_total",
    "price_scale",
    "currency",
    "user",
    "email",
    "placed_at",
    "updated",
    "counted",
    "cancelled",
    "refunded",
    "site",
)


def model_of(name: Any) -> type[Model]:
    """The model a setting names as ``app.Model``."""
    if isinstance(name, type) and issubclass(name, Model):
        return name
    try:
        return apps.get_model(str(name))
    except (LookupError, ValueError) as error:
        raise ImproperlyConfigured(f"There is no model {name!r}: {error}") from error


def merged(guessed: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the shop says wins; ``None`` switches a guess off."""
    return {**guessed, **given}

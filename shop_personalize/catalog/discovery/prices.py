"""What a shop takes for a product, and what it pays for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from shop_personalize.catalog.discovery.guess import (
    LIKELY,
    NUMBERS,
    SURE,
    TEXTS,
    Guess,
    backward,
    kind,
    named,
)
from shop_personalize.catalog.discovery.product_words import (
    CENTS,
    COST,
    MONEY_CODE,
    PRICE,
)


def guess_price(model: type[models.Model]) -> dict[str, Guess | None]:
    found = _price_here(model)
    if found is None:
        found = _price_of_related(model)
    if not found:
        return {}
    owner, prefix, field = found
    path = prefix + field.name
    code = named(owner, MONEY_CODE, TEXTS) or named(
        owner, [f"{field.name}_currency"], TEXTS
    )
    cents = field.name.lower() in CENTS or field.name.lower().endswith("_cents")
    kinds = f"a {kind(field)} in {owner._meta.label}"
    return {
        "price": Guess(path, SURE if not prefix else LIKELY, kinds),
        "price_scale": Guess(100, LIKELY, "its name says cents") if cents else None,
        "currency": Guess(prefix + code.name, SURE, "a field of that name")
        if code
        else _money_code(),
    }


def _price_here(
    model: type[models.Model],
) -> tuple[type[models.Model], str, Any] | None:
    field = named(model, PRICE, (*NUMBERS, models.CharField)) or named(
        model, CENTS, NUMBERS
    )
    if field is None:
        field = next((f for f in _numbers(model) if "price" in f.name.lower()), None)
    return (model, "", field) if field is not None else None


def _numbers(model: type[models.Model]) -> list[Any]:
    return [
        f
        for f in model._meta.concrete_fields
        if isinstance(f, (*NUMBERS, models.CharField))
        and not f.primary_key
        and not f.is_relation
    ]


def _price_of_related(
    model: type[models.Model],
) -> tuple[type[models.Model], str, Any] | None:
    """Prices kept with variants, stock records or price lists of the product."""
    for name, related in backward(model):
        if is_line(related):
            continue
        found = _price_here(related)
        if found:
            return related, f"{name}__", found[2]
    return None


def is_line(model: type[models.Model]) -> bool:
    """Lines of orders and baskets have prices too, but not the product's."""
    words = ("order", "cart", "basket", "invoice", "purchase", "wish", "line")
    return any(word in model.__name__.lower() for word in words)


def _money_code() -> Guess | None:
    for name in (
        "DEFAULT_CURRENCY",
        "SHOP_CURRENCY",
        "SHOP_DEFAULT_CURRENCY",
        "CURRENCY",
    ):
        code = getattr(settings, name, None)
        if isinstance(code, str) and len(code) == 3:
            return Guess(f"={code.upper()}", LIKELY, f"settings.{name}")
    return None


def guess_cost(model: type[models.Model]) -> Guess | None:
    """What a unit costs the shop; a lone field called “cost” is its price."""
    field = named(model, COST, (*NUMBERS, models.CharField))
    price = _price_here(model)
    if field is None or (price is not None and price[2] is field):
        return None
    return Guess(field.name, LIKELY, f"a {kind(field)} of that name")

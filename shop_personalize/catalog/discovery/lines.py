"""What the fields of an order line, and of the order behind it, most likely are."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from shop_personalize.catalog.discovery.guess import (
    DATES,
    LIKELY,
    MAYBE,
    NUMBERS,
    SURE,
    TEXTS,
    Guess,
    choices_like,
    forward,
    many,
    named,
)
from shop_personalize.catalog.discovery.line_words import (
    BUYER,
    CANCELLED,
    EMAIL,
    GOOD,
    LINE_TOTAL,
    ORDER,
    PAID,
    PLACED,
    PRODUCT,
    PRODUCT_TEXT,
    REFUNDED,
    STATUS,
    UNIT_PRICE,
)
from shop_personalize.catalog.discovery.models import QUANTITY
from shop_personalize.catalog.discovery.product_words import MONEY_CODE, UPDATED


def guess_orders(
    model: type[models.Model], product: type[models.Model] | None = None
) -> dict[str, Guess]:
    """A value for every key of ``ORDERS`` that has one; paths start at the line."""
    order = _order(model)
    behind = _behind(model, order)
    price = _first([(model, "")], UNIT_PRICE, (*NUMBERS, models.CharField))
    guesses = {
        "order": order,
        **_product(model, product),
        "quantity": _first([(model, "")], QUANTITY, (*NUMBERS, models.CharField)),
        "unit_price": price,
        "line_total": None if price else _first([(model, "")], LINE_TOTAL, NUMBERS),
        "price_scale": _scale(price),
        "currency": _first([(model, ""), *behind], MONEY_CODE, TEXTS),
        "user": _user(model, behind),
        "email": _email(model, behind),
        "placed_at": _first([*behind, (model, "")], PLACED, DATES)
        or _stamp(behind, model),
        "updated": _first(behind, UPDATED, DATES),
        **_states([*behind, (model, "")]),
    }
    return {key: guess for key, guess in guesses.items() if guess is not None}


Places = list[tuple[type[models.Model], str]]


def _order(model: type[models.Model]) -> Guess | None:
    for field in forward(model):
        if field.name.lower() in ORDER:
            return Guess(
                field.name, SURE, f"a key to {field.related_model._meta.label}"
            )
    for field in forward(model):
        if any(word in field.related_model.__name__.lower() for word in ORDER):
            return Guess(
                field.name, LIKELY, f"a key to {field.related_model._meta.label}"
            )
    for name, related in many(model):
        if any(word in related.__name__.lower() for word in ORDER):
            return Guess(name, LIKELY, f"{related._meta.label} has many of these")
    field = named(model, ("order_id", "order_number", "order_no", "order_ref"))
    return Guess(field.name, MAYBE, "a field of that name") if field else None


def _behind(model: type[models.Model], order: Guess | None) -> Places:
    """The order model with the path that leads to it."""
    if order is None:
        return []
    targets = {f.name: f.related_model for f in forward(model)} | dict(many(model))
    target = targets.get(order.value)
    return [(target, f"{order.value}__")] if target else []


def _product(
    model: type[models.Model], product: type[models.Model] | None
) -> dict[str, Guess | None]:
    keys = [
        f for f in forward(model) if product and issubclass(product, f.related_model)
    ]
    if keys:
        return {"product": Guess(keys[0].name, SURE, f"a key to {product._meta.label}")}  # type: ignore[union-attr]
    for field in forward(model):
        inner = [f for f in forward(field.related_model) if f.related_model is product]
        if product and inner and field.name.lower() not in ORDER:
            path = f"{field.name}__{inner[0].name}"
            return {
                "product": Guess(
                    path, LIKELY, f"through {field.related_model._meta.label}"
                ),
                "variant": Guess(field.name, LIKELY, "the variant bought"),
            }
    if product is None and (field := named(model, PRODUCT, models.ForeignKey)):
        return {"product": Guess(field.name, SURE, "a key of that name")}
    return _by_text(model, product)


def _by_text(
    model: type[models.Model], product: type[models.Model] | None
) -> dict[str, Guess | None]:
    """Lines that keep the SKU as text: it matches the product field of that name."""
    text = named(
        model,
        (*PRODUCT_TEXT, *PRODUCT),
        (*TEXTS, models.IntegerField, models.UUIDField),
    )
    if text is None:
        return {}
    words = [
        text.name.lower(),
        text.name.lower().removeprefix("product_"),
        "sku",
        "code",
    ]
    key = named(product, [w for w in words if w != "id"]) if product else None
    return {
        "product": Guess(text.name, LIKELY, "the product as text"),
        "product_key": Guess(
            key.name if key else "pk", LIKELY if key else MAYBE, "what it matches"
        ),
    }


def _first(places: Places, words: tuple[str, ...], types: Any) -> Guess | None:
    for model, prefix in places:
        if field := named(model, words, types):
            return Guess(
                prefix + field.name,
                SURE,
                f"a field of that name in {model._meta.label}",
            )
    return None


def _scale(price: Guess | None) -> Guess | None:
    if price and (price.value.endswith("_cents") or price.value == "unit_amount"):
        return Guess(100, LIKELY, "its name says cents")
    return None


def _user(model: type[models.Model], behind: Places) -> Guess | None:
    account = get_user_model()
    places = [*behind, (model, "")]
    for owner, prefix in places:
        for field in forward(owner):
            if issubclass(account, field.related_model):
                return Guess(
                    prefix + field.name, SURE, f"a key to {account._meta.label}"
                )
    for owner, prefix in places:
        for field in forward(owner):
            inner = [
                f
                for f in forward(field.related_model)
                if issubclass(account, f.related_model)
            ]
            if inner and field.name.lower() in BUYER:
                path = f"{prefix}{field.name}__{inner[0].name}"
                return Guess(path, LIKELY, f"through {field.related_model._meta.label}")
    field = named(behind[0][0], ("user_id",), models.IntegerField) if behind else None
    return (
        Guess(behind[0][1] + field.name, LIKELY, "the number of an account")
        if field
        else None
    )


def _email(model: type[models.Model], behind: Places) -> Guess | None:
    places = [*behind, (model, "")]
    found = _first(places, EMAIL, TEXTS)
    if found:
        return found
    account = get_user_model()
    for owner, prefix in places:
        for field in forward(owner):
            inner = named(field.related_model, EMAIL, TEXTS)
            if (
                inner
                and not issubclass(account, field.related_model)
                and prefix + field.name
            ):
                where = f"in {field.related_model._meta.label}"
                return Guess(f"{prefix}{field.name}__{inner.name}", LIKELY, where)
    return None


def _stamp(behind: Places, model: type[models.Model]) -> Guess | None:
    for owner, prefix in [*behind, (model, "")]:
        for field in owner._meta.concrete_fields:
            if isinstance(field, models.DateField):
                return Guess(prefix + field.name, MAYBE, "the only date there is")
    return None


def _states(places: Places) -> dict[str, Guess | None]:
    states: dict[str, Guess | None] = {}
    for model, prefix in places:
        if field := named(model, PAID, models.BooleanField):
            states.setdefault(
                "counted",
                Guess({prefix + field.name: True}, SURE, "a yes-or-no of that name"),
            )
        for field in filter(None, (named(model, [word]) for word in STATUS)):
            for key, guess in _of_status(field, prefix).items():
                states.setdefault(key, guess)
    return states


def _of_status(field: Any, prefix: str) -> dict[str, Guess]:
    """The choices that mean bought, cancelled, refunded; else the usual words."""
    name = f"{prefix}{field.name}__in"
    words = {"counted": GOOD, "cancelled": CANCELLED, "refunded": REFUNDED}
    if field.choices:
        found = {key: choices_like(field, wanted) for key, wanted in words.items()}
        return {
            k: Guess({name: v}, LIKELY, "choices of such names")
            for k, v in found.items()
            if v
        }
    if not isinstance(field, models.CharField):
        return {}
    usual = {
        "cancelled": ["cancelled", "canceled"],
        "refunded": ["refunded", "returned"],
    }
    return {k: Guess({name: v}, MAYBE, "the usual words") for k, v in usual.items()}

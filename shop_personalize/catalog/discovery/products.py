"""What the fields of a product model most likely are."""

from __future__ import annotations

from typing import Any

from django.db import models

from shop_personalize.catalog.discovery.guess import (
    DATES,
    LIKELY,
    MAYBE,
    SURE,
    TEXTS,
    Guess,
    backward,
    choices_like,
    either,
    forward,
    kind,
    many,
    named,
)
from shop_personalize.catalog.discovery.prices import guess_cost, guess_price, is_line
from shop_personalize.catalog.discovery.product_words import (
    BODY,
    BRAND,
    CATEGORY,
    CREATED,
    GONE,
    HIDDEN,
    KEYS,
    PICTURE,
    PUBLIC,
    SHOWN,
    STOCK,
    TITLE,
    TRAITS,
    UPDATED,
)
from shop_personalize.catalog.paths import self_key

PICTURES = (models.FileField, models.CharField)
NAMED = (models.ForeignKey, models.CharField)


def guess_catalog(model: type[models.Model]) -> dict[str, Guess]:
    """A value for every key of ``CATALOG`` that has one."""
    guesses = {
        "title": either(model, TITLE, TEXTS) or _first_text(model),
        "text": _body(model),
        "image": _picture(model),
        **guess_price(model),
        "category": _category(model),
        "brand": _named_or_related(model, BRAND),
        "attributes": _traits(model),
        "stock": _stock(model),
        "cost": guess_cost(model),
        "parent": _parent(model),
        "visible": _visible(model),
        "available": _available(model),
        "created": either(model, CREATED, DATES) or _stamp(model, "auto_now_add"),
        "updated": either(model, UPDATED, DATES) or _stamp(model, "auto_now"),
        "url": _url(model),
        "keys": _keys(model),
        "site": _site(model),
    }
    return {key: guess for key, guess in guesses.items() if guess is not None}


def _first_text(model: type[models.Model]) -> Guess | None:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField) and not field.primary_key:
            return Guess(field.name, MAYBE, "the first text field")
    return None


def _body(model: type[models.Model]) -> Guess | None:
    found = [f.name for word in BODY if (f := named(model, [word], TEXTS))]
    if found:
        return Guess(found, SURE, "text fields of that name")
    long = [
        f.name for f in model._meta.concrete_fields if isinstance(f, models.TextField)
    ]
    return Guess(long, MAYBE, "the long text fields") if long else None


def _picture(model: type[models.Model]) -> Guess | None:
    found = either(model, PICTURE[:-2], PICTURES)
    if found:
        return found
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ImageField):
            return Guess(field.name, LIKELY, "an ImageField")
    for name, related in backward(model):
        for field in related._meta.concrete_fields:
            if isinstance(field, models.ImageField):
                return Guess(
                    f"{name}__{field.name}",
                    LIKELY,
                    f"pictures in {related._meta.label}",
                )
    return None


def _category(model: type[models.Model]) -> Guess | None:
    found = _named_or_related(model, CATEGORY)
    if found:
        return found
    for word in CATEGORY:
        for name, related in many(model):
            if (
                word in {name.lower(), related.__name__.lower()}
                or name.lower() == f"{word}s"
            ):
                return Guess(name, SURE, f"many {related._meta.label}")
    for field in forward(model):
        if "categor" in field.related_model.__name__.lower():
            return Guess(
                field.name, LIKELY, f"a key to {field.related_model._meta.label}"
            )
    return None


def _named_or_related(
    model: type[models.Model], words: tuple[str, ...]
) -> Guess | None:
    field = named(model, words, NAMED)
    if field is None or (field.is_relation and field.related_model is model):
        return None
    return Guess(field.name, SURE, f"a {kind(field)} of that name")


def _traits(model: type[models.Model]) -> Guess | None:
    found = {f.name: f.name for word in TRAITS if (f := named(model, [word], NAMED))}
    return Guess(found, LIKELY, "fields of such names") if found else None


def _stock(model: type[models.Model]) -> Guess | None:
    field = named(
        model, STOCK, (models.IntegerField, models.DecimalField, models.BooleanField)
    )
    if field is not None:
        return Guess(field.name, SURE, f"a {kind(field)} of that name")
    for name, related in backward(model):
        if not is_line(related) and (
            field := named(related, STOCK, models.IntegerField)
        ):
            return Guess(f"{name}__{field.name}", LIKELY, f"in {related._meta.label}")
    return None


def _parent(model: type[models.Model]) -> Guess | None:
    name = self_key(model)
    words = (
        "parent",
        "variant_of",
        "parent_product",
        "master",
        "main_product",
        "base_product",
    )
    return Guess(name, SURE, "a key to itself") if name in words else None


def _visible(model: type[models.Model]) -> Guess | None:
    rule: dict[str, Any] = {}
    for word in SHOWN:
        field = named(model, [word])
        if isinstance(field, models.BooleanField):
            rule[field.name] = True
        elif field is not None and field.choices:
            public = choices_like(field, PUBLIC)
            rule |= {f"{field.name}__in": public} if public else {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.BooleanField) and field.name.lower() in HIDDEN:
            rule[field.name] = False
        elif isinstance(field, models.DateField) and field.name.lower() in GONE:
            rule[f"{field.name}__isnull"] = True
    return Guess(rule, SURE, "fields of such names") if rule else None


def _available(model: type[models.Model]) -> Guess | None:
    field = named(
        model, STOCK, (models.IntegerField, models.DecimalField, models.BooleanField)
    )
    if field is None:
        found = _stock(model)
        return Guess({f"{found.value}__gt": 0}, MAYBE, found.why) if found else None
    if isinstance(field, models.BooleanField):
        return Guess({field.name: True}, SURE, "a yes-or-no of that name")
    rule: Any = {f"{field.name}__gt": 0}
    if field.null:
        # Shops that do not count the stock of a product leave it empty.
        rule = [rule, {f"{field.name}__isnull": True}]
    return Guess(rule, LIKELY, "there is stock")


def _stamp(model: type[models.Model], flag: str) -> Guess | None:
    for field in model._meta.concrete_fields:
        if getattr(field, flag, False):
            return Guess(field.name, LIKELY, f"a date with {flag}")
    return None


def _url(model: type[models.Model]) -> Guess | None:
    for name in ("get_absolute_url", "get_url", "url"):
        if hasattr(model, name) and not hasattr(getattr(model, name), "field"):
            return Guess(f"(){name}", SURE, "a method of that name")
    return None


def _keys(model: type[models.Model]) -> Guess | None:
    """Other texts that identify a product: in URLs, in GA4 events, in old orders."""
    found = [
        f.name
        for word in KEYS
        if (f := named(model, [word])) and f.unique and not f.primary_key
    ]
    return Guess(["pk", *found], LIKELY, "unique fields") if found else None


def _site(model: type[models.Model]) -> Guess | None:
    for field in forward(model):
        if field.related_model._meta.label == "sites.Site":
            return Guess(f"{field.name}__domain", SURE, "a key to Site")
    return None

"""Every path of CATALOG and ORDERS, walked over the models it claims to describe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from shop_personalize.catalog.discovery import (
    guess_catalog,
    guess_orders,
)
from shop_personalize.catalog.generic.config import model_of
from shop_personalize.catalog.generic.filters import compile_filter
from shop_personalize.catalog.generic.sources import compile_source
from shop_personalize.catalog.paths import PathError
from shop_personalize.checks.messages import did_you_mean, error
from shop_personalize.conf import NAME

FILTERS = frozenset({"visible", "available", "counted", "cancelled", "refunded"})
NO_PATHS = frozenset({"model", "adapter", "price_scale", "product_key", "keys"})
NEEDED = {
    "CATALOG": ("title",),
    "ORDERS": ("order", "product", "placed_at"),
}


def check_paths(given: dict[str, Any]) -> list[CheckMessage]:
    catalog, orders = given.get("CATALOG", {}), given.get("ORDERS", {})
    product, wrong = named_model("CATALOG", catalog)
    line, wrong_line = named_model("ORDERS", orders)
    found = [*wrong, *wrong_line]
    if product is not None:
        found += _walked("CATALOG", product, catalog)
        found += _needed("CATALOG", {**_names(guess_catalog(product)), **catalog})
        found += _keys_of(product, catalog)
    if line is not None:
        found += _walked("ORDERS", line, orders)
        guessed = _names(guess_orders(line, product))
        found += _needed("ORDERS", {**guessed, **orders})
        found += _product_key(product, orders)
    return found


def _names(guesses: dict[str, Any]) -> dict[str, Any]:
    return {key: guess.value for key, guess in guesses.items()}


def named_model(
    key: str, given: dict[str, Any]
) -> tuple[type[Model] | None, list[CheckMessage]]:
    if not given.get("model"):
        return None, []
    try:
        return model_of(given["model"]), []
    except ImproperlyConfigured:
        text = f"{NAME}['{key}']['model'] is {given['model']!r}: no such model."
        return None, [
            error(
                6,
                text,
                did_you_mean(
                    given["model"], [model._meta.label for model in apps.get_models()]
                ),
            )
        ]


def _walked(
    key: str, model: type[Model], given: dict[str, Any]
) -> Iterator[CheckMessage]:
    for name, spec in given.items():
        where = f"{NAME}['{key}']['{name}']"
        if name in FILTERS:
            yield from _tried(where, partial(compile_filter, model, spec))
            continue
        for one in [] if name in NO_PATHS else _specs(spec):
            yield from _tried(where, partial(compile_source, model, one))
            yield from _method(where, model, one)


def _specs(spec: Any) -> list[Any]:
    if isinstance(spec, dict):
        return list(spec.values())
    return list(spec) if isinstance(spec, list | tuple) else [spec]


def _tried(where: str, compile_it: Callable[[], Any]) -> Iterator[CheckMessage]:
    try:
        compile_it()
    except PathError as problem:
        yield no_path(where, problem)
    except ImportError as problem:
        hint = "A text with dots is the dotted path of a function; a path has '__'."
        yield error(8, f"{where} cannot be imported: {problem}.", hint)


def no_path(where: str, problem: PathError) -> CheckMessage:
    near = did_you_mean(problem.missing, problem.exist)
    fields = ", ".join(problem.exist)
    return error(
        7,
        f"{where}: {problem.model._meta.label} has no field '{problem.missing}' "
        f"(in '{problem.path}').",
        near if near.startswith("Known") else f"{near} It has: {fields}.",
    )


def _method(where: str, model: type[Model], spec: Any) -> Iterator[CheckMessage]:
    if isinstance(spec, str) and spec.startswith("()") and not hasattr(model, spec[2:]):
        own = [name for name in vars(model) if not name.startswith("_")]
        text = f"{where}: {model._meta.label} has no method or property '{spec[2:]}'."
        yield error(7, text, did_you_mean(spec[2:], own))


def _needed(key: str, config: dict[str, Any]) -> Iterator[CheckMessage]:
    for name in NEEDED[key]:
        if not config.get(name):
            yield error(
                9,
                f"{NAME}['{key}']['{name}'] could not be guessed.",
                "Say it in the settings; 'personalize inspect' shows what was guessed.",
            )


def _keys_of(product: type[Model], given: dict[str, Any]) -> Iterator[CheckMessage]:
    keys = given.get("keys") or []
    if isinstance(keys, str):
        yield error(3, f"{NAME}['CATALOG']['keys'] must be a list.")
        return
    for name in keys:
        where = f"{NAME}['CATALOG']['keys']"
        yield from _tried(where, partial(compile_source, product, name))


def _product_key(
    product: type[Model] | None, given: dict[str, Any]
) -> Iterator[CheckMessage]:
    if product is not None and (name := given.get("product_key")):
        where = f"{NAME}['ORDERS']['product_key']"
        yield from _tried(where, partial(compile_source, product, name))

"""Keys nobody knows, and values of the wrong type."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from django.core.checks import CheckMessage

from shop_personalize.catalog.generic.config import CATALOG_KEYS, ORDERS_KEYS
from shop_personalize.checks.messages import did_you_mean, error
from shop_personalize.conf import KEYS, NAME, AppSettings

ROUTE_KEYS = ("event", "method", "product", "quantity", "query", "lookup")
INNER = {
    "CATALOG": CATALOG_KEYS,
    "ORDERS": ORDERS_KEYS,
    "IDENTITY": ("cookie", "max_age_days", "domain"),
    "CONNECTIONS": ("kinds", "people"),
    "ATTRIBUTION": ("model", "window_days", "min_seconds"),
}
WORDS = {
    dict: "a dict",
    list: "a list",
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "True or False",
    NoneType: "None",
}


def check_keys(given: Any) -> list[CheckMessage]:
    if not isinstance(given, dict):
        return [
            error(
                1,
                f"{NAME} must be a dict, not {type(given).__name__}.",
                f'{NAME} = {{"CATALOG": {{"model": "shop.Product"}}}}',
            )
        ]
    return [*_unknown(given), *_wrong_types(given), *_unknown_inside(given)]


def _unknown(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for key in given:
        if key not in KEYS:
            yield error(2, f"{NAME} has no key '{key}'.", did_you_mean(key, KEYS))


def _wrong_types(given: dict[str, Any]) -> Iterator[CheckMessage]:
    hints = get_type_hints(AppSettings)
    for key, value in given.items():
        if key not in hints or fits(value, hints[key]):
            continue
        if allowed := choices(hints[key]):
            text = f"{NAME}['{key}'] is {value!r}, which is none of its values."
            yield error(4, text, did_you_mean(value, allowed))
        else:
            text = f"{NAME}['{key}'] is {value!r}, of the wrong type."
            yield error(3, text, f"It must be {_in_words(hints[key])}.")


def _unknown_inside(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for key, known in INNER.items():
        inner = given.get(key)
        for name in inner if isinstance(inner, dict) else ():
            if name not in known:
                text = f"{NAME}['{key}'] has no key '{name}'."
                yield error(5, text, did_you_mean(name, known))
    yield from _unknown_in_each(given, "ROUTES", ROUTE_KEYS)
    yield from _unknown_in_each(given, "EVENTS", ("weight", "half_life_days"))


def _unknown_in_each(
    given: dict[str, Any], key: str, known: tuple[str, ...]
) -> Iterator[CheckMessage]:
    groups = given.get(key)
    for name, group in groups.items() if isinstance(groups, dict) else ():
        for rule in group if isinstance(group, list) else [group]:
            if not isinstance(rule, dict):
                yield error(3, f"{NAME}['{key}']['{name}'] must be a dict.")
                continue
            for word in rule.keys() - set(known):
                text = f"{NAME}['{key}']['{name}'] has no key '{word}'."
                yield error(5, text, did_you_mean(word, known))


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type annotation, as deep as settings need it."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return any(fits(value, one) for one in get_args(hint))
    if origin is Literal:
        return value in get_args(hint)
    plain = origin or hint
    if plain is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if plain is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if plain is str:
        return isinstance(value, str | PathLike)
    return plain is Any or isinstance(value, plain)


def choices(hint: Any) -> tuple[str, ...]:
    return get_args(hint) if get_origin(hint) is Literal else ()


def _in_words(hint: Any) -> str:
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(_in_words(one) for one in get_args(hint))
    return WORDS.get(get_origin(hint) or hint, str(hint))

"""Values that name something: modules, storages, servers, kinds of events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from shop_personalize.attribution.credit import MODELS
from shop_personalize.attribution.token import MAX_AGE_DAYS
from shop_personalize.checks.messages import did_you_mean, error
from shop_personalize.conf import EVENT_KINDS, NAME

DIALECTS = "shop_personalize.capture.dialects"
CONNECTION_KINDS = ("follow", "household", "gift")
MOST_HELD = 0.5
MOST_SECONDS = 60
RATE = re.compile(r"^\d+/(s|sec|second|m|min|minute|h|hour|d|day)$")


def check_values(given: dict[str, Any]) -> list[CheckMessage]:
    return [
        *_callables(given),
        *_kinds(given),
        *_storage(given),
        *_redis(given),
        *_dialects(given),
        *_numbers(given),
        *_connections(given),
        *_attribution(given),
    ]


def _callables(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for key in ("CONSENT", "SITE"):
        if path := given.get(key):
            yield from importable(f"{NAME}['{key}']", path)


def importable(where: str, path: Any) -> Iterator[CheckMessage]:
    """An error if a dotted path leads to nothing that can be called."""
    try:
        found = import_string(str(path))
    except ImportError as problem:
        hint = "It is a dotted path: 'package.module.function'."
        yield error(8, f"{where}: {path!r} cannot be imported ({problem}).", hint)
        return
    if not callable(found):
        yield error(8, f"{where}: {path!r} is not a function.")


def _kinds(given: dict[str, Any]) -> Iterator[CheckMessage]:
    known = [*EVENT_KINDS, *given.get("EVENTS", {})]
    for kind in given.get("RETENTION_DAYS", {}):
        if kind not in known:
            text = (
                f"{NAME}['RETENTION_DAYS'] names '{kind}', which is no kind of event."
            )
            yield error(10, text, did_you_mean(kind, known))
    for kind, rule in given.get("EVENTS", {}).items():
        for word, value in rule.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                text = f"{NAME}['EVENTS']['{kind}']['{word}'] must be a number."
                yield error(3, text, f"It is {value!r}.")


def _storage(given: dict[str, Any]) -> Iterator[CheckMessage]:
    alias = given.get("STORAGE", "default")
    if alias not in settings.STORAGES:
        text = f"{NAME}['STORAGE'] is '{alias}', which is not in STORAGES."
        yield error(12, text, did_you_mean(alias, settings.STORAGES))


def _redis(given: dict[str, Any]) -> Iterator[CheckMessage]:
    buffered = given.get("INTAKE") == "buffered"
    if buffered and not given.get("REDIS_URL"):
        yield error(
            13,
            f"{NAME}['INTAKE'] is 'buffered', but there is no REDIS_URL.",
            "Add 'REDIS_URL': 'redis://localhost:6379/0', or take 'direct'.",
        )
    if (buffered or given.get("REDIS_URL")) and find_spec("redis") is None:
        yield missing_extra("redis", "REDIS_URL")


def missing_extra(extra: str, key: str) -> CheckMessage:
    return error(
        14,
        f"{NAME}['{key}'] needs a package that is not installed.",
        f'pip install "django-shop-personalize[{extra}]"',
    )


def _dialects(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for name in given.get("DIALECTS", []):
        if not isinstance(name, str) or find_spec(f"{DIALECTS}.{name}") is None:
            text = f"{NAME}['DIALECTS'] names {name!r}, which is not spoken here."
            yield error(15, text, did_you_mean(name, ("ga4", "retail", "native")))


def _numbers(given: dict[str, Any]) -> Iterator[CheckMessage]:
    holdout = given.get("HOLDOUT", 0)
    if not 0 <= holdout <= MOST_HELD:
        text = f"{NAME}['HOLDOUT'] is {holdout}; it is a share from 0 to {MOST_HELD}."
        yield error(4, text, "0.05 shows nothing to one visitor in twenty.")
    rate = given.get("RATE_LIMIT", "600/min")
    if not RATE.match(rate):
        text = f"{NAME}['RATE_LIMIT'] is {rate!r}."
        yield error(4, text, "Write it as '600/min'.")


def _connections(given: dict[str, Any]) -> Iterator[CheckMessage]:
    where = f"{NAME}['CONNECTIONS']"
    told = given.get("CONNECTIONS", {})
    people = told.get("people", 1)
    if isinstance(people, bool) or not isinstance(people, int) or people < 1:
        yield error(4, f"{where}['people'] is {people!r}; it is a number from 1 up.")
    kinds = told.get("kinds", [])
    if not isinstance(kinds, list | tuple):
        yield error(3, f"{where}['kinds'] must be a list.", f"It is {kinds!r}.")
        return
    for kind in kinds:
        if kind not in CONNECTION_KINDS:
            text = f"{where}['kinds'] names {kind!r}, which is no kind of connection."
            yield error(10, text, did_you_mean(kind, CONNECTION_KINDS))


def _attribution(given: dict[str, Any]) -> Iterator[CheckMessage]:
    where, told = f"{NAME}['ATTRIBUTION']", given.get("ATTRIBUTION", {})
    model = told.get("model", MODELS[0])
    if model not in MODELS:
        hint = did_you_mean(str(model), MODELS)
        yield error(4, f"{where}['model'] is {model!r}.", hint)
    days = told.get("window_days", 7)
    if not _is_number(days, int) or not 1 <= days <= MAX_AGE_DAYS:
        text = f"{where}['window_days'] is {days!r}; it is a whole number from 1 to "
        yield error(
            4, f"{text}{MAX_AGE_DAYS}.", "After so many days a click is forgotten."
        )
    seconds = told.get("min_seconds", 1)
    if not _is_number(seconds, int | float) or not 0 <= seconds <= MOST_SECONDS:
        text = f"{where}['min_seconds'] is {seconds!r}; it is from 0 to {MOST_SECONDS}."
        yield error(4, text, "No hand clicks sooner after a page was made.")


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)

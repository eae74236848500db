"""What is wrong with ``SHOP_PERSONALIZE["SUPPLY"]``; no database is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from math import isfinite
from typing import Any

from django.core.checks import CheckMessage, Error, register

from shop_personalize.checks.messages import did_you_mean
from shop_personalize.conf import NAME, app_settings
from shop_personalize.supply.conf import (
    GRAINS,
    KEYS,
    MOST_AHEAD,
    MOST_BACK,
    MOST_DAYS,
    SERVICE,
    SERVICE_BY,
)

WHERE = f"{NAME}['SUPPLY']"
SHAPES: dict[str, tuple[type, str]] = {
    "grains": (Iterable, "It is a list of grains, such as ['week']."),
    "horizons": (Mapping, "It is a dict of periods by grain: {'week': 13}."),
    "service": (Mapping, "It is a dict of shares by class: {'A': 0.97}."),
    "holidays": (Mapping, "It is a dict of days by name: {'Christmas': '12-25'}."),
}
DAY = re.compile(r"(\d{4}-)?\d\d-\d\d", re.ASCII)


@register("shop_personalize")
def check_supply(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    given = app_settings.SUPPLY
    if not isinstance(given, dict):
        return []  # the core's check says so
    misshapen = dict(_misshapen(given))
    sound = {key: value for key, value in given.items() if key not in misshapen}
    return [
        *_keys(given),
        *misshapen.values(),
        *_grains(sound),
        *_numbers(sound),
        *_services(sound),
        *_holidays(sound),
    ]


def _misshapen(given: Mapping[str, Any]) -> Iterator[tuple[str, CheckMessage]]:
    for key, (shape, hint) in SHAPES.items():
        value = given.get(key, {})
        if isinstance(value, str) or not isinstance(value, shape):
            yield key, _error(3, f"{WHERE}['{key}'] is {value!r}.", hint)


def _error(number: int, text: str, hint: str) -> Error:
    return Error(text, hint=hint, id=f"shop_personalize_supply.E{number:03}")


def _keys(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for key in given:
        if key not in KEYS:
            yield _error(1, f"{WHERE} has no key '{key}'.", did_you_mean(key, KEYS))


def _grains(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    named = [*given.get("grains", ()), given.get("plan_by", "week")]
    for grain in [*named, *given.get("horizons", ())]:
        if grain not in GRAINS:
            text = f"{WHERE} names {grain!r}, which is no grain."
            yield _error(2, text, did_you_mean(grain, GRAINS))
    grains = given.get("grains", ("week",))
    if given.get("plan_by", "week") not in grains:
        text = f"{WHERE}['plan_by'] is not among the grains that are forecast."
        yield _error(2, text, f"The grains are: {', '.join(map(str, grains))}.")
    for grain, periods in given.get("horizons", {}).items():
        if not _is_count(periods, MOST_AHEAD):
            text = f"{WHERE}['horizons']['{grain}'] is {periods!r}."
            hint = f"It is a whole number of periods from 1 up, at most {MOST_AHEAD}."
            yield _error(3, text, hint)


def _is_count(value: Any, most: float) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 1 <= value <= most


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and isfinite(value)


def _is_above(value: Any, least: float) -> bool:
    return _is_number(value) and value > least


def _is_time(value: Any) -> bool:
    return _is_above(value, 0) and value <= MOST_DAYS


NUMBERS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "history": (
        lambda value: _is_count(value, MOST_BACK),
        f"It is a whole number above 0, at most {MOST_BACK}.",
    ),
    "keep_runs": (
        lambda value: _is_count(value, MOST_BACK),
        "It is a whole number above 0.",
    ),
    "review_days": (
        _is_time,
        f"It is a number above 0, at most {MOST_DAYS:.0f}.",
    ),
    "overstock_days": (
        _is_time,
        f"It is a number above 0, at most {MOST_DAYS:.0f}.",
    ),
    "lead_time_days": (
        lambda value: _is_number(value) and 0 <= value <= MOST_DAYS,
        f"It is a number of days from 0 up, at most {MOST_DAYS:.0f}.",
    ),
    "holding_rate": (lambda value: _is_above(value, 0), "It is a share, such as 0.25."),
    "drift": (lambda value: _is_above(value, 0), "It is a number above 0."),
    "budget": (
        lambda value: value is None or _is_above(value, 0),
        "It is an amount of money above 0, or None for no budget.",
    ),
}


def _numbers(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for key, (is_right, hint) in NUMBERS.items():
        if key in given and not is_right(given[key]):
            yield _error(3, f"{WHERE}['{key}'] is {given[key]!r}.", hint)


def _services(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    by = given.get("service_by", "class")
    if by not in SERVICE_BY:
        text = f"{WHERE}['service_by'] is {by!r}."
        yield _error(3, text, did_you_mean(by, SERVICE_BY))
    for name, level in given.get("service", {}).items():
        if name not in SERVICE:
            text = f"{WHERE}['service'] has no class '{name}'."
            yield _error(1, text, did_you_mean(name, SERVICE))
        elif not _is_above(level, 0.5 - 1e-9) or level > 0.999:
            text = f"{WHERE}['service']['{name}'] is {level!r}."
            yield _error(3, text, "It is a share from 0.5 to 0.999, such as 0.95.")


def _holidays(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for name, told in given.get("holidays", {}).items():
        is_list = isinstance(told, Iterable) and not isinstance(told, str)
        for text in told if is_list else [told]:
            if not is_day(text):
                where = f"{WHERE}['holidays']['{name}'] names {text!r}."
                hint = "Write '12-25' for every year, or '2026-04-03' for one."
                yield _error(4, where, hint)


def is_day(text: Any) -> bool:
    """“12-25” or “2026-04-03”, and such a day there is."""
    if not isinstance(text, str) or not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text if len(text) > len("12-25") else f"2024-{text}")
    except ValueError:
        return False
    return True

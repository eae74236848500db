"""What is wrong with ``SHOP_PERSONALIZE["SUPPLY"]``; no database is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.core.checks import CheckMessage, Error, register

from shop_personalize.checks.messages import did_you_mean
from shop_personalize.conf import NAME, app_settings
from shop_personalize.supply.conf import GRAINS, KEYS, SERVICE, SERVICE_BY

WHERE = f"{NAME}['SUPPLY']"
POSITIVE = ("review_days", "overstock_days", "drift", "keep_runs", "history")


@register("shop_personalize")
def check_supply(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    given = app_settings.SUPPLY
    if not isinstance(given, dict):
        return []  # the core's check says so
    return [*_keys(given), *_grains(given), *_numbers(given), *_holidays(given)]


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
        if not isinstance(periods, int) or periods < 1:
            text = f"{WHERE}['horizons']['{grain}'] is {periods!r}."
            yield _error(3, text, "It is a whole number of periods from 1 up.")


def _numbers(given: Mapping[str, Any]) -> Iterator[CheckMessage]:
    for key in POSITIVE:
        if key in given and not _is_above(given[key], 0):
            text = f"{WHERE}['{key}'] is {given[key]!r}."
            yield _error(3, text, "It is a number above 0.")
    if "lead_time_days" in given and not _is_above(given["lead_time_days"], -1e-9):
        text = f"{WHERE}['lead_time_days'] is {given['lead_time_days']!r}."
        yield _error(3, text, "It is a number of days from 0 up.")
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
        for text in [told] if isinstance(told, str) else told:
            if not is_day(text):
                where = f"{WHERE}['holidays']['{name}'] names {text!r}."
                hint = "Write '12-25' for every year, or '2026-04-03' for one."
                yield _error(4, where, hint)


def is_day(text: Any) -> bool:
    try:
        date.fromisoformat(text if len(text) > len("12-25") else f"2024-{text}")
    except (TypeError, ValueError):
        return False
    return True


def _is_above(value: Any, least: float) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and value > least

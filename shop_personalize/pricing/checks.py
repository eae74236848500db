"""What must be right in the settings of prices; no database is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_type_hints

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from shop_personalize.checks.keys import choices, fits
from shop_personalize.checks.messages import did_you_mean
from shop_personalize.conf import NAME
from shop_personalize.pricing.conf import FIELDS, KEY, PricingSettings

WHERE = f'{NAME}["{KEY}"]'
LEAST = {
    "history_weeks": 8,
    "recent_weeks": 1,
    "least_weeks": 3,
    "quiet_days": 0,
    "expire_days": 1,
    "competitor_days": 1,
    "renew_hours": 1,
}


@register("shop_personalize")
def check_pricing(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    if not apps.is_installed("shop_personalize"):
        text = "Pricing needs the app whose orders it learns from."
        hint = 'INSTALLED_APPS += ["shop_personalize"]'
        return [_error(1, text, hint)]
    whole = getattr(settings, NAME, {})
    given = whole.get(KEY, {}) if isinstance(whole, dict) else {}
    if not isinstance(given, dict):
        return []  # said by the core
    wrong = [*_unknown(given), *_wrong_types(given)]
    return wrong or [*_numbers(given), *_way_of_applying(given)]


def _error(number: int, text: str, hint: str = "") -> Error:
    return Error(text, hint=hint or None, id=f"shop_personalize_pricing.E{number:03}")


def _unknown(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for key in given:
        if key not in FIELDS:
            yield _error(2, f"{WHERE} has no key '{key}'.", did_you_mean(key, FIELDS))


def _wrong_types(given: dict[str, Any]) -> Iterator[CheckMessage]:
    hints = get_type_hints(PricingSettings)
    for key, value in given.items():
        if key not in hints or fits(value, hints[key]) or _is_function(key, value):
            continue
        allowed = choices(hints[key])
        hint = did_you_mean(value, allowed) if allowed else ""
        yield _error(3, f"{WHERE}['{key}'] is {value!r}, which it cannot be.", hint)


def _is_function(key: str, value: Any) -> bool:
    return key == "apply" and callable(value)


def _numbers(given: dict[str, Any]) -> Iterator[CheckMessage]:
    for key, least in LEAST.items():
        if given.get(key, least) < least:
            yield _error(4, f"{WHERE}['{key}'] is {given[key]}; it is {least} or more.")
    for key in ("step", "markdown_step", "least_gain"):
        if not 0 <= given.get(key, 0) <= 1:
            text = f"{WHERE}['{key}'] is {given[key]}; it is a share from 0 to 1."
            yield _error(4, text, "0.1 is 10 %.")


def _way_of_applying(given: dict[str, Any]) -> Iterator[CheckMessage]:
    from shop_personalize.pricing.services import applying

    try:
        applying.way()
    except applying.NoWayError as problem:
        yield _error(5, f"{WHERE}['apply']: {problem}", problem.hint)

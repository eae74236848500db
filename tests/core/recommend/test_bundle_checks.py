"""A wrong set-up of sets and e-mails is named before it can hurt."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from shop_personalize.checks import check_settings

GOOD: list[dict[str, Any]] = [
    {},
    {"BUNDLE": {"discount": "0.10", "add_url": "basket"}},
    {"BUNDLE": {"discount": 0.1, "add_url": "/basket/all/"}},
    {"BUNDLE": {"discount": "tests.core.recommend.test_bundle.two_off"}},
    {"MAIL": {"base_url": "https://shop.example", "consent": lambda to: "full"}},
]
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"BUNDLE": {"discout": "0.1"}}, "has no 'discout'"),
    ({"BUNDLE": {"discount": "10 %"}}, "it is a share below 1"),
    ({"BUNDLE": {"discount": 10}}, "it is a share below 1"),
    ({"BUNDLE": {"discount": "shop.not.there"}}, "cannot be imported"),
    ({"BUNDLE": {"add_url": "no-such-name"}}, "leads nowhere"),
    ({"MAIL": {"base_url": "shop.example"}}, "is no address"),
    ({"MAIL": {"consent": "shop.not.there"}}, "cannot be imported"),
]


def found(given: dict[str, Any], settings: Any) -> list[str]:
    with override_settings(SHOP_PERSONALIZE={**settings.SHOP_PERSONALIZE, **given}):
        return [str(message.msg) for message in check_settings()]


@pytest.mark.parametrize("given", GOOD)
def test_what_is_right_passes(given: dict[str, Any], settings: Any) -> None:
    assert found(given, settings) == []


@pytest.mark.parametrize(("given", "problem"), WRONG)
def test_what_is_wrong_is_named(
    given: dict[str, Any], problem: str, settings: Any
) -> None:
    (message,) = found(given, settings)
    assert problem in message
    assert next(iter(given)) in message

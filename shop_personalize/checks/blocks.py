"""What blocks need of the settings: the price of a set, the address in e-mails."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch

from shop_personalize.checks.messages import did_you_mean, error
from shop_personalize.checks.values import importable
from shop_personalize.conf import NAME

BUNDLE, MAIL = ("discount", "add_url"), ("base_url", "consent")


def check_blocks(given: dict[str, Any]) -> list[CheckMessage]:
    return [*_bundle(given.get("BUNDLE", {})), *_mail(given.get("MAIL", {}))]


def _bundle(told: dict[str, Any]) -> Iterator[CheckMessage]:
    where = f"{NAME}['BUNDLE']"
    yield from _unknown(where, told, BUNDLE)
    discount = told.get("discount")
    if isinstance(discount, str) and "." in discount and not _is_number(discount):
        yield from importable(f"{where}['discount']", discount)
    elif discount is not None and not callable(discount) and not _is_share(discount):
        text = f"{where}['discount'] is {discount!r}; it is a share below 1."
        yield error(4, text, "'0.10' takes a tenth off, or name a function.")
    if target := told.get("add_url"):
        try:
            resolve_url(target)
        except NoReverseMatch:
            hint = "It is the name of a URL, such as 'basket:add_all', or a path."
            yield error(8, f"{where}['add_url']: {target!r} leads nowhere.", hint)


def _mail(told: dict[str, Any]) -> Iterator[CheckMessage]:
    where = f"{NAME}['MAIL']"
    yield from _unknown(where, told, MAIL)
    consent = told.get("consent")
    if consent is not None and not callable(consent):
        yield from importable(f"{where}['consent']", consent)
    base = told.get("base_url")
    if base:
        parts = urlsplit(str(base))
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            text = f"{where}['base_url'] is {base!r}, which is no address."
            yield error(4, text, "Write it as 'https://shop.example'.")


def _unknown(
    where: str, told: dict[str, Any], known: tuple[str, ...]
) -> Iterator[CheckMessage]:
    for key in told:
        if key not in known:
            yield error(2, f"{where} has no {key!r}.", did_you_mean(str(key), known))


def _is_number(text: Any) -> bool:
    try:
        return Decimal(str(text)).is_finite()
    except InvalidOperation:
        return False


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 < Decimal(str(value)) < 1

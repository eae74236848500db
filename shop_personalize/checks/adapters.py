"""Whether there is an adapter at all, and whether the one named can be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from shop_personalize.catalog import loader
from shop_personalize.catalog.base import Catalog, Orders
from shop_personalize.catalog.discovery import find_lines, find_products
from shop_personalize.catalog.generic.config import model_of
from shop_personalize.checks.messages import error, warning
from shop_personalize.checks.paths import named_model
from shop_personalize.checks.values import missing_extra
from shop_personalize.conf import NAME


def check_adapters(given: dict[str, Any]) -> list[CheckMessage]:
    catalog, orders = given.get("CATALOG", {}), given.get("ORDERS", {})
    return [
        *_adapter("CATALOG", catalog, Catalog),
        *_adapter("ORDERS", orders, Orders),
        *_absent(given, catalog),
    ]


def _adapter(key: str, given: dict[str, Any], base: type) -> Iterator[CheckMessage]:
    adapter = given.get("adapter")
    if not adapter:
        return
    if given.get("model") and adapter != "generic":
        text = f"{NAME}['{key}'] has both 'model' and 'adapter'."
        yield error(11, text, "Leave one of them out.")
    try:
        if loader.find(adapter, base) is None:
            yield _no_adapter(key, adapter, f"there is no {base.__name__} in it")
    except (ImportError, ImproperlyConfigured, ValueError) as problem:
        lacking = str(getattr(problem, "name", "")).split(".")[0]
        is_extra = adapter == "oscar" and lacking == "oscar"
        yield (
            missing_extra("oscar", key)
            if is_extra
            else _no_adapter(key, adapter, problem)
        )


def _no_adapter(key: str, adapter: Any, problem: object) -> CheckMessage:
    return error(
        11,
        f"{NAME}['{key}']['adapter'] is {adapter!r}, which cannot be used: {problem}.",
        "It is 'oscar', or the dotted path of your own adapter class.",
    )


def _absent(given: dict[str, Any], catalog: dict[str, Any]) -> Iterator[CheckMessage]:
    if catalog.get("model") or catalog.get("adapter"):
        if not _has_orders(given, catalog):
            products = [model_of(catalog["model"])] if _is_model(catalog) else []
            lines = [line for one in products for line in find_lines(one)]
            yield warning(
                4,
                f"{NAME} names no ORDERS: nothing is learned from purchases.",
                _suggestion("ORDERS", lines),
            )
        return
    if next(loader.discovered(Catalog), None) is None:
        yield warning(
            1,
            f"{NAME} names no CATALOG: there is nothing to recommend.",
            _suggestion("CATALOG", find_products()),
        )


def _is_model(catalog: dict[str, Any]) -> bool:
    return bool(catalog.get("model")) and not named_model("CATALOG", catalog)[1]


def _has_orders(given: dict[str, Any], catalog: dict[str, Any]) -> bool:
    if given.get("ORDERS") or catalog.get("adapter"):
        return True
    return next(loader.discovered(Orders), None) is not None


def _suggestion(key: str, models: list[type[Model]]) -> str:
    if not models:
        return "'manage.py personalize inspect' helps to find it."
    label = models[0]._meta.label
    return f"Probably '{key}': {{\"model\": \"{label}\"}}; see 'personalize inspect'."

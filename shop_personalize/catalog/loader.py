"""Which adapter speaks for this shop: settings first, then ``<app>/personalize.py``."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.utils.module_loading import module_has_submodule

from shop_personalize.catalog.base import Catalog, Connections, Events, Orders
from shop_personalize.catalog.types import Card, Item
from shop_personalize.conf import NAME, app_settings

logger = logging.getLogger("shop_personalize")
READY = {
    "generic": "shop_personalize.catalog.generic",
    "oscar": "shop_personalize.catalog.oscar",
}


@cache
def get_catalog() -> Catalog:
    """The shop's catalog; an empty one where none is described."""
    given = app_settings.CATALOG
    if adapter := given.get("adapter"):
        return _build(adapter, Catalog, given) or EmptyCatalog()
    if given.get("model"):
        from shop_personalize.catalog.generic import GenericCatalog

        return GenericCatalog(given)
    own = next(discovered(Catalog), None)
    return own() if own else EmptyCatalog()


@cache
def get_orders() -> Orders | None:
    """The shop's orders; with an adapter for the catalog, that adapter's."""
    given = app_settings.ORDERS
    if adapter := given.get("adapter"):
        return _build(adapter, Orders, given)
    if given.get("model"):
        return _generic_orders(given)
    if adapter := app_settings.CATALOG.get("adapter"):
        found = _build(adapter, Orders, given, required=False)
        if found is not None:
            return found
    own = next(discovered(Orders), None)
    return own() if own else None


@cache
def get_events() -> Events | None:
    """The signals of the shop's framework, if its adapter knows any."""
    if adapter := app_settings.CATALOG.get("adapter"):
        found = _build(adapter, Events, {}, required=False)
        if found is not None:
            return found
    own = next(discovered(Events), None)
    return own() if own else None


@cache
def get_connections() -> Connections | None:
    """Who is tied to whom, if the shop's adapter tells."""
    if adapter := app_settings.CATALOG.get("adapter"):
        found = _build(adapter, Connections, {}, required=False)
        if found is not None:
            return found
    own = next(discovered(Connections), None)
    return own() if own else None


def _generic_orders(given: dict[str, Any]) -> Orders:
    from shop_personalize.catalog.generic import GenericCatalog, GenericOrders

    catalog = get_catalog()
    return GenericOrders(
        given, catalog if isinstance(catalog, GenericCatalog) else None
    )


def _build(adapter: Any, base: type, given: dict, *, required: bool = True) -> Any:
    """An instance of the adapter's class of that kind."""
    found = find(adapter, base)
    if found is None:
        if required:
            raise ImproperlyConfigured(f"{adapter!r} has no {base.__name__}")
        return None
    return found(given) if _takes_settings(found) else found()


def _takes_settings(found: type) -> bool:
    parameters = inspect.signature(found).parameters
    return bool(parameters)


def find(adapter: Any, base: type) -> type | None:
    """The class of kind ``base`` that a setting names: a word, a module, a class."""
    if isinstance(adapter, type):
        return adapter if issubclass(adapter, base) else None
    path = READY.get(adapter, adapter)
    try:
        return next(_classes(import_module(path), base), None)
    except ModuleNotFoundError as error:
        if error.name is None or not path.startswith(error.name) or "." not in path:
            raise
    module, _dot, name = path.rpartition(".")
    named = getattr(import_module(module), name, None)
    if named is None:
        raise ImproperlyConfigured(f"{module!r} has no {name!r}")
    if issubclass(named, base):
        return named
    return next(_classes(import_module(module), base), None)


def discovered(base: type) -> Iterator[Any]:
    """Classes of kind ``base`` in the ``personalize`` module of any installed app."""
    for config in apps.get_app_configs():
        if config.name == "shop_personalize" or config.module is None:
            continue
        if module_has_submodule(config.module, "personalize"):
            yield from _classes(import_module(f"{config.name}.personalize"), base)


def _classes(module: ModuleType, base: type) -> Iterator[type]:
    for found in vars(module).values():
        if not inspect.isclass(found) or not issubclass(found, base) or found is base:
            continue
        # Its own, or (a package) those of its parts; never one merely imported.
        if found.__module__.startswith(module.__name__) and not inspect.isabstract(
            found
        ):
            yield found


class EmptyCatalog(Catalog):
    """Stands in until the settings name the products: nothing shown, nothing fails."""

    def count(self) -> int:
        return 0

    def iter_items(
        self,
        *,
        since: datetime | None = None,
        ids: Iterable[str] | None = None,
        chunk: int = 2000,
    ) -> Iterator[Item]:
        return iter(())

    def item_id(self, product: Any) -> str:
        return str(getattr(product, "pk", product))

    def item_ids(self, pks: Iterable[Any]) -> dict[str, str]:
        return {}

    def objects(
        self, ids: Sequence[str], request: HttpRequest | None = None
    ) -> dict[str, Any]:
        return {}

    def card(self, obj: Any, request: HttpRequest | None = None) -> Card:
        return Card(url="", title=str(obj))


def reset(*, setting: str = NAME, **kwargs: Any) -> None:
    """Forget the adapters, so that changed settings take effect."""
    if setting in {NAME, "INSTALLED_APPS"}:
        for cached in (get_catalog, get_orders, get_events, get_connections):
            cached.cache_clear()


setting_changed.connect(reset, dispatch_uid="shop_personalize.catalog")

"""From what names a product at the edge to the one id its events are counted under."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from shop_personalize.capture.safety import harmless
from shop_personalize.catalog import get_catalog
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db import models

SECONDS = 300.0
MAX_ITEMS = 50_000


def item_id(product: Any) -> str:
    """The id of a product instance, or of a key as it came; "" for no product."""
    if product is None or product == "":
        return ""
    if isinstance(product, (str, int, UUID)):
        return str(product)
    return get_catalog().item_id(product)


def canonical(ids: Iterable[str]) -> dict[str, str]:
    """Ids as pages write them, variants rolled up; what is unknown stays as it is."""
    wanted = {one for one in ids if one}
    known = _cache.get(wanted)
    missing = wanted - known.keys()
    if missing:
        with harmless("canonical item ids"):
            found = get_catalog().item_ids(missing)
            _cache.put({one: found.get(one, one) for one in missing})
            known |= found
    return known


def by_field(field: str, value: str) -> str:
    """The id of the product with this slug or article number; "" if there is none."""
    model = catalog_model()
    if model is None:
        return ""
    found = model._default_manager.filter(**{field: value}).first()
    return "" if found is None else get_catalog().item_id(found)


def is_key_field(field: str) -> bool:
    """Whether a URL's argument of this name is the product's key itself."""
    model = catalog_model()
    if model is None or field in {"pk", "id", "product_id", "product_pk", "item_id"}:
        return True
    try:
        return bool(getattr(model._meta.get_field(field), "primary_key", False))
    except FieldDoesNotExist:
        return True


def catalog_model() -> type[models.Model] | None:
    label = app_settings.CATALOG.get("model", "")
    if not isinstance(label, str) or "." not in label:
        return None
    return apps.get_model(label)


class _Cache:
    """Canonical ids seen lately; a variant moved to another parent shows in minutes."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._until = 0.0
        self._lock = threading.Lock()

    def get(self, ids: Iterable[str]) -> dict[str, str]:
        with self._lock:
            if time.monotonic() > self._until:
                self.clear()
            return {one: self._ids[one] for one in ids if one in self._ids}

    def put(self, ids: dict[str, str]) -> None:
        with self._lock:
            if len(self._ids) + len(ids) > MAX_ITEMS:
                self.clear()
            self._ids.update(ids)

    def clear(self) -> None:
        self._ids.clear()
        self._until = time.monotonic() + SECONDS


_cache = _Cache()

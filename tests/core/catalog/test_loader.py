"""Which adapter speaks for the shop: the settings, then an app's ``personalize``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import modify_settings, override_settings

from shop_personalize.catalog import get_catalog, get_events, get_orders
from shop_personalize.catalog.base import Catalog, Orders
from shop_personalize.catalog.generic import GenericCatalog, GenericOrders
from shop_personalize.catalog.loader import find

OWN = """
from shop_personalize.catalog.base import Catalog, Events, Orders
from shop_personalize.catalog.loader import EmptyCatalog


class Ours(EmptyCatalog):
    def __init__(self, given=None):
        self.given = given

    def count(self):
        return 42


class OurOrders(Orders):
    def iter_lines(self, *, since=None, order_ids=None, chunk=2000):
        return iter(())

    def count(self):
        return 7


class OurEvents(Events):
    pass
"""


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An app of the shop with an adapter in its ``personalize`` module."""
    folder = tmp_path / "ownshop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "personalize.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    with modify_settings(INSTALLED_APPS={"append": "ownshop"}):
        yield "ownshop"
    for name in [name for name in sys.modules if name.startswith("ownshop")]:
        del sys.modules[name]


def test_an_adapter_is_discovered_like_an_admin(app: str) -> None:
    with override_settings(SHOP_PERSONALIZE={}):
        orders: Any = get_orders()
        assert (get_catalog().count(), orders.count()) == (42, 7)
        assert type(get_events()).__name__ == "OurEvents"


def test_the_settings_win_over_what_is_discovered(app: str) -> None:
    given = {
        "CATALOG": {"model": "gifts.Product"},
        "ORDERS": {"model": "gifts.OrderItem"},
    }
    with override_settings(SHOP_PERSONALIZE=given):
        assert isinstance(get_catalog(), GenericCatalog)
        assert isinstance(get_orders(), GenericOrders)


@pytest.mark.parametrize("path", ["ownshop.personalize.Ours", "ownshop.personalize"])
def test_an_adapter_is_named_by_class_or_module(app: str, path: str) -> None:
    with override_settings(SHOP_PERSONALIZE={"CATALOG": {"adapter": path}}):
        catalog: Any = get_catalog()
        orders: Any = get_orders()
        assert catalog.count() == 42
        assert catalog.given == {"adapter": path}
        assert orders.count() == 7


def test_ready_adapters_are_named_by_a_word() -> None:
    assert find("generic", Catalog) is GenericCatalog
    assert find("generic", Orders) is GenericOrders


def test_an_adapter_that_is_none_says_so(app: str) -> None:
    for path in ("ownshop.personalize.Nothing", "ownshop"):
        given = {"CATALOG": {"adapter": path}}
        with (
            override_settings(SHOP_PERSONALIZE=given),
            pytest.raises(ImproperlyConfigured, match="ownshop"),
        ):
            get_catalog()


def test_changed_settings_take_effect_at_once() -> None:
    first = get_catalog()
    assert get_catalog() is first
    with override_settings(SHOP_PERSONALIZE={"CATALOG": {"model": "gifts.Category"}}):
        assert get_catalog() is not first
    assert get_catalog() is not first

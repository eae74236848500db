from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

HERE = Path(__file__).parent


def pytest_ignore_collect() -> bool | None:
    """Oscar's models exist only under Oscar's settings."""
    return None if "oscar.config.Shop" in settings.INSTALLED_APPS else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.oscar)


@pytest.fixture
def product(db: None) -> Callable[..., Any]:
    """Make a product: ``product("Mug", price="4.50", stock=3, parent=None)``."""
    from oscar.apps.partner.models import Partner, StockRecord
    from oscar.core.loading import get_model

    models = {
        name: get_model("catalogue", name) for name in ("Product", "ProductClass")
    }
    kind, _made = models["ProductClass"].objects.get_or_create(
        name="Gifts", defaults={"requires_shipping": False}
    )
    partner, _made = Partner.objects.get_or_create(name="Us")

    def make(
        title: str, *, price: str | None = "4.50", stock: int = 5, **kwargs: Any
    ) -> Any:
        child = kwargs.get("parent") is not None
        values = {
            "title": title,
            "structure": "child" if child else "standalone",
            "product_class": None if child else kind,
            **kwargs,
        }
        made = models["Product"].objects.create(**values)
        if price is not None:
            StockRecord.objects.create(
                product=made,
                partner=partner,
                partner_sku=f"sku-{made.pk}",
                price=price,
                price_currency="GBP",
                num_in_stock=stock,
            )
        return made

    return make

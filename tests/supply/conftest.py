from __future__ import annotations

from typing import Any

import pytest

from shop_personalize.supply.services import replenishing
from tests.people import admin, boss, staff  # noqa: F401
from tests.supply.builders import foreseen, product, steady, supplied, supplier


@pytest.fixture
def shop(db: Any) -> dict[str, str]:
    """A mug that runs out, a pot of which there is far too much; a supplier."""
    mug = product("Mug", stock=5, category="Kitchen")
    pot = product("Pot", stock=5000, category="Kitchen")
    steady(mug, weeks=3)
    steady(pot, weeks=3)
    foreseen({mug: 10, pot: 10})
    hale = supplier("Hale", minimum_order_value=100, email="hale@example.com")
    supplied(mug, hale)
    supplied(pot, hale)
    replenishing.replenish()
    return {"mug": mug, "pot": pot, "hale": str(hale.pk)}


@pytest.fixture
def mug(db: Any) -> str:
    """Sells ten a week, always; five are left, a delivery takes a week."""
    item = product("Mug", stock=5)
    steady(item, weeks=2)
    foreseen({item: 10})
    return item

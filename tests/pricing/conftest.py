from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.people import admin, boss, staff  # noqa: F401
from tests.pricing.builders import COSTS, cost, written


@pytest.fixture(autouse=True)
def shop(settings: Any) -> Iterator[None]:
    """The test shop in pounds, with a cost, and a function that takes over prices."""
    given = settings.SHOP_PERSONALIZE
    catalog = {**given["CATALOG"], "currency": "=GBP", "cost": cost}
    settings.SHOP_PERSONALIZE = {
        **given,
        "CATALOG": catalog,
        "PRICING": {"apply": written},
    }
    COSTS.clear()
    yield
    COSTS.clear()


@pytest.fixture
def pricing(settings: Any) -> Any:
    """Sets keys of the slice's settings."""

    def change(**given: Any) -> None:
        own = settings.SHOP_PERSONALIZE
        settings.SHOP_PERSONALIZE = {**own, "PRICING": {**own["PRICING"], **given}}

    return change

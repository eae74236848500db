"""What learning the prices of new products takes, and how its failure is told."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest
from django.utils import translation

from shop_personalize.catalog.types import Item, Money
from shop_personalize.ml.optimize.prices.new_product import NewPrice
from shop_personalize.pricing.services import newcomers
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.builders import product

pytestmark = pytest.mark.django_db
LONG = 100_000


class Large:
    """A catalog of 400 products with long texts, made while they are read."""

    def count(self) -> int:
        return 400

    def iter_items(self) -> Iterator[Item]:
        for at in range(400):
            currency = "EUR" if at % 10 == 0 else "GBP"
            price = Money(Decimal(at % 7 + 1), currency)
            yield Item(id=str(at), title=f"Box {at % 9}", text="x" * LONG, price=price)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "NewPrice", partial(NewPrice, folds=2, nets=0))
    monkeypatch.setattr(newcomers, "_memory", newcomers._Memory())


def test_a_large_catalog_is_not_read_into_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newcomers, "get_catalog", Large)
    monkeypatch.setattr(newcomers, "MOST", 60)
    newcomers._learned("warm")
    tracemalloc.start()
    known = newcomers._learned("mark")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (known.currency, known.products) == ("GBP", 60)
    assert peak < 100 * LONG


def test_a_refusal_is_told_in_the_language_of_whoever_asks() -> None:
    product()
    with translation.override("zh-hans"), pytest.raises(RefusedError) as chinese:
        newcomers.estimate(title="Box")
    with pytest.raises(RefusedError, match="The shop's prices tell nothing yet"):
        newcomers.estimate(title="Box")
    assert "The shop" not in str(chinese.value)


def test_a_catalog_that_fails_is_told_once_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Failing(Large):
        def iter_items(self) -> Iterator[Item]:
            raise OSError("the shop is away")

    monkeypatch.setattr(newcomers, "get_catalog", Failing)
    with pytest.raises(RefusedError, match="prices could not be learned"):
        newcomers.estimate(title="Box")

"""Orders nobody can have meant: they must not keep the others from being counted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_personalize.pricing.models import PriceWeek
from shop_personalize.pricing.services import weeks
from tests.pricing.builders import bought, monday, product

pytestmark = pytest.mark.django_db


def test_an_absurd_order_is_counted_as_much_as_can_be_kept() -> None:
    absurd, plain = product(), product()
    for _line in range(101):
        bought(absurd.pk, monday(), "999999999.9999", "999999999.999")
    bought(plain.pk, monday(), "10.00", "2")
    weeks.roll_up()
    kept = PriceWeek.objects.get(item_id=str(absurd.pk))
    assert kept.revenue == Decimal("99999999999999.9")
    assert kept.units == Decimal("99999999999.999")
    assert PriceWeek.objects.get(item_id=str(plain.pk)).units == 2

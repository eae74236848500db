"""What nobody bought yet is told by the first weeks of what is like it."""

from __future__ import annotations

import numpy as np
import pytest

from shop_personalize.supply.models import ForecastRun
from shop_personalize.supply.services import engine
from shop_personalize.supply.words import notes
from tests.core.recommend import builders as gifts
from tests.projects.gifts.models import Product
from tests.supply.builders import forecast, product, weekly

pytestmark = pytest.mark.django_db


def alike(new: str, *others: str) -> None:
    """Have the shop's model of similar products say so."""
    rows = {str(row.pk): row for row in Product.objects.all()}
    ids = gifts.id_map(list(rows.values()))
    edges = {rows[new]: [rows[each] for each in others]}
    gifts.publish("similar", ids, gifts.neighbors(ids, edges), gifts.PRODUCT_CONTEXT)


def test_a_product_never_sold_begins_as_its_neighbor_did() -> None:
    mug, cup, plate = product("Mug"), product("Cup"), product("Plate")
    weekly(mug, *([9] + [6] + [4] * 28))
    weekly(cup, *([2] * 30))
    alike(plate, mug)
    run = forecast()
    assert run.state == ForecastRun.State.DONE
    found = run.series.get(key=plate)
    assert found.mean == [9.0, 6.0] + [4.0] * 11
    assert (found.method, found.error) == ("similar products", None)
    # One neighbor leaves nothing open: every quantile is what it sold.
    spans = engine.spans("week", 13)
    sums = np.cumsum([9, 6] + [4] * 11)[np.array(spans) - 1]
    np.testing.assert_allclose(found.totals, [sums] * len(engine.LEVELS))
    assert notes(found.notes) == [
        "Never sold yet: told by the first periods of similar products (1)."
    ]
    assert run.methods["similar products"] == 1


def test_without_neighbors_nothing_is_made_up() -> None:
    mug, plate = product("Mug"), product("Plate")
    weekly(mug, *([5] * 30))
    assert not forecast().series.filter(key=plate).exists()
    alike(plate, plate)
    assert not forecast().series.filter(key=plate).exists()

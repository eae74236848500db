"""Models and their window; what is divided makes the whole."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.attribution import Token
from shop_personalize.attribution.credit import LINEAR, MODELS, Touch, divided
from shop_personalize.attribution.rollup import rollup
from tests.core.attribution.events import FIRST, at, bought, did, sums, token, visitor


def touches(count: int) -> list[Touch]:
    return [Touch(at(n), Token(f"block-{n}", "popular", at=n)) for n in range(count)]


@given(
    cents=st.integers(0, 10**12),
    count=st.integers(1, 50),
    model=st.sampled_from(MODELS),
)
def test_the_parts_make_the_whole(cents: int, count: int, model: str) -> None:
    parts = divided(cents, touches(count), model)
    assert sum(part for _token, part in parts) == cents
    assert len(parts) == (count if model == LINEAR else 1)
    amounts = [part for _token, part in parts]
    assert amounts == sorted(amounts)
    assert amounts[-1] - amounts[0] <= 1


@pytest.mark.parametrize(
    ("model", "counts", "revenue"),
    [
        ("last_touch", ["c"], {"c": "10.00"}),
        ("first_touch", ["a"], {"a": "10.00"}),
        ("linear", ["c"], {"a": "3.33", "b": "3.33", "c": "3.34"}),
    ],
)
@pytest.mark.django_db
def test_one_sale_by_three_clicks(
    settings: Any, model: str, counts: list[str], revenue: dict[str, str]
) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ATTRIBUTION": {"model": model},
    }
    ann = visitor()
    for day, block in enumerate("abc"):
        did(ann, "click", at(day), token("7", at(day), block=block))
    did(ann, "click", at(3), token("8", at(3), block="other"), item_id="8")
    did(ann, "add_to_cart", at(4))
    bought(ann, at(5), "A", value="10")
    rollup(FIRST)
    assert [block for _, block in sums("block", carted=1)] == counts
    assert [block for _, block in sums("block", bought=1)] == counts
    found = {b: str(r) for _, b, r in sums("block", "revenue", revenue__gt=0)}
    assert found == revenue


@pytest.mark.parametrize("days", [3, 30])
@pytest.mark.django_db
def test_a_click_leads_to_a_sale_for_so_many_days(settings: Any, days: int) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ATTRIBUTION": {"window_days": days},
    }
    ann = visitor()
    did(ann, "click", at(), token("7"))
    limit = at() + timedelta(days=days)
    bought(ann, limit, "A")
    bought(ann, limit + timedelta(seconds=1), "B")
    bought(ann, at() - timedelta(seconds=1), "C")
    rollup(FIRST)
    assert sums("bought", "revenue", bought__gt=0) == [(days, 1, Decimal("5.25"))]


@pytest.mark.django_db
def test_a_basket_of_the_card_itself_carries_its_own_token() -> None:
    ann = visitor()
    did(ann, "click", at(), token("7", block="old"))
    did(ann, "add_to_cart", at(1), token("7", at(1), block="card"))
    bought(ann, at(2), "A")
    rollup(FIRST)
    assert sums("block", carted=1) == [(1, "card")]
    assert sums("block", bought=1) == [(2, "card")]


@pytest.mark.django_db
def test_what_an_order_says_it_was_reached_by_counts_from_when_it_was_shown() -> None:
    ann = visitor()
    bought(ann, at(2), "A", rid=token("7", at(1), block="noted"))
    did(ann, "click", at(1, 13), token("7", at(1, 13), block="later"))
    bought(ann, at(2), "B", item_id="8", rid=token("8", at(1), block="noted"))
    rollup(FIRST)
    assert sums("block", bought=1) == [(2, "later"), (2, "noted")]

"""Every action × every kind of condition × every block the app comes with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shop_personalize.models import Block
from shop_personalize.registry.defaults import BLOCKS
from tests.core.recommend import builders
from tests.core.recommend.merchandise import rule, shared, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.projects.shapes.models import WineProduct

pytestmark = pytest.mark.django_db
LIMIT, POOL, PLACE = 5, 20, 2
GUEST = "somebody who was here"
PAGE, SOLD_OUT, NAMED = 12, 24, 7
"""Numbers of the page's product, of the one sold out, of the one rules name."""


def is_still(n: int) -> bool:
    return n % 3 != 0


CONDITIONS: dict[str, tuple[tuple[Any, ...], Callable[[int, int], bool]]] = {
    # What is asked, and whether product n fulfils it on the page of product p.
    "items": ((), lambda n, p: n == NAMED),
    "category in": (("category", "in", ["still"]), lambda n, p: is_still(n)),
    "category above": (("category", "in", ["Drinks"]), lambda n, p: True),
    "category not in": (("category", "not_in", ["Still"]), lambda n, p: n % 3 == 0),
    "category same": (("category", "same"), lambda n, p: is_still(n) == is_still(p)),
    "category other": (("category", "other"), lambda n, p: is_still(n) != is_still(p)),
    "brand in": (("brand", "in", ["Hill", "Dale"]), lambda n, p: True),
    "brand same": (("brand", "same"), lambda n, p: n % 2 == p % 2),
    "brand other": (("brand", "other"), lambda n, p: n % 2 != p % 2),
    "attribute": (("attribute:color", "in", ["red"]), lambda n, p: n % 2 == 1),
    "price": (("price", "between", [3, 9]), lambda n, p: 3 <= n <= 9),
    "price band": (("price_band", "within", 30), lambda n, p: abs(n - p) <= 0.3 * p),
    "stock": (("stock", "gte", 8), lambda n, p: n >= 8),
    "age": (("age_days", "lt", 6), lambda n, p: n < 6),
    # (n - n/2 - 1) / n in percent: 40 from the tenth on.
    "margin": (("margin", "gte", 40), lambda n, p: n >= 10),
}
RELATIVE = {
    name for name in CONDITIONS if name.split()[-1] in {"same", "other", "band"}
}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[WineProduct]]:
    """One shop for all of them."""
    with shared(django_db_blocker) as found:
        found[SOLD_OUT - 1].is_active = False
        found[SOLD_OUT - 1].save()
        builders.did(GUEST, "view", *found[:11])
        builders.did(GUEST, "purchase", *found[11:16], days_ago=200)
        yield found


def where(block: Any, made: list[WineProduct]) -> tuple[dict[str, Any], int]:
    """What the block's page is about; the number of a product to compare with."""
    if block.options.get("shown_when") == "sold_out":
        return {"product": made[SOLD_OUT - 1]}, SOLD_OUT
    if block.page == "product":
        return {"product": made[PAGE - 1]}, PAGE
    if block.page == "category":
        return {"category": "Still"}, 1
    told = {
        "basket": {"basket": [] if "empty" in block.slug else [made[2]]},
        "order": {"items": [made[2]]},
        "search": {"query": "wine"},
        "not_found": {"query": "wine", "page": "not_found"},
    }
    return told.get(block.page, {}), 0


def speaks(condition: str, page: str) -> bool:
    """Whether a page has what the condition compares with."""
    if condition not in RELATIVE or page == "product":
        return True
    return page == "category" and condition.startswith("category")


def expected(action: str, usual: list[int], fits: Callable[[int], bool]) -> list[int]:
    """By hand, from what the block shows without the rule."""
    yes = [n for n in usual if fits(n)]
    if action == "include":
        return yes[:LIMIT]
    if action == "exclude":
        return [n for n in usual if n not in yes][:LIMIT]
    if action == "pin":
        first = yes[:1]
        rest = [n for n in usual if n not in first][: LIMIT - len(first)]
        return [*rest[: PLACE - 1], *first, *rest[PLACE - 1 :]]
    pool = usual[:POOL]
    up = action == "boost"
    return sorted(pool, key=lambda n: fits(n) != up)[:LIMIT]


@pytest.fixture(scope="module")
def usual() -> dict[str, list[int]]:
    """What each block shows without rules, asked once."""
    return {}


@pytest.mark.parametrize("action", ["include", "exclude", "pin", "boost", "bury"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_rule_in_every_block(
    made: list[WineProduct], usual: dict[str, list[int]], action: str, condition: str
) -> None:
    assert {block.slug for block in BLOCKS} == set(
        Block.objects.values_list("slug", flat=True)
    )
    told, fits = CONDITIONS[condition]
    conditions = [told] if told else []
    items = [] if told else [made[NAMED - 1]]
    for block in BLOCKS:
        wish, page = where(block, made)
        wish |= {"visitor_key": GUEST, "minimum": 0}
        if block.slug not in usual:
            usual[block.slug] = shown(block.slug, limit=100, **wish)
        order = usual[block.slug]
        assert len(order) >= LIMIT, block.slug
        fields = {"items": items, "position": PLACE, "strength": 1.0}
        one = rule(action, *conditions, slug=block.slug, **fields)
        found = shown(block.slug, limit=LIMIT, **wish)
        one.delete()
        right = order[:LIMIT]
        if speaks(condition, block.page):
            right = expected(action, order, lambda n, p=page: fits(n, p))
        assert found == right, (block.slug, order)

"""The mix of a block: what owners set moves products, and staff are told what moved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from shop_personalize.models import Block
from shop_personalize.recommend import service
from shop_personalize.recommend.arrivals import arrivals
from tests.core.recommend import builders
from tests.projects.gifts.models import Product

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_arrivals_of_other_tests() -> None:
    arrivals.forget()


def mix(**fields: Any) -> None:
    Block.objects.filter(slug="home-popular").update(**fields)


def titles(**wish: Any) -> list[str]:
    found = service.recommend(None, block="home-popular", **wish)
    return [each.title for each in found]


def numbers(*wanted: int) -> list[str]:
    return [f"Gift {n}" for n in wanted]


def test_as_it_comes_a_block_changes_nothing() -> None:
    made = builders.products(20)
    builders.popular(made)
    block = Block.objects.get(slug="home-popular")
    assert (block.diversity, block.calibration, block.damping) == (0, 0, 0)
    assert (block.per_category, block.exploration) == (None, 0)
    found = service.compose(None, service.Wish(block="home-popular", trace=True))
    assert [each.title for each in found] == numbers(*range(1, 9))
    assert found.trace is not None
    assert found.trace["mix"] == {}
    assert {str(c["moves"]) for c in found.trace["candidates"]} == {"[]"}


def test_at_most_so_many_of_one_category() -> None:
    made = builders.products(12)
    builders.popular([*made[::2], *made[1::2]])  # all mugs, then all bags
    mix(per_category=2)
    assert titles(limit=4) == numbers(1, 3, 2, 4)
    assert titles(limit=4, per_category=3) == numbers(1, 3, 5, 2)
    # A block of six is full though only two of each are wanted.
    assert titles(limit=6) == numbers(1, 3, 2, 4, 5, 7)


def test_the_visitors_own_mix(guest: str) -> None:
    made = builders.products(24)
    builders.popular([*made[::2], *made[1::2]])
    builders.did(guest, "purchase", made[21])  # a bag
    builders.did(guest, "view", made[20])  # a mug, a sixth of the weight
    mix(calibration=1.0, exclude_purchased=True)
    shown = [int(title.split()[1]) for title in titles(visitor_key=guest, limit=6)]
    assert Counter("bag" if n % 2 == 0 else "mug" for n in shown) == {
        "bag": 5,
        "mug": 1,
    }


def test_best_sellers_are_held_back() -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    builders.popular(made, ids)
    near = builders.neighbors(ids, {made[11]: [made[0], *made[5:11]]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    ask = {"block": "product-similar", "product": made[11], "limit": 3}
    Block.objects.filter(slug="product-similar").update(damping=1.0)
    # Popularity falls from 1 by .9/11 a product; its mean over the seven is .474.
    # Worth: 1 / 3.11, (6/7) / 2.25, (5/7) / 2.07, (4/7) / 1.90 ...
    found = service.recommend(None, **ask)
    assert [each.title for each in found] == numbers(6, 7, 1)
    Block.objects.update(damping=0.0)
    assert service.recommend(None, **ask)[0].title == "Gift 1"


def test_variety_knows_what_reads_alike() -> None:
    made = builders.products(9)
    Product.objects.update(category=None)
    ids = builders.id_map(made)
    builders.popular(made, ids)
    near = builders.neighbors(ids, {made[0]: [made[1]]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    mix(diversity=0.5)
    assert titles(limit=4) == numbers(1, 3, 4, 5)


def explored(**wish: Any) -> list[int]:
    shown = [int(title.split()[1]) for title in titles(limit=4, **wish)]
    return [n for n in shown if n > 4]


def test_exploration_stands_still_for_a_day_and_differs_between_visitors(
    guest: str,
) -> None:
    builders.popular(builders.products(40))
    mix(exploration=0.25)
    pages = {tuple(titles(visitor_key=guest)) for _ in range(5)}
    assert len(pages) == 1
    lists = {tuple(titles(visitor_key=f"someone {n}", limit=4)) for n in range(12)}
    assert len(lists) > 6
    counts = [len(explored(visitor_key=f"someone {n}")) for n in range(12)]
    assert set(counts) == {1}


def test_a_new_product_is_explored_before_any_model_knows_it() -> None:
    made = builders.products(8)
    builders.popular(made, builders.id_map(made))
    builders.publish(
        "new",
        builders.id_map(made),
        builders.ranking(builders.id_map(made), made[:1]),
        builders.NO_CONTEXT,
    )
    late = Product.objects.create(name="Gift 99", price=1, category=made[0].category)
    mix(exploration=1.0)
    assert "Gift 99" in titles()
    Product.objects.filter(pk=late.pk).update(available=False)
    arrivals.forget()
    assert "Gift 99" not in titles()


def test_a_mix_costs_no_query(guest: str, reads: Callable[[], Any]) -> None:
    made = builders.products(60)
    ids = builders.id_map(made)
    builders.popular(made, ids)
    near = builders.neighbors(ids, {made[0]: made[1:9]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    builders.publish("new", ids, builders.ranking(ids, made[50:]), builders.NO_CONTEXT)
    builders.did(guest, "view", *made[40:50])
    mix(diversity=0.3, per_category=5, calibration=0.5, damping=0.3, exploration=0.3)
    for wish in ({"visitor_key": guest}, {"visitor_key": ""}):
        with reads() as sent:
            assert len(titles(**wish)) == 8
        assert len(sent.selects) <= 3


def test_staff_see_what_moved_and_why() -> None:
    made = builders.products(12)
    builders.popular([*made[::2], *made[1::2]])
    mix(per_category=1)
    wish = service.Wish(block="home-popular", limit=2, trace=True)
    found = service.compose(None, wish)
    trace = found.trace
    assert trace is not None
    assert trace["mix"] == {"per_category": 1}
    moves = {c["item"]: c["moves"] for c in trace["candidates"] if c["moves"]}
    assert moves == {
        str(made[2].pk): [{"step": "per_category", "from": 2, "to": 3}],
        str(made[1].pk): [{"step": "per_category", "from": 7, "to": 2}],
    }
    assert found[1].explain()["moves"] == moves[str(made[1].pk)]


def test_what_a_template_overdoes_is_cut_to_a_share() -> None:
    builders.popular(builders.products(12))
    assert len(titles(diversity=7.0)) == 8
    assert len(titles(diversity=-1.0, per_category=0)) == 8

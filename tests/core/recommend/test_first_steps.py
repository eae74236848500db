"""Those of whom nothing is known: new visitors, their first click, new products."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client, RequestFactory

from shop_personalize.ml.data import IdMap
from shop_personalize.ml.knowledge import (
    Factors,
    Histories,
    Knowledge,
    Mixture,
    RatedFactors,
)
from shop_personalize.models import Block, BlockStep, Interaction, Recommender
from shop_personalize.recommend import service
from shop_personalize.recommend.arrivals import arrivals
from tests.core.recommend import builders
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_arrivals_of_other_tests() -> None:
    arrivals.forget()


def shown(page: Any) -> list[str]:
    text = page.content.decode()
    return re.findall(r'<span class="sp-name">([^<]*)</span>', text)


def walk(ids: IdMap, made: list[Product]) -> Knowledge:
    """Who likes the first or the second is shown the last four of the shop."""
    return builders.neighbors(ids, {made[0]: made[16:20], made[1]: made[16:20]})


def people(ids: IdMap, made: list[Product]) -> Knowledge:
    """Two past customers, both with the first two products and the last four."""
    n, owners = len(ids), 2
    row = ids.codes([str(each.pk) for each in [*made[:2], *made[16:20]]])
    counts = np.zeros(n, np.int64)
    counts[row] = owners
    return Histories(
        rows_indptr=np.arange(owners + 1) * len(row),
        rows_indices=np.tile(row, owners).astype(np.int32),
        rows_data=np.ones(owners * len(row), np.float32),
        columns_indptr=np.concatenate([[0], np.cumsum(counts)]),
        columns_indices=np.tile(np.arange(owners), len(row)).astype(np.int32),
        columns_data=np.ones(owners * len(row), np.float32),
        norms=np.ones(owners, np.float32),
        idf=np.ones(n, np.float32),
        neighbors=np.array([10], np.int32),
    )


def factors(ids: IdMap, made: list[Product]) -> Knowledge:
    """Two tastes: the first two products and the last four, and all the others."""
    vectors = np.tile(np.array([0.0, 1.0], np.float32), (len(ids), 1))
    same = ids.codes([str(each.pk) for each in [*made[:2], *made[16:20]]])
    vectors[same] = [1.0, 0.0]
    return Factors(vectors, np.eye(2, dtype=np.float32))


def mixture(ids: IdMap, made: list[Product]) -> Knowledge:
    """Neighbors and, more quietly, the shop's list."""
    return Mixture({"walk": walk(ids, made), "list": builders.ranking(ids, made)})


MIXED = {
    "context": "history",
    "parts": [
        {"name": "walk", "weight": 1.0, "config": builders.HISTORY_CONTEXT},
        {"name": "list", "weight": 0.1, "config": builders.NO_CONTEXT},
    ],
}
shapes = pytest.mark.parametrize("shape", [walk, people, factors, mixture])


def publish(shape: Callable[..., Knowledge], ids: IdMap, made: list[Product]) -> None:
    config = MIXED if shape is mixture else builders.HISTORY_CONTEXT
    builders.publish("for_you", ids, shape(ids, made), config)


@shapes
def test_a_first_click_changes_the_very_next_page(
    client: Client, guest: str, shape: Callable[..., Knowledge]
) -> None:
    made = builders.products(20)
    ids = builders.id_map(made)
    builders.popular(made, ids)
    publish(shape, ids, made)
    assert shown(client.get("/"))[0] == "Gift 1"
    client.get(f"/product/{made[0].pk}/")
    page = client.get("/")
    assert {"Gift 17", "Gift 18", "Gift 19", "Gift 20"} <= set(shown(page)[:6])


@shapes
def test_each_further_deed_counts_without_training(
    guest: str, shape: Callable[..., Knowledge]
) -> None:
    made = builders.products(20)
    ids = builders.id_map(made)
    publish(shape, ids, made)
    ask = {"block": "home-for-you", "visitor_key": guest, "minimum": 1}
    builders.did(guest, "view", made[0])
    first = service.recommend(None, **ask)
    assert "Because you viewed Gift 1" in {each.reason for each in first}
    builders.did(guest, "purchase", made[18])
    second = service.recommend(None, **ask)
    assert "Gift 19" in {each.title for each in first}
    assert "Gift 19" not in {each.title for each in second}
    assert [each.score for each in first] != [each.score for each in second]


@pytest.mark.parametrize(
    "page", ["home", "product", "category", "basket", "search", "order"]
)
def test_of_a_new_visitor_every_page_has_a_sound_block(page: str) -> None:
    made = builders.products(20)
    ids = builders.id_map(made[:16])
    mugs = made[:16:2]
    ranked = builders.ranking(ids, made[:16], Mugs=mugs)
    builders.publish("popular", ids, ranked, builders.NO_CONTEXT)
    near = builders.neighbors(ids, {made[0]: made[4:9]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    about: dict[str, dict[str, Any]] = {
        "home": {},
        "product": {"product": made[0]},
        "category": {"category": "Mugs"},
        "basket": {"basket": [made[0]]},
        "search": {"query": "gift"},
        "order": {"items": [made[0]]},
    }
    found = service.recommend(None, page=page, **about[page])
    titles = [each.title for each in found]
    assert len(titles) >= 4
    assert len(set(titles)) == len(titles)
    assert all(each.reason for each in found)
    if page == "product":
        assert titles[:5] == [f"Gift {n}" for n in range(5, 10)]
    if page == "category":
        assert titles == [f"Gift {n}" for n in range(1, 16, 2)]
    if page in {"product", "basket", "order"}:
        assert "Gift 1" not in titles


def test_the_page_of_a_product_no_model_knows_shows_what_sells() -> None:
    made = builders.products(12)
    builders.popular(made, builders.id_map(made))
    late = Product.objects.create(name="Late", price=1, category=made[0].category)
    found = service.recommend(None, product=late)
    assert [each.title for each in found] == [f"Gift {n}" for n in range(1, 9)]


def chain(slug: str, *names: str) -> None:
    block = Block.objects.get(slug=slug)
    block.steps.all().delete()
    for at, name in enumerate(names):
        recommender = Recommender.objects.get(slug=name)
        BlockStep.objects.create(block=block, recommender=recommender, position=at)


def with_new(made: list[Product]) -> None:
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[1:3]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    builders.publish("new", ids, builders.ranking(ids, made[8:]), builders.NO_CONTEXT)
    chain("product-similar", "similar", "new")


def titles(**wish: Any) -> list[str]:
    found = service.recommend(None, block="product-similar", **wish)
    return [each.title for each in found]


def test_a_product_put_on_sale_now_is_on_a_product_page_at_once() -> None:
    made = builders.products(12)
    with_new(made)
    late = Product.objects.create(name="Late", price=1, category=made[0].category)
    assert titles(product=made[0], limit=4) == ["Gift 2", "Gift 3", "Late", "Gift 9"]
    late.stock = 0
    late.save()
    assert titles(product=made[0], limit=3) == ["Gift 2", "Gift 3", "Gift 9"]


def test_asking_for_the_newest_never_makes_a_fourth_query(
    guest: str, reads: Callable[[], Any]
) -> None:
    made = builders.products(40)
    with_new(made)
    builders.did(guest, "view", made[4])
    ask = {"product": made[0], "limit": 4}
    Product.objects.create(name="Late", price=1, category=made[0].category)
    with reads() as known:
        assert "Late" not in titles(visitor_key=guest, **ask)
    with reads() as unknown:
        assert "Late" in titles(**ask)
    with reads() as after:
        assert "Late" in titles(visitor_key=guest, **ask)
    counts = [len(each.selects) for each in (known, unknown, after)]
    assert counts == [3, 3, 3]


def test_a_further_block_asks_for_no_more_than_products(
    reads: Callable[[], Any],
) -> None:
    made = builders.products(40)
    with_new(made)
    builders.popular(made)
    request = RequestFactory().get("/")
    service.recommend(request, block="home-popular")
    arrivals.forget()
    with reads() as further:
        assert service.recommend(request, block="home-new", minimum=1)
    assert len(further.selects) == 1


def test_a_first_rating_counts_at_the_very_next_page(guest: str) -> None:
    made = builders.products(6)
    ids = builders.id_map(made)
    vectors = np.full((6, 1), -1.0, np.float32)
    vectors[ids.codes([str(made[0].pk), str(made[5].pk)])] = 1.0
    known = RatedFactors(
        item_factors=vectors,
        offsets=np.full(6, 3.0, np.float32),
        precision=np.eye(1, dtype=np.float32),
        prior=np.zeros(1, np.float32),
        listed=np.ones(6, bool),
    )
    config = {"context": "history", "rated": True, "kinds": {"rating": 1.0}}
    builders.publish("for_you", ids, known, config)
    ask = {"block": "home-for-you", "visitor_key": guest, "limit": 1, "minimum": 1}
    assert service.recommend(None, **ask)[0].title == "Gift 1"
    builders.did(guest, "rating", made[0])
    Interaction.objects.update(value=5)
    builders.did(guest, "hide", made[0])
    assert service.recommend(None, **ask)[0].title == "Gift 6"

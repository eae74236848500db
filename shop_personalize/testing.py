"""For the tests of a shop: recommendations that are known beforehand.

.. code-block:: python

    from shop_personalize.testing import fake_recommendations

    def test_product_page(client, mug, plate):
        with fake_recommendations({"product-also-viewed": [plate], "*": []}):
            assert plate.name in client.get(mug.get_absolute_url()).content.decode()

Keys are blocks or recommenders; ``"*"`` stands for the rest, which otherwise is empty.
A plain list answers every block. Nothing is read or recorded but the products given:
no model, no history, no catalog query; order and tokens are the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from shop_personalize.catalog import get_catalog
from shop_personalize.recommend import service
from shop_personalize.recommend.blocks import PREFERRED
from shop_personalize.recommend.candidates import Candidate
from shop_personalize.recommend.prices import price_text
from shop_personalize.recommend.results import Recommendation, Recommendations

REST = "*"
Answers = Mapping[str, Sequence[Any]] | Sequence[Any]

__all__ = ["fake_recommendations"]


@contextmanager
def fake_recommendations(answers: Answers, *, reason: str = "") -> Iterator[list[str]]:
    """Answer every block with the products given; yields the names asked for."""
    named = answers if isinstance(answers, Mapping) else {REST: answers}
    asked: list[str] = []

    def fake(request: Any, wish: service.Wish) -> Recommendations:
        name = wish.recommender or wish.block or PREFERRED.get(wish.page, REST)
        asked.append(name)
        products = list(named.get(name, named.get(REST, ())))[: wish.limit]
        return _made(name, products, request, reason, wish.title or "")

    before = service.answering
    service.answering = fake
    try:
        yield asked
    finally:
        service.answering = before


def _made(
    name: str, products: list[Any], request: Any, reason: str, title: str
) -> Recommendations:
    catalog = get_catalog()
    items = tuple(
        Recommendation(
            product=product,
            item_id=catalog.item_id(product),
            card=catalog.card(product, request),
            price=price_text(catalog.card(product, request).price),
            position=at,
            reason=reason,
            reason_code="fake",
            because=None,
            because_id="",
            block=name,
            rid=f"fake.{name}.{at}",
            candidate=Candidate(
                catalog.item_id(product), 1.0 / at, "", name, "fake", 0, 0, at - 1
            ),
        )
        for at, product in enumerate(products, 1)
    )
    return Recommendations(
        items=items,
        block=name,
        title=title or name,
        rid=f"fake.{name}.0",
        recommender=name,
        request=request,
    )

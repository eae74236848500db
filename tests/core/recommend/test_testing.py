"""The double that a shop's own tests use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shop_personalize.testing import fake_recommendations
from tests.core.recommend import builders
from tests.core.recommend.test_block import shown

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_fakes_answer_by_block_and_the_rest_is_empty(client: Client) -> None:
    made = builders.products(4)
    answers = {"home-for-you": [made[2], made[0]]}
    with fake_recommendations(answers, reason="because") as asked:
        page = client.get("/")
        other = client.get(f"/product/{made[0].pk}/")
    assert shown(page) == ["Gift 3", "Gift 1"]
    assert shown(other) == []
    assert asked == ["home-for-you", "product-also-viewed"]


def test_a_list_answers_everything_and_ends_with_the_context(client: Client) -> None:
    made = builders.products(4)
    with fake_recommendations(made[:1]):
        assert shown(client.get("/")) == ["Gift 1"]
    assert shown(client.get("/")) == ["Gift 4", "Gift 3", "Gift 2", "Gift 1"]

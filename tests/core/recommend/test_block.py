"""A block in a page: what is shown, what is not, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.recommend import builders

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_tag_becomes_a_block(client: Client) -> None:
    builders.popular(builders.products())
    page = client.get("/").content.decode()
    assert page.count('<li class="sp-card"') == 8
    assert "Gift 1<" in page
    assert "Recommended for you" in page

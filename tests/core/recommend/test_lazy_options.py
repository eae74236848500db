"""What a lazy place hands on, and what nobody can make of its address."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory

from shop_personalize.recommend.lazy import options_of
from tests.core.recommend import builders
from tests.core.recommend.test_block import render, shown

if TYPE_CHECKING:
    from django.test import Client

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> list[Product]:
    made = builders.products(20)
    builders.popular(made)
    return made


def place(source: str, **context: Any) -> str:
    request = RequestFactory().get("/")
    page = render(source, request=request, **context)
    found = re.search(r'data-sp-lazy="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_every_argument_reaches_the_fragment(made: list[Product]) -> None:
    address = place(
        '{% recommendations "home-popular" limit=3 min=2 price_band=0.5 rotation=0.2'
        ' objective="margin" diversity=0.1 exclude=some lazy %}',
        some=[made[0]],
    )
    assert options_of(parse_qs(urlsplit(address).query)["o"][0]) == {
        "limit": 3,
        "minimum": 2,
        "price_band": 0.5,
        "rotation": 0.2,
        "objective": "margin",
        "diversity": 0.1,
        "exclude": [str(made[0].pk)],
        "page": "home",
    }


def test_the_price_band_holds_in_the_fragment_too(
    client: Client, made: list[Product]
) -> None:
    tag = '{% recommendations "popular" product=product price_band=0.25 limit=4 lazy %}'
    answer = client.get(place(tag, product=made[7]))  # costs 8: 6 to 10
    assert shown(answer) == ["Gift 6", "Gift 7", "Gift 9", "Gift 10"]


def test_options_that_were_not_signed_are_not_heard(
    client: Client, made: list[Product]
) -> None:
    address = place('{% recommendations "home-popular" limit=3 lazy %}')
    assert len(shown(client.get(address))) == 3
    assert len(shown(client.get(f"{address}x"))) == 8
    plain = urlsplit(address).path + "?template=/etc/passwd&limit=1&rotation=x"
    assert len(shown(client.get(plain))) == 8


def test_a_language_the_shop_does_not_speak_is_not_taken(
    client: Client, made: list[Product]
) -> None:
    address = urlsplit(place('{% recommendations "home-popular" lazy %}')).path
    for code, spoken in (("zh-hans", "zh-hans"), ("ZH-HANS", "zh-hans"), ("xx", "en")):
        answer = client.get(f"{address}?lang={code}")
        assert answer["Content-Language"] == spoken


def test_the_arguments_mean_the_same_without_lazy(made: list[Product]) -> None:
    tag = '{% recommendations "popular" product=product price_band=0.25 limit=4 %}'
    assert shown(render(tag, product=made[7])) == [
        "Gift 6",
        "Gift 7",
        "Gift 9",
        "Gift 10",
    ]

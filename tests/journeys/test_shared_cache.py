"""A caching proxy between visitors and the shop: nothing personal comes out of it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from django.core.cache import cache
from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.urls import path
from django.views.decorators.cache import cache_control

from shop_personalize.capture.identity import SALT
from shop_personalize.models.visitor import visitor_key
from tests.core.recommend import builders
from tests.core.recommend.pages import shown
from tests.journeys.caching_proxy import Proxy
from tests.projects.gifts.urls import urlpatterns as of_shop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

    from tests.projects.gifts.models import Product

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.journeys.test_shared_cache"),
]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


def page(source: str) -> Any:
    def view(request: HttpRequest) -> HttpResponse:
        template = Template("{% load personalize %}" + source)
        return HttpResponse(template.render(RequestContext(request)))

    return view


PERSONAL = '{% recommendations "home-for-you" limit=4 %}'
LAZY = '{% recommendations "home-for-you" limit=4 lazy %}{% personalize_js %}'
KEPT = '{% recommendations "home-popular" limit=4 cache=60 %}'
everywhere = cache_control(public=True, max_age=300)
urlpatterns = [
    path("silent/", page("{% personalize_js %}")),
    path("plain/", page(PERSONAL)),
    path("careless/", everywhere(page(PERSONAL))),
    path("lazy/", everywhere(page(LAZY))),
    path("kept/", everywhere(page(KEPT))),
    *of_shop,
]


@dataclass(frozen=True)
class Answer:
    status: int
    how: str
    """``hit`` or ``miss``."""
    headers: Any
    text: str


@dataclass(frozen=True)
class Visitor:
    """A browser; "" has no cookie yet."""

    name: str
    proxy: Proxy
    language: str = "en"

    def get(self, address: str) -> Answer:
        headers = {"User-Agent": AGENT, "Accept-Language": self.language}
        if self.name:
            headers["Cookie"] = f"sp_vid={Signer(salt=SALT).sign(self.name)}"
        asked = Request(self.proxy.url + address, headers=headers)
        with urlopen(asked, timeout=30) as answer:
            text = answer.read().decode()
            how = answer.headers["X-Cache"]
            return Answer(answer.status, how, answer.headers, text)


@pytest.fixture
def proxy(live_server: LiveServer) -> Iterator[Proxy]:
    cache.clear()
    yield from Proxy(live_server.url).run()


@pytest.fixture
def anna(proxy: Proxy, made: list[Product]) -> Visitor:
    builders.did(visitor_key("guest", "anna"), "view", made[0])
    return Visitor("anna", proxy)


@pytest.fixture
def ben(proxy: Proxy, made: list[Product]) -> Visitor:
    builders.did(visitor_key("guest", "ben"), "view", made[1])
    return Visitor("ben", proxy)


@pytest.fixture
def stranger(proxy: Proxy) -> Visitor:
    return Visitor("", proxy)


@pytest.fixture
def made(transactional_db: None) -> list[Product]:
    """Who viewed the first is shown 7 to 10, who viewed the second 11 to 14."""
    made = builders.products(20)
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[6:10], made[1]: made[10:14]})
    builders.publish("for_you", ids, near, builders.HISTORY_CONTEXT)
    builders.popular(made, ids)
    return made


OF_ANNA = [f"Gift {n}" for n in (7, 8, 9, 10)]
OF_BEN = [f"Gift {n}" for n in (11, 12, 13, 14)]
OF_ALL = [f"Gift {n}" for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("address", ["/plain/", "/careless/"])
def test_a_page_with_a_personal_block_is_each_visitors_own(
    anna: Visitor, ben: Visitor, stranger: Visitor, address: str
) -> None:
    for _ in range(2):
        assert shown(anna.get(address).text) == OF_ANNA
        assert shown(ben.get(address).text) == OF_BEN
        assert shown(stranger.get(address).text) == OF_ALL


@pytest.mark.parametrize("address", ["/plain/", "/careless/", "/lazy/", "/kept/", "/"])
def test_no_two_strangers_are_given_the_same_cookie(
    stranger: Visitor, made: list[Product], address: str
) -> None:
    first, second = stranger.get(address), stranger.get(address)
    given = [one.headers.get("Set-Cookie", "") for one in (first, second)]
    assert given == ["", ""] or (given[0] and given[1] and given[0] != given[1])


def place_of(answer: Answer) -> str:
    found = re.search(r'data-sp-lazy="([^"]+)"', answer.text)
    assert found is not None
    return html.unescape(found[1])


def test_a_lazy_page_is_kept_for_all_and_its_block_for_nobody(
    anna: Visitor, ben: Visitor, stranger: Visitor
) -> None:
    first, second, third = (one.get("/lazy/") for one in (anna, ben, stranger))
    assert [first.how, second.how, third.how] == ["miss", "hit", "hit"]
    assert first.text == second.text == third.text
    assert "Set-Cookie" not in first.headers
    without_script = first.text.split("<noscript>")[1].split("</noscript>")[0]
    assert shown(without_script) == OF_ALL
    assert shown(first.text) == OF_ALL
    address = place_of(first)
    for _ in range(2):
        for visitor, own in ((anna, OF_ANNA), (ben, OF_BEN), (stranger, OF_ALL)):
            answer = visitor.get(address)
            assert shown(answer.text) == own
            assert answer.how == "miss"
            assert "no-store" in answer.headers["Cache-Control"]


def test_a_lazy_block_speaks_the_language_of_its_page(
    anna: Visitor, ben: Visitor
) -> None:
    reader = Visitor("ben", anna.proxy, "zh-hans")
    english, chinese = anna.get("/lazy/"), reader.get("/lazy/")
    assert chinese.how == "miss"
    assert "lang=zh-hans" in place_of(chinese)
    assert "lang=en" in place_of(english)
    # A browser asks in its own words; the page has said which language it is in.
    headings = {}
    for answer, visitor in ((english, reader), (chinese, anna)):
        fragment = visitor.get(place_of(answer))
        heading = re.search(r'<h2 class="sp-title"[^>]*>([^<]+)<', fragment.text)
        assert heading is not None
        headings[fragment.headers["Content-Language"]] = heading[1]
    assert set(headings) == {"en", "zh-hans"}
    assert headings["en"] == "Recommended for you"
    assert headings["zh-hans"] != headings["en"]


def test_a_kept_block_is_the_same_for_everyone(
    anna: Visitor, ben: Visitor, stranger: Visitor
) -> None:
    answers = [one.get("/kept/") for one in (anna, ben, stranger)]
    assert [answer.how for answer in answers] == ["miss", "hit", "hit"]
    assert {tuple(shown(answer.text)) for answer in answers} == {tuple(OF_ALL)}
    assert "cookie" not in answers[0].headers.get("Vary", "").lower()
    # Kept in the shop's own cache too: a page made anew holds the same.
    again = anna.get("/kept/?fresh")
    assert again.how == "miss"
    assert again.text == answers[0].text


@pytest.mark.parametrize(
    "address",
    [
        "/personalize/recommendations/?block=home-for-you&n=4",
        "/personalize/me/",
        "/personalize/popular/?n=4",
    ],
)
def test_no_answer_of_the_api_is_kept(
    anna: Visitor, ben: Visitor, address: str
) -> None:
    for visitor in (anna, ben, anna):
        answer = visitor.get(address)
        assert answer.how == "miss"
        assert "no-store" in answer.headers["Cache-Control"]
    assert anna.proxy.cache.kept == {}


def test_the_api_answers_each_with_their_own(anna: Visitor, ben: Visitor) -> None:
    address = "/personalize/recommendations/?block=home-for-you&n=4"
    for visitor, own in ((anna, OF_ANNA), (ben, OF_BEN), (anna, OF_ANNA)):
        items = json.loads(visitor.get(address).text)["items"]
        assert [item["product"]["title"] for item in items] == own


def test_the_proxy_keeps_what_says_nothing_of_caches(
    stranger: Visitor, made: list[Product]
) -> None:
    """Or the tests above would say nothing."""
    assert [stranger.get("/silent/").how for _ in range(2)] == ["miss", "hit"]

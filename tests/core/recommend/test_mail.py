"""The block in an e-mail: absolute, attributed, and only for those who agreed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import override_settings
from django.utils import translation

from shop_personalize.attribution import assignment, unsign
from shop_personalize.models import Interaction, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend.mail import (
    absolute,
    base_of,
    picture,
    render_to_email,
    with_token,
)
from tests.core.recommend import builders
from tests.core.recommend.test_block import render

if TYPE_CHECKING:
    from django.test import Client

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
BASE = "https://gifts.example"


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str, name: str) -> list[str]:
        return [str(facts[name]) for each, facts in self.found if each == tag]


@pytest.fixture
def made() -> list[Product]:
    made = builders.products()
    builders.popular(made)
    return made


@pytest.fixture
def anna() -> Any:
    return get_user_model().objects.create_user("anna", "anna@example.com")


def titles(text: str) -> list[str]:
    return re.findall(r"^\* (Gift \d+)", text, re.MULTILINE)


def test_links_are_absolute_and_carry_the_token(made: list[Product], anna: Any) -> None:
    html, text = render_to_email(anna, block="home-popular", base_url=BASE, n=3)
    addresses = Links(html).of("a", "href")
    assert len(addresses) == 6  # the picture and the title of each
    for product, address in zip(made, addresses[::2], strict=False):
        parts = urlsplit(address)
        path = f"{parts.scheme}://{parts.netloc}{parts.path}"
        assert path == f"{BASE}/product/{product.pk}/"
        token = unsign(parse_qs(parts.query)["sp_rid"][0])
        assert token is not None
        assert (token.block, token.item) == ("home-popular", str(product.pk))
        assert address in text
    assert titles(text) == ["Gift 1", "Gift 2", "Gift 3"]
    assert text.startswith("Best sellers\n")


def test_mail_programs_get_tables_and_inline_styles_and_no_script(
    made: list[Product],
) -> None:
    html = render_to_email(base_url=BASE, n=3).html
    tags = {tag for tag, _ in Links(html).found}
    assert tags <= {"table", "tr", "td", "a", "img", "span", "b", "br"}
    assert "class=" not in html
    assert 'dir="ltr"' in html
    with translation.override("ar"):
        assert 'dir="rtl"' in render_to_email(base_url=BASE, n=3).html


def test_what_a_title_holds_stays_text(made: list[Product]) -> None:
    made[0].name = "<b onclick=x>Mug</b>\nBcc: all & sundry"
    made[0].save()
    html, text = render_to_email(base_url=BASE, n=3)
    assert "<b onclick" not in html
    assert "&lt;b onclick=x&gt;Mug&lt;/b&gt; Bcc: all &amp; sundry" in html
    assert "* <b onclick=x>Mug</b> Bcc: all & sundry, 1.00\n" in text


def test_what_was_bought_hidden_or_sold_out_since_stays_out(
    made: list[Product], anna: Any
) -> None:
    key = visitor_key("user", anna.pk)
    builders.did(key, "purchase", made[0])
    builders.did(key, "hide", made[1])
    made[2].stock = 0
    made[2].save()
    text = render_to_email(anna, base_url=BASE, n=3).text
    assert titles(text) == ["Gift 4", "Gift 5", "Gift 6"]
    # A buyer is known by the address too, and a key as the admin shows it.
    assert titles(render_to_email("bob@example.com", base_url=BASE, n=3).text) == [
        "Gift 1",
        "Gift 2",
        "Gift 4",
    ]
    Visitor.objects.filter(key=key).update(kind="user")
    assert titles(render_to_email(key, base_url=BASE, n=3).text) == titles(text)


def test_a_buyer_who_made_an_account_is_one_person(
    made: list[Product], anna: Any
) -> None:
    key = visitor_key("user", anna.pk)
    builders.did(key, "purchase", made[0])
    Visitor.objects.create(
        key=visitor_key("email", anna.email),
        kind="email",
        merged_into=Visitor.objects.get(key=key),
    )
    found = render_to_email("Anna@Example.com", base_url=BASE, n=3).text
    assert titles(found) == ["Gift 2", "Gift 3", "Gift 4"]


def test_nothing_for_the_erased_and_for_browsers(
    made: list[Product], anna: Any
) -> None:
    Visitor.objects.create(
        key=visitor_key("user", anna.pk), kind="user", is_erased=True
    )
    assert not render_to_email(anna, base_url=BASE)
    guest = visitor_key("guest", "somebody")
    builders.did(guest, "view", made[0])
    assert render_to_email(guest, base_url=BASE) == ("", "")
    assert not render_to_email(visitor_key("guest", "nobody"), base_url=BASE)


def unsubscribed(to: Any) -> str:
    return "none" if getattr(to, "username", to) == "anna" else "full"


@pytest.mark.parametrize("consent", [unsubscribed, f"{__name__}.unsubscribed"])
def test_the_shop_says_who_may_be_written_to(
    made: list[Product], anna: Any, settings: Any, consent: Any
) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "MAIL": {"consent": consent, "base_url": BASE},
    }
    assert not render_to_email(anna)
    assert render_to_email("bob@example.com")
    tag = '{% recommendations "home-for-you" email user=user %}'
    assert render(tag, user=anna) == ""


def test_who_is_held_out_gets_none_by_mail_either(
    made: list[Product], settings: Any
) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "HOLDOUT": 0.5}
    people = [f"p{n}@example.com" for n in range(40)]
    held = [who for who in people if assignment.is_held(visitor_key("email", who), 0.5)]
    assert 5 < len(held) < 35
    empty = [who for who in people if not render_to_email(who, base_url=BASE)]
    assert empty == held


def test_the_address_of_the_shop_is_found_or_asked_for(settings: Any) -> None:
    with pytest.raises(ValueError, match=r"pass base_url=, set SHOP_PERSONALIZE"):
        base_of()
    for wrong in ("gifts.example", "javascript:alert(1)", "//gifts.example", "ftp://x"):
        with pytest.raises(ValueError, match="is no address such as https://"):
            base_of(wrong)
    assert base_of("http://localhost:8000/shop/") == "http://localhost:8000/shop/"


def test_only_pages_are_linked_and_only_pictures_mail_can_show() -> None:
    assert absolute("javascript:alert(1)", BASE) == ""
    assert absolute("/product/1/", BASE) == f"{BASE}/product/1/"
    assert absolute("https://cdn.example/x", BASE) == "https://cdn.example/x"
    assert picture("/media/mug.jpg", BASE) == f"{BASE}/media/mug.jpg"
    assert picture("/media/mug.SVG", BASE) == picture("", BASE) == ""
    assert picture("data:image/png;base64,AAAA", BASE) == ""
    linked = with_token(f"{BASE}/p/?size=2#top", "2.a~b=")
    assert linked == f"{BASE}/p/?size=2&sp_rid=2.a~b%3D#top"


def test_a_click_from_a_mail_comes_back_with_its_token(
    transactional_db: None, client: Client, settings: Any
) -> None:
    # A program that follows links at once is no reader; this test is as quick.
    own = {**settings.SHOP_PERSONALIZE, "ATTRIBUTION": {"min_seconds": 0}}
    settings.SHOP_PERSONALIZE = own
    made = builders.products()
    builders.popular(made)
    html = render_to_email(base_url="http://testserver", block="home-popular").html
    address = Links(html).of("a", "href")[0]
    page = client.get(address, headers={"user-agent": "Mozilla/5.0 Firefox/140.0"})
    assert page.status_code == 200
    row = Interaction.objects.get(kind="view")
    assert row.item_id == str(made[0].pk)
    token = unsign(row.rid)
    assert token is not None
    assert token.block == "home-popular"


def test_nobody_in_particular_gets_what_is_the_same_for_everyone(
    made: list[Product], guest: str
) -> None:
    from django.contrib.auth.models import AnonymousUser

    builders.did(guest, "hide", made[0])
    for nobody in (None, "", AnonymousUser()):
        text = render_to_email(nobody, base_url=BASE, n=3).text
        assert titles(text) == ["Gift 1", "Gift 2", "Gift 3"]


def test_the_tag_needs_no_request_and_writes_text_too(
    made: list[Product], anna: Any
) -> None:
    source = '{{% recommendations "home-popular" {} user=user limit=3 base_url=base %}}'
    html = render(source.format("email"), user=anna, base=BASE)
    assert Links(html).of("a", "href")[0].startswith(f"{BASE}/product/{made[0].pk}/")
    made[0].name = "Cup & <saucer>"
    made[0].save()
    tag = source.format("email_text")
    plain = f"{{% autoescape off %}}{tag}{{% endautoescape %}}"
    text = render(plain, user=anna, base=BASE)
    assert "* Cup & <saucer>, 1.00\n" in text
    within_html = render(tag, user=anna, base=BASE)
    assert "<saucer>" not in within_html
    assert "* Cup &amp; &lt;saucer&gt;, 1.00\n" in within_html


def test_an_order_mail_recommends_what_goes_with_the_order(
    made: list[Product], anna: Any
) -> None:
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[5:9]})
    builders.publish("also_bought", ids, near, builders.PRODUCT_CONTEXT)
    found = render_to_email(
        anna, block="order-for-you", items=[made[0]], base_url=BASE, n=3
    )
    assert titles(found.text) == ["Gift 6", "Gift 7", "Gift 8"]


@override_settings(DEBUG=True)
def test_two_ways_at_once_are_refused() -> None:
    from django.template import TemplateSyntaxError

    for words in ("lazy email", "email email_text", "email as found", "lazy cache=9"):
        with pytest.raises(TemplateSyntaxError, match="exclude each other"):
            render(f'{{% recommendations "popular" {words} %}}')

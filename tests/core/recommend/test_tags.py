"""The companions of the tag, and how a page is read."""

from __future__ import annotations

import re
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import RequestFactory

from shop_personalize.models import Block, Interaction
from shop_personalize.recommend.context import guess, item_ids
from tests.core.recommend import builders
from tests.core.recommend.test_block import render, shown
from tests.projects.gifts.models import Order, OrderItem, Product

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db


def test_the_script_is_one_deferred_file() -> None:
    html = render("{% personalize_js %}")
    assert html == (
        '<script src="/static/shop_personalize/personalize.js" defer'
        ' data-sp-events="/personalize/events/"></script>'
    )


@pytest.mark.django_db(transaction=True)
def test_track_records_an_event_of_the_page(client: Client, guest: str) -> None:
    from shop_personalize.capture import service
    from shop_personalize.capture.identity import personalize_of

    made = builders.products(1)
    request = RequestFactory().get("/", headers={"user-agent": "Firefox"})
    request.COOKIES["sp_vid"] = client.cookies["sp_vid"].value
    html = render('{% track "wishlist" product %}.', product=made[0], request=request)
    service.flush(personalize_of(request))
    assert html == "."
    row = Interaction.objects.get(visitor__key=guest)
    assert (row.kind, row.item_id) == ("wishlist", str(made[0].pk))


def test_switched_off_there_is_nothing(settings: SettingsWrapper) -> None:
    builders.popular(builders.products())
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "ENABLED": False}
    assert render("{% recommendations %}{% personalize_js %}") == ""
    assert render("{% recommendations as found %}{{ found|length }}") == "0"


def test_a_second_tag_shows_the_pages_next_block(client: Client) -> None:
    builders.popular(builders.products(30))
    request = RequestFactory().get("/")
    page = render("{% recommendations %}{% recommendations %}", request=request)
    assert re.findall(r'data-sp-block="([^"]+)"', page) == [
        "home-for-you",
        "home-trending",
    ]
    assert len(set(shown(page))) == 16


def test_blocks_an_owner_switched_off_stay_off() -> None:
    builders.popular(builders.products())
    Block.objects.filter(page="home").update(is_active=False)
    assert render("{% recommendations %}") == ""
    assert render('{% recommendations "home-for-you" %}') == ""


def test_told_what_it_is_about_the_pages_product_only_stays_out() -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    edges = {made[0]: made[2:4], made[1]: [made[0], *made[6:9]]}
    near = builders.neighbors(ids, edges)
    builders.publish("bought_together", ids, near, builders.BASKET_CONTEXT)
    source = (
        '{% recommendations "bought_together" basket=cart min=1 fallback="" as found %}'
        "{% for r in found %}{{ r.title }},{% endfor %}"
    )
    page = render(source, cart=[made[1]], product=made[0])
    assert page == "Gift 7,Gift 8,Gift 9,"


def test_a_template_of_the_shop_gets_the_recommendations() -> None:
    builders.popular(builders.products())
    source = '{% recommendations "popular" limit=2 template="own.html" %}'
    own = {"own.html": "{% for r in recommendations %}{{ r.title }}/{% endfor %}"}
    from django.test import override_settings

    loaders = [
        ("django.template.loaders.locmem.Loader", own),
        "django.template.loaders.app_directories.Loader",
    ]
    backend = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": loaders},
    }
    with override_settings(TEMPLATES=[backend]):
        assert render(source) == "Gift 1/Gift 2/"


def test_lazy_and_as_exclude_each_other() -> None:
    with pytest.raises(TemplateSyntaxError, match="exclude each other"):
        render('{% recommendations "popular" lazy as found %}')


def test_baskets_and_orders_in_the_shapes_shops_have() -> None:
    made = builders.products(3)
    ids = tuple(str(p.pk) for p in made)
    order = Order.objects.create(created="2026-01-01T00:00:00Z")
    for product in made:
        OrderItem.objects.create(order=order, product=product, price=1)
    lines = [SimpleNamespace(product=p, quantity=1) for p in made]
    shapes: list[Any] = [
        made,
        Product.objects.order_by("pk"),
        [p.pk for p in made],
        {str(p.pk): 2 for p in made},
        [{"product": p, "quantity": 1} for p in made],
        [{"product_id": p.pk} for p in made],
        [(p, 1) for p in made],
        lines,
        SimpleNamespace(all_lines=lambda: lines),
        SimpleNamespace(lines=lines),
        order,
        order.items,
    ]
    assert [item_ids(shape) for shape in shapes] == [ids] * len(shapes)
    assert item_ids([]) == item_ids({}) == ()


def test_a_basket_on_every_page_does_not_make_every_page_the_basket() -> None:
    request = RequestFactory().get("/")

    def everywhere(request: Any) -> dict[str, Any]:
        return {"cart": [1]}

    context = RequestContext(request, {}, processors=[everywhere])
    with context.bind_template(Template("")):
        assert guess(context, request) == {"page": "home"}
    context = RequestContext(request, {"cart": [2]}, processors=[everywhere])
    with context.bind_template(Template("")):
        assert guess(context, request) == {"basket": [2], "page": "basket"}


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ({"product": "7"}, "product"),
        ({"order": "9"}, "order"),
        ({"category": "Mugs"}, "category"),
        ({"query": "mug"}, "search"),
        ({}, "home"),
    ],
)
def test_the_page_is_guessed(given: dict[str, Any], page: str) -> None:
    assert guess(Context(given), None)["page"] == page


def test_the_package_is_the_verb_whatever_was_imported_before() -> None:
    code = (
        "import django; django.setup()\n"
        "from shop_personalize import recommend as before\n"
        "import shop_personalize.recommend.service\n"
        "from shop_personalize import recommend as after\n"
        "assert callable(before) and callable(after)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

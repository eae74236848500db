"""A set is cheaper at the till only where a page has offered it."""

from __future__ import annotations

import json
from collections.abc import Callable

Ask = Callable[[str], str]

CLIENT = """
import json, time
from django.core import mail
from django.test import Client
from example_project.shop.models import Order, Product
from shop_personalize.attribution import Token, sign
client = Client(SERVER_NAME="localhost")
one, two = Product.objects.filter(available=True, stock__gt=9).order_by("pk")[:2]
Product.objects.filter(pk__in=[one.pk, two.pk]).update(price="10.05")

def add(rid):
    given = {"product": [one.pk, two.pk], "sp_rid": ["", rid]}
    page = client.post("/basket/add/", given, follow=True).content.decode()
    return page.split('<p>Total <b>')[1].split("<")[0], "Saved by the set" in page

def token(block, item):
    return sign(Token(block, "bought_together", item=str(item), at=int(time.time())))
"""


def test_the_till_gives_what_the_page_has_promised(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
found = [add(token("product-bundle", two.pk))]
basket = client.get("/basket/").content.decode()
client.post(f"/basket/remove/{two.pk}/")
left = client.get("/basket/").content.decode()
found.append((left.split('<p>Total <b>')[1].split("<")[0], "Saved" in left))
print(json.dumps(found))"""
    )
    # 5 % of 20.10 is 1.005, which rounds up to 1.01.
    assert json.loads(told) == [["£19.09", True], ["£10.05", False]]


def test_nobody_makes_a_set_of_their_own(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
other = token("home-popular", two.pk)
wrong = token("product-bundle", one.pk)
found = []
for rid in ("", "forged", other, wrong):
    client = Client(SERVER_NAME="localhost")
    found.append(add(rid))
odd = client.post("/basket/add/", {"product": ["x", "-1", "9" * 40]}, follow=True)
print(json.dumps([found, odd.status_code]))"""
    )
    assert json.loads(told) == [[["£20.10", False]] * 4, 200]


def test_who_has_ordered_is_written_to_with_what_goes_with_it(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
from django.test import override_settings
client.post(f"/basket/add/{one.pk}/")
address = {"email": "b@example.com", "name": "B", "address": "1 Way", "postcode": "X"}
mail.outbox = []
with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
    client.post("/checkout/", address)
(letter,) = mail.outbox
html = letter.alternatives[0].content
print(json.dumps([letter.to, "sp_rid=2.order-for-you" in letter.body,
    "http://localhost/product/" in html, "Thank you!" in html]))
Order.objects.latest("pk").delete()"""
    )
    assert json.loads(told) == [["b@example.com"], True, True, True]


def test_a_404_page_offers_something(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
from django.conf import settings
from django.test import override_settings
# One visitor in twenty sees no recommendations.
to_all = {**settings.SHOP_PERSONALIZE, "HOLDOUT": 0}
with override_settings(SHOP_PERSONALIZE=to_all):
    page = client.get("/gifts/red-mug.html")
print(page.status_code, 'data-sp-block="nothing-found"' in page.content.decode())"""
    )
    assert told == "404 True"

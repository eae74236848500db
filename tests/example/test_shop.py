from __future__ import annotations

import json
from collections.abc import Callable

from tests.example.conftest import Run

Ask = Callable[[str], str]

CLIENT = """
import json
from django.test import Client
from django.utils import timezone
from example_project.shop.models import *
from shop_personalize.models import Interaction
client = Client(SERVER_NAME="localhost")
some = Product.objects.filter(available=True, stock__gt=1).order_by("pk")
"""


def test_the_settings_pass_every_check(shop: Run) -> None:
    assert "no issues" in shop("check")
    assert "No changes" in shop("makemigrations", "shop", "--check", "--dry-run")


def test_the_last_order_was_placed_yesterday(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
told = Order.objects.exclude(email="a@example.com")
newest = told.latest("placed_at").placed_at
print((timezone.now().date() - newest.date()).days, told.count())"""
    )
    assert told == "1 500"


def test_loading_again_changes_nothing(shop: Run, ask: Ask) -> None:
    assert "already filled" in shop("load_demo_shop")
    told = ask(CLIENT + "print(Order.objects.exclude(email='a@example.com').count())")
    assert told == "500"


def test_totals_are_the_sum_of_their_lines(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
print(max(abs(float(o.total) - sum(float(l.total) for l in o.lines.all()))
    for o in Order.objects.filter(email__contains="customer-")[:100]) < 0.01)"""
    )
    assert told == "True"


def test_every_page_answers_in_both_languages(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
pages = ["/", "/category/kitchen/", "/category/kitchen/?sort=price", "/search/?q=red",
         "/search/", "/basket/", "/login/", some[0].get_absolute_url(),
         some[0].picture()]
found = {}
for language in ("en", "zh-hans"):
    answers = [client.get(p, headers={"accept-language": language}) for p in pages]
    found[language] = [a.status_code for a in answers]
    found[language + " word"] = ("购物篮" in answers[0].content.decode())
found["csp"] = {"Content-Security-Policy" in a.headers for a in answers} == {True}
found["inline"] = any(b" style=" in a.content or b"<style" in a.content or
    b"onclick" in a.content for a in answers)
print(json.dumps(found))"""
    )
    assert json.loads(told) == {
        "en": [200] * 9,
        "en word": False,
        "zh-hans": [200] * 9,
        "zh-hans word": True,
        "csp": True,
        "inline": False,
    }


def test_a_guest_buys_and_the_shelf_gets_emptier(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
product = some[0]
client.post(f"/basket/add/{product.pk}/", {"quantity": "2"})
in_basket = product.title in client.get("/basket/").content.decode()
address = {"email": "a@example.com", "name": "A", "address": "B", "postcode": "C"}
to = client.post("/checkout/", address)
order = Order.objects.latest("pk")
print(json.dumps([in_basket, to.headers["Location"], order.user, order.email,
    str(order.total) == str(product.price * 2), order.lines.get().quantity,
    product.stock - Product.objects.get(pk=product.pk).stock,
    client.get("/order/placed/").status_code, client.get("/checkout/").status_code]))
order.delete()"""
    )
    assert json.loads(told) == [
        True, "/order/placed/", None, "a@example.com", True, 2, 2, 200, 302,
    ]  # fmt: skip


def test_nonsense_quantities_mean_one(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
product = some[1]
found = []
for given in ("-5", "x", "", "1e9", "99999999999999999999"):
    client.post(f"/basket/remove/{product.pk}/")
    client.post(f"/basket/add/{product.pk}/", {"quantity": given})
    found.append(client.session["basket"][str(product.pk)])
print(found)"""
    )
    assert told == "[1, 1, 1, 1, 1]"


def test_a_customer_logs_in_with_one_click_and_sees_the_orders(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
from django.contrib.auth.models import User
who = Order.objects.filter(user__isnull=False).latest("placed_at").user
page = client.get("/login/").content.decode()
answer = client.post("/login/", {"username": who.username, "password": "teasel"})
account = client.get("/account/")
own = who.orders.latest("placed_at")
other = Order.objects.exclude(user=who).first()
print(json.dumps(["customer-" in page, answer.status_code, account.status_code,
    client.get(f"/account/order/{own.number}/").status_code,
    client.get(f"/account/order/{other.number}/").status_code]))"""
    )
    assert json.loads(told) == [True, 302, 200, 200, 404]


def test_what_is_not_for_sale_cannot_be_reached(ask: Ask) -> None:
    told = ask(
        CLIENT
        + """
postage = Product.objects.get(sku="POST")
gone = some[2]
Product.objects.filter(pk=gone.pk).update(available=False)
print([client.get(postage.get_absolute_url()).status_code,
    client.get(gone.get_absolute_url()).status_code,
    client.post(f"/basket/add/{gone.pk}/").status_code])"""
    )
    assert told == "[404, 404, 404]"

"""The list of suggestions: what it says, and what its buttons do."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from shop_personalize.pricing.models import PriceSuggestion
from shop_personalize.pricing.services import deciding
from tests.pricing.addresses import url
from tests.pricing.builders import product, suggested
from tests.projects.gifts.models import Product
from tests.reading import text, title

pytestmark = pytest.mark.django_db
LIST = "pricesuggestion_changelist"


def test_an_empty_list_says_how_to_begin(admin: Client) -> None:
    page = text(admin, url(LIST))
    assert title(page) == "No price is to be decided"
    assert "python manage.py personalize price" in page


def test_the_list_says_what_is_to_be_decided_and_why(admin: Client) -> None:
    suggested(product("Cake stand"), gain=12.0)
    suggested(
        product("Doormat"),
        "11.00",
        gain=30.0,
        profit_low=1.0,
        bounds=[
            {"limit": "step", "rule": "", "value": 0.1},
            {"limit": "ending", "rule": "Pretty", "value": ".00"},
        ],
    )
    suggested(product("Done"), state="dismissed")
    page = text(admin, url(LIST))
    assert title(page) == (
        "2 prices to decide: about £42 of profit a week more, if estimates are right"
    )
    assert page.index(">Doormat</a>") < page.index(">Cake stand</a>")
    assert ">Done</a>" not in page
    assert "1 is better in 9 of 10 cases." in page
    assert "£10.00 → <strong>£11.00</strong>" in page
    assert (
        "About 10 % more are sold (8 to 12 %), from its own sales; every piece" in page
    )
    assert (
        "Bound by: largest step (the shop&#x27;s setting), ending of prices (rule "
        "“Pretty”)"
    ) in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("state=dismissed", ["Done"]),
        ("state=all", ["Cheaper", "Dearer", "Done"]),
        ("way=up", ["Dearer"]),
        ("way=down", ["Cheaper"]),
        ("sure=gain", ["Dearer"]),
        ("sure=own", ["Cheaper"]),
        ("category__exact=Rugs", ["Dearer"]),
        ("q=cheap", ["Cheaper"]),
    ],
)
def test_the_list_is_filtered(admin: Client, query: str, names: list[str]) -> None:
    suggested(product("Cheaper"))
    up = product("Dearer", category="Rugs")
    suggested(up, "11.00", profit_low=1.0, source="category")
    suggested(product("Done"), state="dismissed", source="shop")
    page = text(admin, f"{url(LIST)}?{query}")
    found = re.findall(r">(Cheaper|Dearer|Done)</a>", page)
    assert sorted(set(found)) == names


def test_the_list_reads_few_queries_however_many_there_are(
    admin: Client, django_assert_num_queries: Any
) -> None:
    for at in range(30):
        suggested(product(f"Stand {at}"), gain=float(at))
    text(admin, url(LIST))
    with django_assert_num_queries(9):
        text(admin, url(LIST))


def test_a_price_is_approved_and_put_back_by_buttons(admin: Client) -> None:
    item = product()
    row = suggested(item)
    page = text(admin, url(LIST))
    approve = url("pricesuggestion_do", row.pk, "approve")
    assert f'formaction="{approve}"' in page
    assert f'name="back" value="{url(LIST)}"' in page
    answer = admin.post(approve, {"back": url(LIST)}, follow=True)
    assert "“Cake stand” costs £9.50 in the shop now." in answer.content.decode()
    assert Product.objects.get().price == Decimal("9.50")
    log = text(admin, url("pricechange_changelist"))
    assert "Approved: £10.00 → £9.50" in log
    assert "Too early to say." in log
    back = url("pricesuggestion_do", row.pk, "put-back")
    assert f'formaction="{back}"' in log
    admin.post(back)
    assert Product.objects.get().price == 10
    assert LogEntry.objects.count() == 2


def test_what_is_refused_is_told(admin: Client) -> None:
    item = product()
    row = suggested(item)
    Product.objects.update(price="12.00")
    do = url("pricesuggestion_do", row.pk, "approve")
    page = admin.post(do, follow=True).content.decode()
    assert "Nothing was changed: “Cake stand” costs £12.00 now, not £10.00" in page


def test_a_button_leads_nowhere_else(admin: Client) -> None:
    row = suggested(product())
    do = url("pricesuggestion_do", row.pk, "dismiss")
    answer = admin.post(do, {"back": "https://elsewhere.example/"})
    assert answer.headers["Location"] == url(LIST)
    assert admin.get(do).status_code == 405
    assert admin.post(url("pricesuggestion_do", row.pk, "burn")).status_code == 404


def test_many_are_approved_at_once(admin: Client) -> None:
    rows = [suggested(product(name)) for name in ("One", "Two", "Three")]
    Product.objects.filter(name="Three").update(price="12.00")
    wish = {"action": "approve_chosen", "_selected_action": [r.pk for r in rows]}
    page = admin.post(url(LIST), wish, follow=True).content.decode()
    assert "2 prices approved." in page
    assert "“Three” costs £12.00 now" in page
    assert PriceSuggestion.objects.filter(state="applied").count() == 2
    wish = {"action": "dismiss_chosen", "_selected_action": [rows[2].pk]}
    page = admin.post(url(LIST), wish, follow=True).content.decode()
    assert "1 suggestion dismissed." in page


def test_prices_are_downloaded_as_plain_numbers(admin: Client, boss: Any) -> None:
    row = deciding.approve(suggested(product("=Cake")), user=boss)
    suggested(product("Open"))
    answer = admin.get(url("pricesuggestion_csv"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["item_id"], line["title"]) == (row.item_id, "'=Cake")
    assert (line["price_now"], line["suggested"]) == ("10", "9.5")
    assert (line["units_low"], line["state"]) == ("3.0", "applied")
    open_only = admin.get(url("pricesuggestion_csv") + "?state=open").content.decode()
    assert "Open" in open_only
    assert admin.get(url("pricesuggestion_csv") + "?state=no").status_code == 404


def test_the_overview_leads_to_prices(admin: Client) -> None:
    page = text(admin, reverse("admin:shop_personalize_overview"))
    assert url(LIST) in page

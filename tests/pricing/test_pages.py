"""The pages through real requests: what they say and what their buttons do."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shop_personalize.pricing.models import (
    CompetitorPrice,
    Elasticity,
    PriceChange,
    PricedItem,
    PriceRule,
    PriceSuggestion,
)
from shop_personalize.pricing.services import deciding, learning, suggesting
from tests.pricing.builders import answering, known, monday, product, sold, suggested
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
APP = "shop_personalize_pricing"


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:{APP}_{name}", args=args)


LIST = "pricesuggestion_changelist"


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.split('id="content"')[1], re.DOTALL)
    assert found is not None
    return found[1]


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
    assert " style=" not in page.split('id="content-main"')[1]


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


def learned(price: str = "10.00", **given: Any) -> Product:
    item = product(price=price, **given)
    answering(item, -2.0)
    suggesting.suggest(learning.learn())
    return item


def test_the_workbench_says_what_other_prices_bring(admin: Client) -> None:
    item = learned()
    page = text(admin, url("workbench", item.pk))
    assert title(page).startswith(
        "£9.00 instead of £10.00 would earn £6.91 a week more ("
    )
    assert "About 23 % more are sold" in page
    assert "<strong>10 % cheaper sells about 23 % more (" in page
    assert "cost £4.00, margin 60 %" in page
    assert page.count('<figure class="sp-figure">') == 3
    assert page.count('class="sp-allowed"') == 3
    assert page.count('class="sp-seen"') == 40
    assert "at most 10 % from today&#x27;s price" in page
    assert " style=" not in page.split('id="content-main"')[1]
    assert "<script>" not in page


def test_a_price_is_tried_without_changing_anything(admin: Client) -> None:
    item = learned()
    page = text(admin, url("workbench", item.pk) + "?price=8.00")
    assert '<th scope="row">tried' in page
    assert "✖ at most 10 % from today&#x27;s price" in page
    assert "62.5 (+22.5, " in page
    assert re.search(r"£250 \(\+£(9\.9\d|10(\.00)?), ", page)
    assert Product.objects.get().price == 10
    page = text(admin, url("workbench", item.pk) + "?price=abc")
    assert "Enter a number." in page


def test_without_a_cost_the_workbench_shows_no_profit(admin: Client) -> None:
    item = learned(cost=None)
    page = text(admin, url("workbench", item.pk))
    assert "The catalog tells no cost above 0" in page
    assert "cost not known" in page
    assert page.count('<figure class="sp-figure">') == 2
    assert "Profit a week" not in page


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        (0, "It was never sold, so nothing tells how demand answers its price."),
        (3, "It was sold in too few weeks to say which price is best."),
    ],
)
def test_what_is_not_known_is_said(admin: Client, weeks: int, told: str) -> None:
    item = product()
    other = product("Other")
    answering(other, -2.0)
    sold(item, [10.0] * weeks, [5] * weeks)
    suggesting.suggest(learning.learn())
    page = text(admin, url("workbench", item.pk))
    assert told in page
    assert told in text(admin, url("priceditem_changelist"))


def test_the_workbench_tells_of_a_price_nobody_paid_lately(admin: Client) -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    Product.objects.update(price="12.50")
    suggesting.suggest(learning.learn())
    page = text(admin, url("workbench", item.pk))
    assert "the 40 units a week count as 25.6 at today&#x27;s price." in page


def test_the_workbench_tells_of_an_answer_nobody_is_sure_of(admin: Client) -> None:
    item = product()
    known(item, value=-0.1)
    page = text(admin, url("workbench", item.pk))
    assert "It is not even sure that cheaper sells more of it" in page
    assert "<strong>10 % cheaper sells about 1.1 % more (−2.3 % to 4.5 %)" in page


def test_an_unknown_product_is_no_error(admin: Client) -> None:
    page = text(admin, url("workbench", "no-such-thing"))
    assert "Nothing is known of this product yet" in page
    assert text(admin, url("workbench", "a/b"))


def test_the_workbench_tells_of_discounts_within_weeks(admin: Client) -> None:
    item = product()
    known(item)
    sold(item, [10.0, 10.1] * 5, [40] * 10)
    assert "discounts for large orders" not in text(admin, url("workbench", item.pk))
    from shop_personalize.pricing.models import PriceWeek

    PriceWeek.objects.update(low=6)
    assert "discounts for large orders" in text(admin, url("workbench", item.pk))


def test_the_workbench_tells_of_neighbors_and_competitors(admin: Client) -> None:
    item, other = product(), product("Doormat")
    known(item)
    cross = [{"key": str(other.pk), "value": 1.0, "error": 0.2}]
    Elasticity.objects.update(cross=cross)
    CompetitorPrice.objects.create(
        item_id=str(item.pk), competitor="Rival", price=Decimal("9.80"), currency="GBP"
    )
    page = text(admin, url("workbench", item.pk))
    assert "When “Doormat” is 10 % dearer: +10 % sold (+7.3 % to +13 %)" in page
    assert "Rival" in page
    assert "£9.80" in page


def test_the_workbench_reads_few_queries(
    admin: Client, django_assert_num_queries: Any
) -> None:
    item = learned()
    text(admin, url("workbench", item.pk))
    with django_assert_num_queries(14):
        text(admin, url("workbench", item.pk))


def test_before_and_after_stand_beside_what_was_expected(
    admin: Client, boss: Any
) -> None:
    item = product()
    known(item)
    deciding.approve(suggested(item), user=boss)
    PriceChange.objects.update(at=timezone.now() - timedelta(weeks=5))
    changed = monday(5)
    for week in range(1, 14):
        ago = monday(week)
        sold(item, [10.0], [48 if ago > changed else 40], until=week)
    told = "40 before, 48 in the 4 weeks after; 44 expected."
    assert told in text(admin, url("pricechange_changelist"))
    assert told in text(admin, url("workbench", item.pk))


def test_the_log_reads_few_queries_however_many_there_are(
    admin: Client, boss: Any, django_assert_num_queries: Any
) -> None:
    for at in range(6):
        deciding.approve(suggested(product(f"Stand {at}")), user=boss)
    PriceChange.objects.update(at=timezone.now() - timedelta(weeks=5))
    text(admin, url("pricechange_changelist"))
    with django_assert_num_queries(5):
        text(admin, url("pricechange_changelist"))


def test_rules_stand_in_the_order_in_which_they_are_asked(admin: Client) -> None:
    for name, scope, key in (
        ("For all", "all", ""),
        ("For cakes", "category", "Cake"),
        ("For one", "product", "7"),
    ):
        PriceRule.objects.create(name=name, scope=scope, key=key, margin=20)
    page = text(admin, url("pricerule_changelist"))
    places = [
        page.index(f">{name}</a>") for name in ("For one", "For cakes", "For all")
    ]
    assert places == sorted(places)
    assert "a margin of at least 20 %" in page
    assert "Without a rule a price moves by at most 10 %" in page


def test_a_rule_is_written_in_the_admin(admin: Client) -> None:
    item = product("Cake stand")
    wish = {
        "name": "One",
        "is_active": "on",
        "scope": "product",
        "key": "cake stand",
        "position": "0",
        "margin": "20",
    }
    admin.post(url("pricerule_add"), wish)
    rule = PriceRule.objects.get()
    assert (rule.key, rule.margin) == (str(item.pk), 20)
    admin.post(url("pricerule_change", rule.pk), {**wish, "margin": "30"})
    messages = LogEntry.objects.values_list("change_message", flat=True)
    assert "Asks now: a margin of at least 30 %" in messages
    page = admin.post(url("pricerule_add"), {**wish, "key": "no such"}).content.decode()
    assert "The shop has no product “no such”." in page


def imported(client: Client, lines: str, **given: Any) -> Any:
    file = SimpleUploadedFile("prices.csv", lines.encode())
    return client.post(
        url("competitorprice_import"), {"file": file, "currency": "gbp", **given}
    )


def test_competitors_prices_are_imported_line_by_line(admin: Client) -> None:
    item = product()
    lines = (
        "Item,Competitor,Price,Seen\n"
        f"{item.pk},Rival,9.80,2026-03-01\n"
        f"{item.pk},Another,£ 9.90,\n"
        "999,Rival,1.00,\n"
        f"{item.pk},Rival,free,\n"
        f"{item.pk},,5.00,\n"
        f"{item.pk},Rival,5.00,someday\n"
        f"{item.pk},Rival,5.00,2999-01-01\n"
    )
    page = imported(admin, lines, is_trial="on").content.decode()
    assert not CompetitorPrice.objects.exists()
    for told in (
        "line 4: the shop has no product “999”",
        "line 5: “free” is no price above zero",
        "line 6: no competitor is named",
        "line 7: “someday” is no date like 2026-03-29",
        "line 8: “2999-01-01” is still to come",
    ):
        assert told in page
    imported(admin, lines)
    rows = CompetitorPrice.objects.order_by("price")
    assert [(row.competitor, row.price, row.currency) for row in rows] == [
        ("Rival", Decimal("9.80"), "GBP"),
        ("Another", Decimal("9.90"), "GBP"),
    ]
    dated = "\n".join(lines.splitlines()[:2])
    assert imported(admin, dated).status_code == 302
    assert CompetitorPrice.objects.count() == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("item,price\n1,2\n", "The file has no column competitor; its columns are"),
        ("", "The submitted file is empty."),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(
    admin: Client, lines: str, told: str
) -> None:
    assert told in imported(admin, lines).content.decode()


def test_the_overview_leads_to_prices(admin: Client) -> None:
    page = text(admin, reverse("admin:shop_personalize_overview"))
    assert url(LIST) in page


def test_products_are_listed_with_what_is_said_of_them(
    admin: Client, django_assert_num_queries: Any
) -> None:
    for at in range(4):
        learned(name=f"Stand {at}", price="8.00")
    text(admin, url("priceditem_changelist"))
    with django_assert_num_queries(5):
        page = text(admin, url("priceditem_changelist"))
    assert page.count("Today&#x27;s price is the best one the rules allow.") == 4
    assert PricedItem.objects.count() == 4


def test_how_demand_answers_stands_there_by_category(
    admin: Client, django_assert_num_queries: Any
) -> None:
    page = text(admin, url("elasticity_changelist"))
    assert title(page) == "How demand answers prices is not known yet"
    for at in range(4):
        answering(product(f"Stand {at}"), -2.0, seed=at)
    suggesting.suggest(learning.learn())
    with django_assert_num_queries(6):
        page = text(admin, url("elasticity_changelist"))
    assert title(page).startswith("In this shop 10 % cheaper sells about 23 % more (")
    assert "4 products that speak" in page
    assert page.count("<circle") == 2
    page = text(admin, url("elasticity_changelist") + "?of=item")
    assert page.count("40 weeks with sales, 5 prices") == 4

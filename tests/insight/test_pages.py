"""The reports as an owner opens them: pages, files, rights, and a bounded cost."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from shop_personalize.insight.admin.reports import REPORTS
from shop_personalize.insight.admin.table import HIDDEN, Column, Table
from shop_personalize.insight.models import KeptAnswer
from shop_personalize.insight.selectors.period import LENGTHS, Period
from shop_personalize.insight.selectors.questions import QUESTIONS
from shop_personalize.insight.services import answers
from shop_personalize.insight.services.renewal import NAME
from shop_personalize.registry.pages import pages
from shop_personalize.training.periodic import every
from tests.insight.conftest import LAST, MONTH, buy, count, happen, see
from tests.projects.gifts.models import Category, Product

pytestmark = pytest.mark.django_db

INDEX = "admin:shop_personalize_insight_reports"


def url(name: str, days: int = 28) -> str:
    return (
        reverse("admin:shop_personalize_insight_report", args=[name]) + f"?days={days}"
    )


def file(name: str, table: str) -> str:
    return reverse("admin:shop_personalize_insight_csv", args=[name, table])


@pytest.fixture(autouse=True)
def counted_just_now(db: Any) -> None:
    every(NAME, timedelta(0), lambda: None)


@pytest.fixture
def shop(db: Any) -> list[Product]:
    mugs, lamps = (Category.objects.create(name=name) for name in ("Mugs", "Lamps"))
    products = [
        Product.objects.create(name=name, price=10, category=category)
        for name, category in (("Mug", mugs), ("=Plate", mugs), ("Lamp", lamps))
    ]
    mug, plate, lamp = (product.pk for product in products)
    for n in range(12):
        who = f"p{n}"
        happen(who, "view", mug)
        happen(who, "search", context={"query": "mug", "results": n % 2})
        see(who, lamp, 1 + n % 3, click=n == 0)
        happen(who, "add_to_cart", mug)
        buy(who, f"A{n}", mug, plate)
        buy(who, f"B{n}", mug, days_ago=10, value=Decimal("12.50"))
    count()
    for name in QUESTIONS:
        answers.keep(name, MONTH)
    return products


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_answers_in_its_title(
    name: str, boss: Client, shop: list[Product]
) -> None:
    response = boss.get(url(name))
    html = response.content.decode()
    found = answers.find(name, 28)
    assert found is not None
    answer, period, _made_at = found
    title = REPORTS[name].headline(answer, period)
    assert response.context["title"] == title
    assert response.context["shown"].missing is None
    assert html.count("<svg") >= 1 or "sp-heat" in html
    assert html.count("Download as CSV") == len(response.context["tables"]) >= 1
    assert "<script>" not in html
    assert ' style="' not in html


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_says_what_is_missing_and_how_to_get_it(
    name: str, boss: Client
) -> None:
    answers.keep(name, MONTH)
    missing = boss.get(url(name)).context["shown"].missing
    assert missing is not None
    assert missing.command


@pytest.mark.parametrize(("name", "queries"), [("funnel", 4), ("products", 5)])
def test_a_page_only_reads_its_answer(
    name: str,
    queries: int,
    boss: Client,
    shop: list[Product],
    django_assert_num_queries: Any,
) -> None:
    boss.get(url(name))
    with django_assert_num_queries(queries):
        boss.get(url(name))


def test_the_list_gives_ten_answers_with_one_question(
    boss: Client, shop: list[Product], django_assert_num_queries: Any
) -> None:
    boss.get(reverse(INDEX))
    with django_assert_num_queries(4):
        html = boss.get(reverse(INDEX)).content.decode()
    assert "100 % of 12 visitors bought" in html
    assert "50 % of the searches find nothing" in html
    assert "An order holds 1.5 products and is worth £16" in html
    assert all(str(report.title) in html for report in REPORTS.values())


def test_before_anything_was_counted_pages_say_how(boss: Client) -> None:
    assert not KeptAnswer.objects.exists()
    for page in (reverse(INDEX), url("funnel")):
        html = boss.get(page).content.decode()
        assert "python manage.py personalize_reports" in html


def test_a_period_that_is_not_offered_is_the_usual_one(
    boss: Client, shop: list[Product]
) -> None:
    for text in ("28", "9999", "x", "²", ""):
        address = url("funnel").replace("=28", f"={text}")
        chosen = [row for row in boss.get(address).context["lengths"] if row[2]]
        assert [row[0] for row in chosen] == ["28 days"]
    assert [row[0] for row in boss.get(url("funnel")).context["lengths"]] == [
        f"{days} days" for days in LENGTHS
    ]


def test_the_file_holds_the_same_rows_and_no_formula(
    boss: Client, shop: list[Product]
) -> None:
    mug, plate, _lamp = shop
    response = boss.get(file("products", "products"))
    assert response["Content-Disposition"] == (
        'attachment; filename="products-products-2026-03-29-28d.csv"'
    )
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        [
            "product",
            "id",
            "revenue (GBP)",
            "against before",
            "orders",
            "units",
            "viewed",
            "orders a view",
            "at least",
        ],
        ["Mug", str(mug.pk), "270.00", "", "24", "24", "12", "", ""],
        ["'=Plate", str(plate.pk), "120.00", "", "12", "12", "0", "", ""],
    ]


def test_numbers_of_few_people_are_hidden_in_the_file_too() -> None:
    columns = [Column("who", "text"), Column("people"), Column("share", "percent")]
    table = Table("x", "X", columns, [["-sum", HIDDEN, 1 / 3], ["b", None, 0.5]])
    assert table.csv() == (
        "who,people,share\r\n'-sum,fewer than 10,0.333333\r\nb,,0.5\r\n"
    )
    assert [cell for cell, _is_text in table.cells()[0]] == [
        "-sum",
        "fewer than 10",
        "33 %",
    ]


def test_who_may_look_and_who_may_take_away(shop: list[Product]) -> None:
    user = get_user_model().objects.create_user("staff", is_staff=True)
    client = Client()
    client.force_login(user)
    pages_ = (reverse(INDEX), url("funnel"), file("funnel", "funnel"))
    assert [client.get(page).status_code for page in pages_] == [403] * 3
    user.user_permissions.add(Permission.objects.get(codename="view_keptanswer"))
    assert [client.get(page).status_code for page in pages_] == [200, 200, 403]
    assert b"Download" not in client.get(url("funnel")).content
    user.user_permissions.add(Permission.objects.get(codename="export_reports"))
    assert client.get(pages_[2]).status_code == 200
    assert client.post(pages_[1]).status_code == 405


def test_reports_and_tables_that_do_not_exist(
    boss: Client, shop: list[Product]
) -> None:
    assert boss.get(url("nonsense")).status_code == 404
    assert boss.get(file("funnel", "nonsense")).status_code == 404
    KeptAnswer.objects.all().delete()
    assert boss.get(file("funnel", "funnel")).status_code == 404


def test_the_overview_is_offered_the_reports() -> None:
    offered = {page.url: page for page in pages()}
    assert offered[INDEX].permission == "shop_personalize_insight.view_keptanswer"
    assert Period(28, LAST).before.until == LAST - timedelta(days=28)

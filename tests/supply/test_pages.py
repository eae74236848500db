"""The pages through real requests: what they say and what their buttons do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shop_personalize.registry.pages import pages
from shop_personalize.supply.models import (
    ForecastOutcome,
    ForecastRun,
    ItemSupply,
    Reorder,
    Supplier,
)
from shop_personalize.supply.services import replenishing
from tests.supply.builders import (
    forecast,
    foreseen,
    monday,
    product,
    steady,
    supplied,
    supplier,
)

pytestmark = pytest.mark.django_db
APP = "shop_personalize_supply"


def url(name: str, *args: Any) -> str:
    return reverse(f"admin:{APP}_{name}", args=args)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    assert " style=" not in page.split('id="content"')[1]
    return page


def title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.split('id="content"')[1], re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def shop(db: Any) -> dict[str, str]:
    """A mug that runs out, a pot of which there is far too much; a supplier."""
    mug = product("Mug", stock=5, category="Kitchen")
    pot = product("Pot", stock=5000, category="Kitchen")
    steady(mug, weeks=3)
    steady(pot, weeks=3)
    foreseen({mug: 10, pot: 10})
    hale = supplier("Hale", minimum_order_value=100, email="hale@example.com")
    supplied(mug, hale)
    supplied(pot, hale)
    replenishing.replenish()
    return {"mug": mug, "pot": pot, "hale": str(hale.pk)}


def test_before_anything_is_known_the_overview_says_how_to_begin(admin: Client) -> None:
    page = text(admin, url("overview"))
    assert title(page) == "Nothing is known yet of what to order"
    assert "python manage.py personalize forecast" in page
    assert "python manage.py personalize replenish" in page


def test_the_overview_says_what_to_order_what_it_costs_and_what_lies(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("overview"))
    assert title(page) == "Order 1 product this week, worth £60"
    assert "Reorder 15 today (lead time 7 days, service 97 %)" in page
    assert "Nothing is ordered by itself." in page
    plain = re.sub(r"<[^>]*>", " ", page)
    assert re.search(r"too much in stock\s+1\s+tied up: £", plain)
    assert re.search(r"may run out\s+1\s+sold out: 0", plain)


def test_the_overview_is_offered_to_the_core() -> None:
    assert f"admin:{APP}_overview" in [page.url for page in pages()]


def test_the_alarm_is_on_the_overview(admin: Client) -> None:
    for step in (1, 2, 3):
        run = ForecastRun.objects.create(
            grain="week",
            horizon=13,
            state="done",
            accuracy={"product": {"wape": 0.2}},
        )
        ForecastOutcome.objects.create(
            run=run,
            level="product",
            step=1,
            period=monday(step),
            series_count=1,
            actual=1,
            forecast=2,
            wape=0.9,
            bias=1,
            cover80=0,
            cover95=0,
        )
    page = text(admin, url("overview"))
    assert "off by 90 % of what was sold, beside 20 % in its test (product)" in page


def test_lists_of_what_runs_out_and_of_what_lies(
    admin: Client, shop: dict[str, str]
) -> None:
    risk, surplus = (
        text(admin, url("stock") + f"?show={name}") for name in ("risk", "surplus")
    )
    assert (">Mug</a>" in risk, ">Pot</a>" in risk) == (True, False)
    assert (">Mug</a>" in surplus, ">Pot</a>" in surplus) == (False, True)
    everything = text(admin, url("stock") + "?show=all")
    assert everything.index(">Mug</a>") < everything.index(">Pot</a>")


def test_the_page_of_a_product_draws_history_forecast_and_bands(admin: Client) -> None:
    mug = product("Mug", stock=5)
    steady(mug)
    forecast()
    replenishing.replenish()
    page = text(admin, url("item", mug))
    assert title(page).startswith("Mug: Reorder ")
    assert page.count('<polygon class="sp-band') == 2
    assert "Method: " in page
    assert "No supplier is named: a lead time of 7 days is assumed." in page
    assert f'href="{url("itemsupply_add")}?item_id={mug}"' in page
    months = text(admin, url("item", mug) + "?by=month")
    assert "Nothing of this has been forecast by these periods." in months


def test_a_product_nobody_knows_has_a_page_without_figures(admin: Client) -> None:
    page = text(admin, url("item", "a/b"))
    assert title(page) == "a/b"
    assert "Nothing of this has been forecast" in page


def test_the_forecast_of_the_shop_and_of_a_category(admin: Client) -> None:
    assert title(text(admin, url("forecast"))) == "Nothing has been forecast yet"
    steady(product("Mug", category="Kitchen"))
    forecast()
    page = text(admin, url("forecast"))
    assert title(page) == "The whole shop: about 130 units in the next 13 weeks"
    assert "Held to the last 4 weeks, it was off by 0 % of what was sold;" in page
    kitchen = text(admin, url("forecast") + "?of=Kitchen")
    assert title(kitchen) == "Kitchen: about 130 units in the next 13 weeks"
    assert admin.get(url("forecast") + "?of=Nowhere").status_code == 404


def test_a_forecast_is_made_by_a_button(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    steady(product())
    from shop_personalize.supply.services import demand

    demand.roll_up()
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(url("make"), {"grain": "week"})
    assert response.status_code == 302
    assert ForecastRun.objects.get().state == "done"
    assert LogEntry.objects.get().change_message == "Asked for."
    page = text(admin, url("forecastrun_changelist"))
    assert title(page) == "What will sell, and how right that has been"
    assert "?by=week" in page
    admin.post(url("make"), {"grain": "century"})
    assert ForecastRun.objects.count() == 1


def test_rows_are_approved_changed_and_dismissed_on_one_page(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("reorder_changelist"))
    assert title(page) == "1 product should be ordered"
    assert "5 in stock, enough for 4 days; 0 on order." in page
    row = Reorder.objects.get()
    sent = {"verb": "approve", "row": row.pk, f"quantity-{row.pk}": "24"}
    admin.post(url("reorder_decide"), sent)
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("changed", 24)
    approved = text(admin, url("reorder_changelist") + "?show=approved")
    assert "£4.00 below the minimum order value" in approved
    assert url("reorder_csv", shop["hale"]) in approved
    admin.post(url("reorder_decide"), {"verb": "order", "row": row.pk})
    received = {"verb": "receive", "row": row.pk, f"quantity-{row.pk}": "20"}
    admin.post(url("reorder_decide"), received)
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("received", 20)
    messages = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(messages) == [
        "Approved: 24 instead of 15.",
        "Ordered: 24.",
        "Received: 20 of 24.",
    ]


def test_all_of_a_page_at_once(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    admin.post(url("reorder_decide"), {"every": "approve", "on-page": row.pk})
    row.refresh_from_db()
    assert row.state == "approved"


def test_dismissing_asks_why(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    sent = {"verb": "dismiss", "row": row.pk, "reason": "end of the range"}
    admin.post(url("reorder_decide"), sent)
    page = text(admin, url("reorder_changelist") + "?show=dismissed")
    assert "end of the range" in page
    assert "boss" in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"verb": "approve"}, "Nothing was ticked, so nothing was done."),
        ({"verb": "buy", "row": "1"}, "Nothing was ticked, so nothing was done."),
        ({"verb": "receive", "row": "own"}, "this can be done while it is: ordered"),
        (
            {"verb": "approve", "row": "own", "n": "x"},
            "must be a whole number",
        ),
        ({"verb": "approve", "row": "own", "n": "0"}, "must be 1 or more, not 0"),
        ({"verb": "approve", "row": "999999"}, "1 suggestion was replaced by a newer"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    admin: Client, shop: dict[str, str], sent: dict[str, str], says: str
) -> None:
    row = Reorder.objects.get()
    given: dict[str, Any] = {**sent}
    if given.get("row") == "own":
        given["row"] = row.pk
    if "n" in given:
        given[f"quantity-{row.pk}"] = given.pop("n")
    page = admin.post(url("reorder_decide"), given, follow=True).content.decode()
    assert says in page
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("open", 15)


def test_the_purchase_order_of_a_supplier(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    admin.post(url("reorder_decide"), {"verb": "approve", "row": row.pk})
    response = admin.get(url("reorder_csv", shop["hale"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "item_id,title,quantity,unit_cost,total,currency,order_by",
        f"{shop['mug']},Mug,15,4.0000,60.00,GBP,{row.order_by}",
    ]
    nobody = admin.get(url("reorder_csv", "none")).content.decode("utf-8-sig")
    assert nobody.splitlines() == lines[:1]
    assert admin.get(url("reorder_csv", "4711")).status_code == 404


def test_rows_can_be_seen_by_supplier(admin: Client, shop: dict[str, str]) -> None:
    address = url("reorder_changelist")
    own = text(admin, f"{address}?supplier={shop['hale']}")
    assert title(own) == "1 product should be ordered"
    other = text(admin, f"{address}?supplier=none")
    assert title(other) == "Nothing has to be ordered now"


def test_a_file_of_suppliers_is_read_or_says_what_is_wrong(admin: Client) -> None:
    def send(body: bytes) -> str:
        file = SimpleUploadedFile("s.csv", body)
        page = admin.post(url("supplier_import"), {"file": file}, follow=True)
        return page.content.decode()

    assert "Line 2: “soon” is no number" in send(b"name,lead_time_days\nHale,soon\n")
    assert not Supplier.objects.exists()
    assert "Imported: 1 new, 0 changed." in send(b"name,lead_time_days\nHale,9\n")
    assert Supplier.objects.get().lead_time_days == 9
    latin = "name,lead_time_days\nCafé,3\n".encode("cp1252")
    assert "Imported: 1 new, 0 changed." in send(latin)
    assert Supplier.objects.filter(name="Café").exists()


def test_suppliers_events_and_supplies_are_the_usual_lists(
    admin: Client, shop: dict[str, str]
) -> None:
    listed = text(admin, url("supplier_changelist"))
    assert "Hale" in listed
    assert url("supplier_import") in listed
    assert "Mug" in text(admin, url("itemsupply_changelist"))
    text(admin, url("event_changelist"))
    sent = {"name": "Fair", "kind": "promotion", "first": "2026-05-02"}
    wrong = admin.post(url("event_add"), {**sent, "last": "2026-05-01"})
    assert "must not come before the first" in wrong.content.decode()
    assert admin.post(url("event_add"), sent).status_code == 302


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [
        ("overview", "", 14),
        ("stock", "?show=all", 4),
        ("reorder_changelist", "", 7),
        ("reorder_changelist", "?show=approved", 9),
        ("forecast", "", 8),
        ("itemsupply_changelist", "", 6),
    ],
)
def test_pages_read_few_queries_however_many_products(
    admin: Client, name: str, query: str, count: int, django_assert_num_queries: Any
) -> None:
    hale = supplier()
    items = [product(f"P{at}", stock=1) for at in range(30)]
    for item in items:
        supplied(item, hale)
    foreseen(dict.fromkeys(items, 5.0))
    replenishing.replenish()
    Reorder.objects.filter(item_id__in=items[:10]).update(state="approved")
    text(admin, url(name) + query)
    with django_assert_num_queries(count):
        text(admin, url(name) + query)


def test_without_a_right_nothing_is_seen(staff: Any, shop: dict[str, str]) -> None:
    client = staff()
    names = ["overview", "stock", "reorder_changelist", "forecast"]
    names += ["forecastrun_changelist", "supplier_changelist", "supplier_import"]
    names += ["itemsupply_import", "event_changelist"]
    found = [client.get(url(name)).status_code for name in names]
    assert found == [403] * len(names)
    assert client.get(url("item", shop["mug"])).status_code == 403


def test_who_may_only_look_decides_nothing(staff: Any, shop: dict[str, str]) -> None:
    client = staff("view_reorder", "view_forecastrun", "view_itemstate")
    page = text(client, url("reorder_changelist"))
    assert 'name="verb"' not in page
    assert 'type="checkbox"' not in page
    row = Reorder.objects.get()
    sent = {"verb": "approve", "row": row.pk}
    assert client.post(url("reorder_decide"), sent).status_code == 403
    assert client.post(url("make"), {"grain": "week"}).status_code == 403
    assert client.get(url("reorder_csv", shop["hale"])).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_reading_changes_nothing(admin: Client, shop: dict[str, str]) -> None:
    assert admin.get(url("reorder_decide")).status_code == 405
    assert admin.get(url("make")).status_code == 405


def test_a_new_supply_of_a_product_opens_with_its_id(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("itemsupply_add") + "?item_id=4711")
    assert 'value="4711"' in page
    assert ItemSupply.objects.count() == 2

"""Who may do what; HTTP, console, settings, schedule."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from shop_personalize.conf import NAME
from shop_personalize.pricing import tasks
from shop_personalize.pricing.checks import check_pricing
from shop_personalize.pricing.models import (
    PriceChange,
    PriceRule,
    PriceSuggestion,
    PriceWeek,
)
from shop_personalize.registry import periodic
from tests.pricing.addresses import APP, api, url
from tests.pricing.builders import answering, bought, known, monday, product, suggested
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
VIEW, APPROVE = "view_pricesuggestion", "approve_price"


def test_without_a_right_nothing_is_seen(staff: Any) -> None:
    client = staff()
    row = suggested(product())
    names = ("pricesuggestion", "priceditem", "pricerule", "pricechange", "markdown")
    pages = [url(f"{name}_changelist") for name in names]
    pages += [url("workbench", row.item_id), url("pricesuggestion_csv")]
    pages += [url("markdown_add"), url("competitorprice_import")]
    assert {client.get(page).status_code for page in pages} == {403}


def test_who_may_only_look_has_no_button(staff: Any) -> None:
    client = staff(VIEW)
    row = suggested(product())
    page = client.get(url("pricesuggestion_changelist")).content.decode()
    assert "formaction" not in page
    assert "approve_chosen" not in page
    for verb in ("approve", "dismiss", "put-back"):
        do = url("pricesuggestion_do", row.pk, verb)
        assert client.post(do).status_code == 403
    wish = {"action": "approve_chosen", "_selected_action": [row.pk]}
    client.post(url("pricesuggestion_changelist"), wish)
    assert PriceSuggestion.objects.get().state == "open"
    assert client.get(url("pricesuggestion_csv")).status_code == 403


def test_approving_is_a_right_of_its_own(staff: Any) -> None:
    client = staff(VIEW, APPROVE)
    row = suggested(product())
    do = url("pricesuggestion_do", row.pk, "approve")
    assert client.post(do).status_code == 302
    assert Product.objects.get().price == row.suggested


def test_prices_are_only_changed_by_those_who_may(client: Client, staff: Any) -> None:
    row = suggested(product())
    steps = [api(name, row.pk) for name in ("approve", "dismiss", "revert")]
    looked = [
        api("suggestions"),
        api("elasticity", row.item_id),
        api("simulate", row.item_id),
    ]
    visitor = [client.post(step).status_code for step in steps]
    visitor += [client.get(each).status_code for each in looked]
    assert set(visitor) == {403}
    own = staff(VIEW)
    assert {own.post(step).status_code for step in steps} == {403}
    assert own.get(api("suggestions")).status_code == 200
    assert PriceSuggestion.objects.get().state == "open"


def test_suggestions_are_paged_the_largest_gain_first(
    admin: Client, django_assert_num_queries: Any
) -> None:
    for at in range(3):
        suggested(product(f"Stand {at}"), gain=float(at))
    suggested(product("Done"), state="dismissed")
    with django_assert_num_queries(4):
        found = admin.get(api("suggestions"), {"page_size": 2}).json()
    assert found["count"] == 3
    assert [row["title"] for row in found["results"]] == ["Stand 2", "Stand 1"]
    first = found["results"][0]
    assert (first["price_now"], first["suggested"]) == ("10.0000", "9.5000")
    assert first["headline"].startswith("£9.50 instead of £10.00 would earn £2.00")
    other = admin.get(api("suggestions"), {"state": "dismissed"}).json()
    assert [row["title"] for row in other["results"]] == ["Done"]
    assert admin.get(api("suggestions"), {"state": "no"}).status_code == 400


def test_a_price_is_approved_and_reverted_by_http(admin: Client) -> None:
    item = product()
    row = suggested(item)
    answer = admin.post(
        api("approve", row.pk), {"why": "Spring"}, content_type="application/json"
    )
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["reason"]) == ("applied", "Spring")
    assert (told["decided_by"], Product.objects.get().price) == ("boss", row.suggested)
    answer = admin.post(api("approve", row.pk), content_type="application/json")
    assert answer.status_code == 409
    assert "by now" in answer.json()["detail"]
    answer = admin.post(api("revert", row.pk), content_type="application/json")
    assert answer.json()["state"] == "reverted"
    assert Product.objects.get().price == 10
    assert PriceChange.objects.count() == 2
    answer = admin.post(api("dismiss", 999), content_type="application/json")
    assert answer.status_code == 404


def test_a_price_is_simulated_by_http(admin: Client) -> None:
    item = product()
    known(item)
    PriceRule.objects.create(name="Least", least=9)
    found = admin.get(api("simulate", item.pk), {"price": 8}).json()
    assert found["today"]["units"]["value"] == pytest.approx(40)
    assert found["then"]["units"]["value"] == pytest.approx(62.5)
    assert found["then"]["profit"]["value"] == pytest.approx(250)
    low, high = (found["then"]["units"][end] for end in ("low", "high"))
    assert (low, high) == (
        pytest.approx(40 * 0.8**-1.68),
        pytest.approx(40 * 0.8**-2.32),
    )
    assert found["then"]["forbidden_by"] == [
        "at least £9.00",
        "at most 10 % from today's price",
    ]
    assert found["elasticity"]["answer"].startswith(
        "10 % cheaper sells about 23 % more"
    )
    assert admin.get(api("simulate", item.pk)).status_code == 400
    assert admin.get(api("simulate", item.pk), {"price": -1}).status_code == 400
    assert admin.get(api("simulate", "none"), {"price": 8}).status_code == 404
    found = admin.get(api("elasticity", item.pk)).json()
    assert (found["value"], found["source"], found["weeks"]) == (-2.0, "own", 40)
    assert admin.get(api("elasticity", "none")).status_code == 404


def test_a_simulation_without_sales_says_so(admin: Client) -> None:
    item = product()
    known(item, units=0.0)
    answer = admin.get(api("simulate", item.pk), {"price": 8})
    assert answer.status_code == 400
    assert answer.json()["item_id"] == (
        "It was never sold, so nothing tells how demand answers its price."
    )


def price(*options: str) -> Any:
    out = StringIO()
    call_command("personalize", "price", *options, stdout=out)
    return out.getvalue()


def test_the_command_counts_learns_and_suggests() -> None:
    item = product(price="10.00", cost=4.0)
    for week in range(2, 32):
        asked = ("9.00", "10.00", "11.00")[week % 3]
        count = round(40 * (float(asked) / 10) ** -2)
        bought(item.pk, monday(week), asked, str(count))
    found = json.loads(price("--json"))
    assert (found["products"], found["suggestions"], found["dry_run"]) == (1, 1, False)
    assert found["best"][0]["suggested"] == "9.0"
    assert found["problems"] == {}
    assert PriceWeek.objects.count() == 30
    told = price()
    assert "1 prices suggested; a person approves them in the admin" in told
    assert "£10.00" in told
    assert Product.objects.get().price == 10


def test_the_command_only_says_what_it_would_do() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    assert "1 prices would be suggested" in price("--dry-run")
    assert not PriceSuggestion.objects.exists()


def test_the_command_names_problems() -> None:
    product()
    assert json.loads(price("--json"))["problems"] == {"never sold": 1}


def test_the_schedule_thinks_prices_over() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    (work,) = [each for each in periodic.periodic() if each.name == "pricing"]
    assert work.interval.total_seconds() == 24 * 3600
    work.work()
    assert PriceSuggestion.objects.get().suggested == 9


@pytest.mark.parametrize(
    ("given", "number", "told"),
    [
        ({"aply": "field"}, "E002", "Did you mean 'apply'?"),
        ({"aim": "turnover"}, "E003", "Known are: profit, revenue."),
        ({"recent_weeks": "13"}, "E003", None),
        ({"step": 10}, "E004", "0.1 is 10 %."),
        ({"least_weeks": 1}, "E004", None),
        ({"apply": "no.such.function"}, "E005", "It is 'field' or a dotted path"),
        ({"apply": "tests.pricing.builders.COSTS"}, "E005", None),
    ],
)
def test_wrong_settings_are_named(
    settings: Any, given: dict[str, Any], number: str, told: str | None
) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "PRICING": given}
    (found,) = check_pricing()
    assert found.id == f"{APP}.{number}"
    assert (found.hint or "").startswith(told or "")


@pytest.mark.parametrize("given", ["field", {"renew_hours": "x"}, {"renew_hours": 0}])
def test_wrong_settings_do_not_keep_checks_from_being_run(
    settings: Any, given: Any
) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "PRICING": given}
    assert tasks.every() == timedelta(days=1)


@pytest.mark.parametrize(
    "given",
    [{}, {"apply": "field"}, {"apply": "tests.pricing.builders.written"}, {"step": 1}],
)
def test_right_settings_are_fine(settings: Any, given: dict[str, Any]) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "PRICING": given}
    assert check_pricing() == []


@pytest.mark.parametrize("source", ["=9.99", "()get_absolute_url", "category__id"])
def test_a_price_without_a_field_of_its_own_cannot_be_written(
    settings: Any, source: str
) -> None:
    own = getattr(settings, NAME)
    catalog = {**own["CATALOG"], "price": source}
    settings.SHOP_PERSONALIZE = {
        **own,
        "CATALOG": catalog,
        "PRICING": {"apply": "field"},
    }
    (found,) = check_pricing()
    assert found.id == f"{APP}.E005"
    assert "plain field" in found.msg

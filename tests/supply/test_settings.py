"""What can be set, and what is said of what is wrong."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shop_personalize.checks import check_settings
from shop_personalize.supply.checks import check_supply
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ForecastRun, ItemState, Reorder
from tests.supply.builders import foreseen, product, steady, supplied


def use(settings: Any, **given: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "SUPPLY": given}


def test_defaults_and_what_is_given_over_them(settings: Any) -> None:
    assert supply_settings().service == {"A": 0.97, "B": 0.95, "C": 0.9}
    assert supply_settings().horizons == {"day": 28, "week": 13, "month": 6}
    use(settings, service={"A": 0.99}, horizons={"day": 7}, grains=["day", "week"])
    found = supply_settings()
    assert found.service == {"A": 0.99, "B": 0.95, "C": 0.9}
    assert found.horizons == {"day": 7, "week": 13, "month": 6}
    assert found.grains == ("day", "week")


@pytest.mark.parametrize(
    ("given", "number", "says", "hint"),
    [
        ({"sevice": {}}, 1, "has no key 'sevice'", "Did you mean 'service'?"),
        ({"grains": ["weeks", "week"]}, 2, "names 'weeks'", "Did you mean 'week'?"),
        ({"plan_by": "day"}, 2, "is not among the grains", "The grains are: week."),
        ({"horizons": {"week": 0}}, 3, "['horizons']['week'] is 0", "from 1 up"),
        ({"review_days": 0}, 3, "['review_days'] is 0", "above 0"),
        ({"lead_time_days": -1}, 3, "['lead_time_days'] is -1", "from 0 up"),
        ({"service": {"D": 0.9}}, 1, "has no class 'D'", "Known are: A, B, C."),
        ({"service": {"A": 97}}, 3, "['service']['A'] is 97", "such as 0.95"),
        ({"holidays": {"X": "25-12"}}, 4, "names '25-12'", "Write '12-25'"),
        ({"holidays": {"X": "W01-1"}}, 4, "names 'W01-1'", "Write '12-25'"),
        ({"holidays": {"X": None}}, 4, "names None", "Write '12-25'"),
        ({"holidays": ["12-25"]}, 3, "['holidays'] is ['12-25']", "by name"),
        ({"grains": "week"}, 3, "['grains'] is 'week'", "a list of grains"),
        ({"grains": None}, 3, "['grains'] is None", "a list of grains"),
        ({"horizons": 13}, 3, "['horizons'] is 13", "periods by grain"),
        ({"horizons": {"week": True}}, 3, "['week'] is True", "from 1 up"),
        ({"horizons": {"week": 9999}}, 3, "['week'] is 9999", "at most 366"),
        ({"service": 0.95}, 3, "['service'] is 0.95", "shares by class"),
        ({"service": {"A": "0.9"}}, 3, "['service']['A'] is '0.9'", "such as 0.95"),
        ({"history": 52.5}, 3, "['history'] is 52.5", "a whole number above 0"),
        ({"history": 10**9}, 3, "['history'] is 1000000000", "at most 3660"),
        ({"keep_runs": "6"}, 3, "['keep_runs'] is '6'", "a whole number above 0"),
        ({"budget": "much"}, 3, "['budget'] is 'much'", "None for no budget"),
        ({"budget": -1}, 3, "['budget'] is -1", "an amount of money above 0"),
        ({"budget": float("nan")}, 3, "['budget'] is nan", "an amount of money"),
        ({"overstock_days": float("inf")}, 3, "is inf", "at most 3650"),
        ({"lead_time_days": False}, 3, "['lead_time_days'] is False", "from 0 up"),
        ({"lead_time_days": None}, 3, "['lead_time_days'] is None", "from 0 up"),
        ({"lead_time_days": 1e9}, 3, "is 1000000000.0", "at most 3650"),
        ({"drift": "1.5"}, 3, "['drift'] is '1.5'", "above 0"),
        ({"holding_rate": 0}, 3, "['holding_rate'] is 0", "such as 0.25"),
        ({"service_by": None}, 3, "['service_by'] is None", "Known are: class"),
    ],
)
def test_what_is_wrong_is_named_with_a_hint(
    settings: Any, given: dict[str, Any], number: int, says: str, hint: str
) -> None:
    use(settings, **given)
    (message,) = check_supply()
    assert message.id == f"shop_personalize_supply.E{number:03}"
    assert says in message.msg
    assert hint in (message.hint or "")


def test_right_settings_are_silent(settings: Any) -> None:
    use(settings, holidays={"Easter": ["2026-04-05"], "Xmas": "12-25"}, budget=100.0)
    assert check_supply() == []
    use(settings, lead_time_days=0, grains=("day",), plan_by="day", budget=None)
    assert check_supply() == []
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "SUPPLY": "much"}
    assert check_supply() == []
    assert any("SUPPLY" in str(each.msg) for each in check_settings())


def call(*words: str) -> str:
    out = StringIO()
    call_command("personalize", *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_forecasts_and_says_how_sure_it_is() -> None:
    steady(product())
    told = json.loads(call("forecast", "--json", "--grain", "week", "--horizon", "4"))
    assert (told["series"], told["horizon"], told["grain"]) == (2, 4, "week")
    assert told["accuracy"]["product"]["series"] == 1
    assert ForecastRun.objects.get().state == "done"


@pytest.mark.django_db
def test_a_dry_run_of_a_forecast_keeps_nothing() -> None:
    steady(product())
    said = call("forecast", "--dry-run")
    assert "2 series, 13 weeks from" in said
    assert "nothing was kept" in said
    assert not ForecastRun.objects.exists()


@pytest.mark.django_db
def test_the_command_says_what_to_order() -> None:
    item = product("Mug", stock=5)
    steady(item, weeks=3)
    foreseen({item: 10})
    supplied(item)
    told = json.loads(call("replenish", "--json", "--dry-run"))
    assert (told["suggested"], told["units"], told["value"]) == (1, 15, 60.0)
    assert not Reorder.objects.exists()
    said = call("replenish")
    assert f"{item}: Reorder 15 today (lead time 7 days, service 97 %)" in said
    assert "1 of 1 products to order, 15 units worth 60.00 GBP" in said
    assert ItemState.objects.count() == 1


@pytest.mark.django_db
def test_commands_say_what_is_missing() -> None:
    with pytest.raises(CommandError, match="make a forecast"):
        call("replenish")
    with pytest.raises(CommandError, match="no whole week with a sale is known yet"):
        call("forecast")
    with pytest.raises(CommandError, match="no whole week with a sale is known yet"):
        call("forecast", "--dry-run")
    for words in (["--horizon", "0"], ["--horizon", "0", "--dry-run"]):
        with pytest.raises(CommandError, match="The horizon must be 1 period or more"):
            call("forecast", *words)
    with pytest.raises(CommandError, match="must be 366 periods or less, not 367"):
        call("forecast", "--horizon", "367")

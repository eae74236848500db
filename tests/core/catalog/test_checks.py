"""A wrong set-up is an error that names the key and says what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from shop_personalize.checks import check_settings

GIFTS = {
    "CATALOG": {"model": "gifts.Product"},
    "ORDERS": {"model": "gifts.OrderItem"},
}


def check(**keys: Any) -> list[tuple[str, str, str]]:
    with override_settings(SHOP_PERSONALIZE={**GIFTS, **keys}):
        found = check_settings()
    return [(m.id.split(".")[1], m.msg, m.hint or "") for m in found if m.id]


def test_the_settings_of_the_tests_are_right_and_no_database_is_asked() -> None:
    assert check_settings() == []
    assert check() == []


@pytest.mark.parametrize(
    ("keys", "number", "says", "hint"),
    [
        ({"CATALOGUE": {}}, "E002", "no key 'CATALOGUE'", "Did you mean 'CATALOG'?"),
        ({"catalog": {}}, "E002", "no key 'catalog'", "Did you mean 'CATALOG'?"),
        ({"HOLDOUT": "5%"}, "E003", "'HOLDOUT'", "It must be a number."),
        ({"ORIGINS": "a.com"}, "E003", "'ORIGINS'", "It must be a list."),
        ({"ENABLED": 1}, "E003", "'ENABLED'", "It must be True or False."),
        ({"TASKS": "celeri"}, "E004", "'celeri'", "Did you mean 'celery'?"),
        ({"INTAKE": "bufferd"}, "E004", "'bufferd'", "Did you mean 'buffered'?"),
        ({"HOLDOUT": 5}, "E004", "'HOLDOUT'", "0.05 shows nothing"),
        ({"HOLDOUT": 0.51}, "E004", "from 0 to 0.5", "0.05"),
        ({"ATTRIBUTION": {"windw": 3}}, "E005", "windw", "'window_days'"),
        ({"ATTRIBUTION": {"model": "last"}}, "E004", "'model'", "last_touch"),
        ({"ATTRIBUTION": {"window_days": 31}}, "E004", "1 to 30", "a click"),
        ({"ATTRIBUTION": {"window_days": True}}, "E004", "1 to 30", "a click"),
        ({"ATTRIBUTION": {"min_seconds": -1}}, "E004", "0 to 60", "No hand"),
        ({"CONNECTIONS": {"people": 0}}, "E004", "'people'", ""),
        ({"CONNECTIONS": {"kinds": "gift"}}, "E003", "'kinds'", "It is 'gift'."),
        (
            {"CONNECTIONS": {"kinds": ["folow"]}},
            "E010",
            "'folow'",
            "Did you mean 'follow'?",
        ),
        ({"RATE_LIMIT": "lots"}, "E004", "'lots'", "Write it as '600/min'."),
        (
            {"CATALOG": {"model": "gifts.Product", "titel": "name"}},
            "E005",
            "no key 'titel'",
            "Did you mean 'title'?",
        ),
        (
            {"ORDERS": {"model": "gifts.OrderItem", "quantty": "quantity"}},
            "E005",
            "no key 'quantty'",
            "Did you mean 'quantity'?",
        ),
        (
            {"EVENTS": {"view": {"wieght": 2}}},
            "E005",
            "no key 'wieght'",
            "Did you mean 'weight'?",
        ),
        ({"EVENTS": {"view": {"weight": "2"}}}, "E003", "'weight'", "It is '2'."),
        (
            {"CATALOG": {"model": "gifts.Produkt"}},
            "E006",
            "no such model",
            "Did you mean 'gifts.Product'?",
        ),
        (
            {"CATALOG": {"model": "gifts.Product", "title": "nmae"}},
            "E007",
            "gifts.Product has no field 'nmae'",
            "Did you mean 'name'?",
        ),
        (
            {"CATALOG": {"model": "gifts.Product", "brand": "category__nme"}},
            "E007",
            "gifts.Category has no field 'nme' (in 'category__nme')",
            "Did you mean 'name'?",
        ),
        (
            {"CATALOG": {"model": "gifts.Product", "visible": {"shown": True}}},
            "E007",
            "gifts.Product has no field 'shown'",
            "Known are",
        ),
        (
            {"CATALOG": {"model": "gifts.Product", "available": {"stock__gtt": 0}}},
            "E007",
            "'stock__gtt'",
            "",
        ),
        (
            {"CATALOG": {"model": "gifts.Product", "url": "()get_absolute_ur"}},
            "E007",
            "no method or property 'get_absolute_ur'",
            "Did you mean 'get_absolute_url'?",
        ),
        (
            {"ORDERS": {"model": "gifts.OrderItem", "user": "order__usr"}},
            "E007",
            "gifts.Order has no field 'usr'",
            "Did you mean 'user'?",
        ),
        ({"CONSENT": "shop.no.where"}, "E008", "'shop.no.where'", "dotted path"),
        (
            {"CATALOG": {"model": "gifts.Product", "image": "shop.picture"}},
            "E008",
            "cannot be imported",
            "dotted path",
        ),
        (
            {"ORDERS": {"model": "gifts.OrderItem", "placed_at": None}},
            "E009",
            "'placed_at'",
            "Say it in the settings",
        ),
        (
            {"ROUTES": {"product": {"event": "veiw", "product": "pk"}}},
            "E010",
            "'veiw'",
            "Did you mean 'view'?",
        ),
        (
            {"RETENTION_DAYS": {"serch": 3}},
            "E010",
            "'serch'",
            "Did you mean 'search'?",
        ),
        ({"CATALOG": {"adapter": "oskar"}}, "E011", "'oskar'", "It is 'oscar'"),
        ({"STORAGE": "s3"}, "E012", "'s3'", "Known are"),
        ({"INTAKE": "buffered"}, "E013", "no REDIS_URL", "Add 'REDIS_URL'"),
        ({"DIALECTS": ["ga5"]}, "E015", "'ga5'", "Did you mean 'ga4'?"),
        (
            {"ROUTES": {"produkt": {"event": "view", "product": "pk"}}},
            "E016",
            "'produkt'",
            "Did you mean 'product'?",
        ),
    ],
)
def test_a_wrong_key_is_named_with_what_is_right(
    keys: dict[str, Any], number: str, says: str, hint: str
) -> None:
    found = check(**keys)
    assert [one[0] for one in found] == [number]
    assert says in found[0][1]
    assert hint in found[0][2]


def test_settings_that_are_no_dict() -> None:
    with override_settings(SHOP_PERSONALIZE="gifts"):
        assert [message.id for message in check_settings()] == ["shop_personalize.E001"]


def test_what_is_missing_is_suggested() -> None:
    with override_settings(SHOP_PERSONALIZE={}):
        [found] = check_settings()
    assert found.id == "shop_personalize.W001"
    assert "Product" in str(found.hint)
    with override_settings(SHOP_PERSONALIZE={"CATALOG": GIFTS["CATALOG"]}):
        [found] = check_settings()
    assert found.id == "shop_personalize.W004"
    assert 'gifts.OrderItem"' in str(found.hint)


def test_the_middleware_is_missing_or_stands_too_early() -> None:
    ours = "shop_personalize.middleware.PersonalizeMiddleware"
    rest = [name for name in settings.MIDDLEWARE if name != ours]
    with override_settings(MIDDLEWARE=rest):
        assert [one[0] for one in check()] == ["W002"]
    with override_settings(MIDDLEWARE=[ours, *rest]):
        assert [one[0] for one in check()] == ["W005", "W005"]


def test_the_urls_are_not_included() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        assert [one[0] for one in check(ROUTES={})] == ["W003"]


def test_a_missing_package_is_named_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shop_personalize.checks.values.find_spec", lambda name: None)
    found = check(REDIS_URL="redis://localhost", DIALECTS=[])
    assert [one[0] for one in found] == ["E014"]
    assert found[0][2] == 'pip install "django-shop-personalize[redis]"'


def test_a_message_can_be_silenced_and_a_disabled_app_asks_for_no_wiring() -> None:
    with override_settings(MIDDLEWARE=[]):
        assert check(ENABLED=False) == []


urlpatterns: list[Any] = []

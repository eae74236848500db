"""Rules: what each does, which holds where two disagree, for whom and when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shop_personalize.models import Block, Recommender, Rule
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.core.recommend.merchandise import SETTINGS, cellar, rule, shown, trace
from tests.projects.shapes.models import WineProduct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db
HILL = ("brand", "in", ["Hill"])
DALE = ("brand", "in", ["Dale"])


@pytest.fixture(autouse=True)
def made(settings: Any) -> Iterator[list[WineProduct]]:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    return cellar()


def test_each_action_by_hand(made: list[WineProduct]) -> None:
    assert shown(limit=6) == [1, 2, 3, 4, 5, 6]
    for action, expected in {
        "include": [2, 4, 6, 8, 10, 12],
        "exclude": [1, 3, 5, 7, 9, 11],
        "pin": [1, 3, 2, 4, 5, 6],
        # Half of the list of 20 is passed: the second comes before the first.
        "boost": [2, 4, 6, 8, 10, 1],
        "bury": [1, 3, 5, 7, 9, 11],
    }.items():
        one = rule(action, HILL, position=3)
        assert shown(limit=6) == expected, action
        one.delete()


def test_how_far_a_product_moves(made: list[WineProduct]) -> None:
    one = rule("boost", items=[made[9]], strength=0.25)
    assert shown(limit=6) == [1, 2, 3, 4, 5, 10]
    Rule.objects.filter(pk=one.pk).update(strength=1.0)
    assert shown(limit=6) == [10, 1, 2, 3, 4, 5]
    Rule.objects.filter(pk=one.pk).update(strength=0.0)
    assert shown(limit=6) == [1, 2, 3, 4, 5, 6]
    Rule.objects.filter(pk=one.pk).update(action="bury", items=[str(made[0].pk)])
    Rule.objects.filter(pk=one.pk).update(strength=0.12)
    assert shown(limit=6) == [2, 3, 1, 4, 5, 6]


def test_products_named_take_places_in_their_order(made: list[WineProduct]) -> None:
    rule("pin", items=[made[19], made[14]], position=2)
    assert shown(limit=5) == [1, 20, 15, 2, 3]
    # A place beyond the end is the last one.
    Rule.objects.update(position=9)
    assert shown(limit=5) == [1, 2, 3, 20, 15]


def test_a_shorter_list_ends_with_what_is_pinned(made: list[WineProduct]) -> None:
    rule("pin", items=[made[19]], position=5)
    rule("include", HILL, ("price", "lt", 5))
    assert shown(limit=5, minimum=1) == [2, 4, 20]


def test_a_pinned_product_is_never_sold_out_and_the_next_moves_up(
    made: list[WineProduct],
) -> None:
    rule("pin", items=[made[19], made[14]], position=1)
    WineProduct.objects.filter(pk=made[19].pk).update(stock=0)
    assert shown(limit=3) == [15, 1, 2]
    told = trace(limit=3)
    assert told["put_aside"][str(made[19].pk)] == "not for sale now"
    WineProduct.objects.filter(pk=made[14].pk).update(is_active=False)
    assert shown(limit=3) == [1, 2, 3]


def test_a_pinned_product_is_shown_once_on_a_page(rf: Any) -> None:
    rule("pin", ("price", "gte", 1), items=[])
    rule("pin", items=[WineProduct.objects.get(title="Wine 20")], position=2)
    request = rf.get("/")
    blocks = ("home-popular", "home-trending", "home-new")
    pages = [service.recommend(request, block=b, limit=3) for b in blocks]
    titles = [each.title for page in pages for each in page]
    assert titles[:3] == ["Wine 1", "Wine 20", "Wine 2"]
    assert len(titles) == len(set(titles)) == 9


def test_a_pin_yields_to_the_page_the_visitor_and_the_block(
    guest: str, made: list[WineProduct]
) -> None:
    rule("pin", items=made[18:22], position=1)
    builders.did(guest, "hide", made[18])
    builders.did(guest, "purchase", made[19])
    wish: dict[str, Any] = {"visitor_key": guest, "exclude": [made[20]], "limit": 2}
    assert shown("home-for-you", product=made[21], **wish)[0] not in range(19, 23)
    # Where what was bought may be shown again, so may what is pinned.
    assert shown("home-popular", **wish) == [20, 22]


def test_a_pin_comes_from_a_rule_and_says_so(made: list[WineProduct]) -> None:
    rule("pin", items=[made[23]], position=1)
    found = service.compose(None, service.Wish(block="home-popular", limit=3))
    assert [each.recommender for each in found] == ["rule", "popular", "popular"]
    assert found[0].reason == "The shop's choice"
    assert not found[0].is_backup
    assert found.recommender == "popular"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Both take away, so what either takes away is gone.
        ("include", "exclude", [2, 4, 8, 10]),
        ("exclude", "include", [2, 4, 8, 10]),
        # A pin against what takes its product away: the first holds.
        ("pin", "exclude", [6, 1, 2, 3]),
        ("exclude", "pin", [1, 2, 3, 4]),
    ],
)
def test_which_holds_where_two_disagree(
    made: list[WineProduct], first: str, second: str, expected: list[int]
) -> None:
    told: dict[str, Any] = {
        "include": {"conditions": [HILL]},
        "exclude": {"items": [made[5]]},
        "pin": {"items": [made[5]]},
    }
    for priority, action in enumerate((first, second), 1):
        fields = dict(told[action])
        rule(action, *fields.pop("conditions", ()), priority=priority, **fields)
    assert shown(limit=4) == expected


def test_a_pin_by_conditions_overrules_what_comes_later() -> None:
    rule("pin", ("brand", "in", ["Hill"]), position=1, priority=1)
    away = rule("exclude", ("price", "lte", 4), priority=2)
    assert shown(limit=3) == [2, 5, 6]
    Rule.objects.filter(pk=away.pk).update(priority=0)
    assert shown(limit=3) == [6, 5, 7]


def test_a_shop_without_models_keeps_its_rules(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    Recommender.objects.update(live_version=None)
    rule("exclude", ("brand", "in", ["Dale"]))
    rule("bury", items=[made[1]], strength=1.0)
    with reads() as sent:
        assert shown(limit=4) == [4, 6, 8, 10]
    assert len(sent.selects) == 2
    rule("include", ("category", "in", ["Sparkling"]))
    assert shown(limit=3) == [6, 12, 18]


def test_a_pin_behind_what_shows_only_others_is_not_shown(
    made: list[WineProduct],
) -> None:
    rule("pin", items=[made[4]], priority=2)
    only = rule("include", HILL, priority=1)
    assert shown(limit=3) == [2, 4, 6]
    Rule.objects.filter(pk=only.pk).update(priority=3)
    assert shown(limit=3) == [5, 2, 4]


def test_of_several_that_show_only_some_the_first_number_holds_together() -> None:
    rule("include", HILL, ("price", "lt", 5), priority=1)
    rule("include", DALE, ("price", "lt", 4), priority=1)
    later = rule("include", ("price", "gt", 20), priority=2)
    assert shown(limit=6) == [1, 2, 3, 4]
    Rule.objects.filter(pk=later.pk).update(priority=0)
    assert shown(limit=3) == [21, 22, 23]


def test_earlier_and_later_the_first_holds_and_what_agrees_adds_up(
    made: list[WineProduct],
) -> None:
    rule("bury", items=[made[9]], priority=2, strength=1.0)
    rule("boost", items=[made[9]], priority=1, strength=0.2)
    assert shown(limit=7) == [1, 2, 3, 4, 5, 10, 6]
    rule("boost", ("price", "gte", 10), priority=3, strength=0.2)
    entry = next(e for e in trace()["candidates"] if e["item"] == str(made[9].pk))
    assert entry["shift"] == 0.4


def test_two_pins_of_one_place_stand_behind_each_other(
    made: list[WineProduct],
) -> None:
    rule("pin", items=[made[20]], position=1, priority=2)
    rule("pin", items=[made[10]], position=1, priority=1)
    assert shown(limit=3) == [11, 21, 1]


def test_a_rule_has_its_block_page_and_hour(made: list[WineProduct]) -> None:
    now, day = timezone.now(), timedelta(days=1)
    one = rule("exclude", HILL, slug="home-popular")
    assert shown("home-trending", limit=2) == [1, 2]
    assert shown(limit=2) == [1, 3]
    for fields, holds in [
        ({"block": None, "page": "product"}, False),
        ({"page": "home"}, True),
        ({"page": "any", "starts_at": now + day}, False),
        ({"starts_at": now - day, "ends_at": now - day / 2}, False),
        ({"ends_at": now + day}, True),
        ({"is_active": False}, False),
        ({"is_active": True, "site": "elsewhere"}, False),
    ]:
        Rule.objects.filter(pk=one.pk).update(**fields)
        assert (shown(limit=2) == [1, 3]) is holds, fields


def test_a_block_has_its_hours_too() -> None:
    now, day = timezone.now(), timedelta(days=1)
    block = Block.objects.filter(slug="home-popular")
    for start, end, is_shown in [
        (None, None, True),
        (now - day, now + day, True),
        (now + day, None, False),
        (None, now - day, False),
    ]:
        block.update(starts_at=start, ends_at=end)
        assert bool(shown()) is is_shown


def test_a_global_pin_spares_the_visitors_own_things(
    guest: str, made: list[WineProduct]
) -> None:
    builders.did(guest, "view", made[2])
    pin = rule("pin", items=[made[20]])
    assert shown("recently-viewed", visitor_key=guest) == [3]
    Rule.objects.filter(pk=pin.pk).update(
        block=Block.objects.get(slug="recently-viewed")
    )
    assert shown("recently-viewed", visitor_key=guest) == [21, 3]

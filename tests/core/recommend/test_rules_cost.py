"""What rules cost in queries, and what becomes of those that are narrow or wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.utils import timezone

from shop_personalize.models import Block, Rule
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.core.recommend.merchandise import SETTINGS, rule, shared, shown, trace
from tests.projects.shapes.models import Label, WineProduct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db
GUEST = "somebody who was here"


@pytest.fixture(scope="module", autouse=True)
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[WineProduct]]:
    with shared(django_db_blocker, 60) as found:
        builders.did(GUEST, "view", *found[40:50])
        yield found


def request() -> Any:
    made = RequestFactory().get("/")
    known = {"visitor_key": GUEST, "is_new": False, "is_bot": False, "site": ""}
    made.personalize = type("Known", (), {**known, "kind": "guest"})  # type: ignore[attr-defined]
    return made


def ten_rules(made: list[WineProduct]) -> None:
    rule("exclude", ("category", "in", ["Sparkling"]), audience="returning")
    rule("exclude", ("stock", "lt", 3))
    rule("exclude", ("margin", "lt", 20))
    rule("include", ("price", "between", [1, 50]))
    rule("boost", ("brand", "in", ["Hill"]), strength=0.3)
    rule("boost", ("age_days", "lt", 30), strength=0.2)
    rule("bury", ("attribute:color", "in", ["red"]), strength=0.3)
    rule("bury", ("price_band", "outside", 50), page="product")
    rule("pin", items=[made[30]], position=2)
    rule("boost", ("category", "same"), page="product")


BLOCKS = ("home-for-you", "home-trending", "home-popular", "home-new")


def test_a_page_of_four_blocks_and_ten_rules(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    ten_rules(made)
    aims = {"margin": 0.2, "revenue": 0.2, "freshness": 0.1, "stock": 0.1}
    Block.objects.update(**aims, clearance=0.1)
    Block.objects.update(rotation=0.5)
    with reads() as learning:
        page = request()
        for block in BLOCKS:
            service.recommend(page, block=block, limit=6)
    with reads() as sent:
        page = request()
        found = [service.recommend(page, block=block, limit=6) for block in BLOCKS]
    # The configuration, the history, and the catalog once a block.
    assert [len(each) for each in found] == [6, 6, 6, 6]
    assert len(learning.selects) <= 8
    assert len(sent.selects) == 6


@pytest.mark.parametrize(
    ("action", "condition"),
    [
        ("exclude", ("brand", "in", ["Hill"])),
        ("boost", ("category", "in", ["Drinks"])),
        ("bury", ("margin", "lt", 30)),
        ("pin", ("attribute:color", "in", ["red"])),
        ("include", ("stock", "gte", 2)),
    ],
)
def test_a_rule_costs_no_query(
    reads: Callable[[], Any], action: str, condition: tuple[Any, ...]
) -> None:
    rule(action, condition)
    with reads() as sent:
        service.recommend(None, block="home-popular", visitor_key=GUEST)
    assert len(sent.selects) == 3


def test_a_narrow_rule_costs_one_query_until_its_share_is_known(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    rule("include", ("price", "gt", 55))
    with reads() as first:
        assert shown(limit=4, minimum=1) == [56, 57, 58, 59]
    assert len(first.selects) == 3
    for _ in range(8):
        shown(limit=4, minimum=1)
    with reads() as later:
        assert shown(limit=4, minimum=1) == [56, 57, 58, 59]
    assert len(later.selects) == 2


def test_a_sold_out_page_is_compared_with_at_a_query_or_two(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    sold = WineProduct.objects.get(pk=made[11].pk)
    sold.is_active = False
    sold.save()
    rule("include", ("brand", "same"), slug="product-similar")
    for product, costs in ((sold, 3), (str(sold.pk), 4), (made[13], 2)):
        with reads() as sent:
            found = shown("product-similar", product=product, limit=3)
        assert len(sent.selects) == costs
        assert found == [2, 4, 6]


def test_products_that_are_named_are_found_at_once(
    made: list[WineProduct], reads: Callable[[], Any]
) -> None:
    rule("include", items=made[55:])
    with reads() as sent:
        assert shown(limit=4) == [56, 57, 58, 59]
    assert len(sent.selects) == 2


def test_behind_the_chain_best_sellers_fill_what_a_rule_leaves_empty(
    made: list[WineProduct],
) -> None:
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[1:6]})
    builders.publish("similar", ids, near, builders.PRODUCT_CONTEXT)
    rule("include", ("price", "in", []), ("price", "gt", 3))  # not valid: rests
    rule("include", ("price", "gt", 4))
    wish: dict[str, Any] = {"product": made[0], "limit": 5}
    assert shown("product-similar", **wish) == [5, 6, 7, 8, 9]
    told = trace("product-similar", **wish)
    assert [step["recommender"] for step in told["chain"]] == ["similar", "popular"]
    assert not told["is_short"]
    Rule.objects.update(conditions=[{"field": "price", "op": "gt", "value": 58}])
    assert shown("product-similar", minimum=1, **wish) == [59, 60]
    assert trace("product-similar", **wish)["is_short"]


def test_what_no_model_proposes_is_asked_of_the_catalog(
    reads: Callable[[], Any],
) -> None:
    late = [WineProduct.objects.create(title=f"Wine {n}", price=n) for n in (101, 102)]
    label = Label.objects.create(name="Organic")
    late[0].labels.add(label)
    late[1].labels.add(label, Label.objects.create(name="Dry"))
    catalog = {**SETTINGS["CATALOG"], "attributes": {"label": "labels"}}
    given = {**settings.SHOP_PERSONALIZE, "CATALOG": catalog}
    with override_settings(SHOP_PERSONALIZE=given):
        rule("include", ("attribute:label", "in", ["organic"]), ("price", "lt", 102))
        for _ in range(8):
            assert shown(limit=4, minimum=1) == [101]
        with reads() as sent:
            assert shown(limit=4, minimum=1) == [101]
        assert len(sent.selects) == 3
        Rule.objects.update(
            conditions=[{"field": "attribute:label", "op": "in", "value": ["organic"]}]
        )
        found = service.compose(None, service.Wish(block="home-popular", minimum=1))
    assert [each.title for each in found] == ["Wine 102", "Wine 101"]
    assert {(each.recommender, each.is_backup) for each in found} == {("rule", True)}


def test_a_rule_written_wrong_rests_and_the_page_stands(
    made: list[WineProduct],
) -> None:
    for wrong in (
        {"field": "price", "op": "between", "value": [1]},
        {"field": "price", "op": "gt", "value": "much"},
        {"field": "nothing", "op": "in", "value": ["x"]},
        {"op": "in"},
        {"field": "brand", "op": "in"},
        "brand",
        {"field": "margin", "op": "lt", "value": None},
    ):
        Rule.objects.create(name="wrong", action="exclude", conditions=[wrong])
    Rule.objects.create(name="empty", action="exclude")
    Rule.objects.create(name="odd", action="exclude", conditions={"a": 1}, items="x")
    assert shown(limit=4) == [1, 2, 3, 4]
    told = {each["rests"] for each in trace()["rules"]}
    assert told == {"its conditions are not valid", "it names no product"}


def test_a_campaign_begins_and_ends_by_itself() -> None:
    now = timezone.now()
    rule(
        "exclude",
        ("brand", "in", ["Hill"]),
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(seconds=1),
    )
    assert shown(limit=3) == [1, 3, 5]
    Rule.objects.update(ends_at=now)
    assert shown(limit=3) == [1, 2, 3]

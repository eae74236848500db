"""What staff are told: which rules speak, which rest and why, what each did."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.recommend import blocks, service
from tests.core.recommend.merchandise import SETTINGS, cellar, rule, shown, trace
from tests.projects.shapes.models import WineProduct

pytestmark = pytest.mark.django_db
NO_ALCOHOL = "No alcohol before noon"


@pytest.fixture(autouse=True)
def made(settings: Any) -> list[WineProduct]:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    return cellar()


def why(item: WineProduct, **wish: Any) -> str:
    found = service.explain(None, item=item, block="home-popular", **wish)
    return str(found["why_not"])


def test_which_rule_keeps_a_product_out(made: list[WineProduct]) -> None:
    rule("exclude", ("stock", "lt", 3), name=NO_ALCOHOL)
    rule("include", ("price", "lt", 10), name="Cheap only", priority=200)
    assert why(made[0]) == "rule “No alcohol before noon” never shows it"
    assert why(made[19]) == "rule “Cheap only” shows only others"
    assert why(made[4]) == ""
    assert why(made[8], limit=2) == "ranked below the last place"


def test_a_rule_speaks_also_of_what_nobody_proposes(made: list[WineProduct]) -> None:
    late = WineProduct.objects.create(title="Wine 99", price=99)
    assert why(late) == "not proposed by the chain"
    rule("exclude", ("price", "gt", 90), name=NO_ALCOHOL)
    assert why(late) == "rule “No alcohol before noon” never shows it"
    named = rule("exclude", items=[made[1]], name="Not this one", priority=1)
    assert why(made[1]) == "rule “Not this one” never shows it"
    assert named.pk in entry(made[1])["rules"]


def entry(item: WineProduct, **wish: Any) -> dict[str, Any]:
    found = trace(**wish)["candidates"]
    return next(each for each in found if each["item"] == str(item.pk))


def test_a_trace_is_plain_and_whole(made: list[WineProduct]) -> None:
    now = timezone.now()
    hill = rule("boost", ("brand", "in", ["Hill"]), name="Hill first", strength=1.0)
    pin = rule("pin", items=[made[22]], position=2, name="Pinned", priority=1)
    late = rule("bury", items=[made[0]], starts_at=now + timedelta(days=1))
    away = rule("bury", items=[made[0]], page="product")
    other = rule("bury", items=[made[0]], slug="home-new")
    band = rule("bury", ("price_band", "within", 30))
    told = trace(limit=4)
    assert json.loads(json.dumps(told)) == told
    assert [
        (each["id"], each["rests"], each["products"]) for each in told["rules"]
    ] == [
        (pin.pk, "", 1),
        (hill.pk, "", 12),
        (late.pk, "not yet", 0),
        (away.pk, "for another page", 0),
        (other.pk, "for another block", 0),
        (band.pk, "the page has nothing to compare with", 0),
    ]
    assert [each["position"] for each in told["candidates"][:6]] == [
        *(None, 1, None, 3, None, 4)
    ]
    second = entry(made[1], limit=4)
    assert (second["rules"], second["shift"]) == ([hill.pk], 1.0)
    assert second["moves"] == [{"step": "rules", "from": 2, "to": 1}]
    pinned = entry(made[22], limit=4)
    assert pinned["moves"] == [{"step": "pin", "from": 23, "to": 2}]
    assert pinned["position"] == 2


def test_a_pin_that_nobody_proposed(made: list[WineProduct]) -> None:
    late = WineProduct.objects.create(title="Wine 99", price=99)
    rule("pin", items=[late])
    assert shown(limit=2) == [99, 1]
    pinned = entry(late, limit=2)
    assert pinned["recommender"] == "rule"
    assert pinned["moves"] == [{"step": "pin", "from": None, "to": 1}]
    assert pinned["account"] is None
    found = service.explain(None, item=late, block="home-popular")
    assert found["rules"] == ["to pin"]
    assert found["shown"]["position"] == 1


@pytest.mark.parametrize(
    ("only", "without", "expected"),
    [([0], [], [2, 3]), ([], [], [1, 2]), (None, [0], [1, 3]), (None, [], [3, 4])],
)
def test_an_experiment_leaves_rules_out(
    made: list[WineProduct],
    monkeypatch: pytest.MonkeyPatch,
    only: list[int] | None,
    without: list[int],
    expected: list[int],
) -> None:
    pks = [rule("exclude", items=[made[n]]).pk for n in (0, 1)]

    def with_arm(scope: Any, wish: Any, block: Any) -> Any:
        wanted = None if only is None else frozenset(pks[n] for n in only)
        return replace(block, only=wanted, without=frozenset(pks[n] for n in without))

    monkeypatch.setattr(blocks, "with_arm", with_arm)
    assert shown(limit=2, minimum=1) == expected


def test_a_block_that_is_not_shown_is_explained() -> None:
    found = service.explain(None, item="1", block="home-popular", limit=0)
    assert found["why_not"] == "the block is not shown here"
    assert found["shown"] is None

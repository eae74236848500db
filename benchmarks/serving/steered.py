"""A page as an owner steers it: four blocks, ten rules, a running experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.serving.pages import FOUR_BLOCKS, measured

if TYPE_CHECKING:
    from benchmarks.serving.shop import Shop


def measure_steered(shop: Shop) -> dict[str, float]:
    """The four blocks alone, then with rules and an experiment."""
    found = measured(shop, "four_blocks", FOUR_BLOCKS)
    _steer(shop)
    found |= measured(shop, "steered", FOUR_BLOCKS)
    _let_go()
    return found


def _steer(shop: Shop) -> None:
    from shop_personalize.models import Rule, Trial

    for at in range(2):
        pinned = [shop.ids[at * 11 + 1]]
        Rule.objects.create(
            name=f"pin {at}", action="pin", items=pinned, position=at + 2
        )
        for action, field, op, value in (
            ("exclude", "category", "in", [f"Room {at}"]),
            ("boost", "price", "between", [5, 20 + at]),
            ("bury", "stock", "lt", 3 + at),
            ("boost", "price_band", "within", 30 + at),
        ):
            condition = {"field": field, "op": op, "value": value}
            Rule.objects.create(
                name=f"{action} {field} {at}", action=action, conditions=[condition]
            )
    half = {"weight": 0.5}
    Trial.objects.create(
        slug="more-variety",
        salt="bench",
        block="home-for-you",
        is_running=True,
        arms=[
            {"key": "a", **half, "changes": {}},
            {"key": "b", **half, "changes": {"diversity": 0.3}},
        ],
    )


def _let_go() -> None:
    from shop_personalize.models import Rule, Trial

    Rule.objects.all().delete()
    Trial.objects.all().delete()

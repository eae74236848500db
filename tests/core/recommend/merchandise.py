"""A wine shop whose products have all that a rule can ask; rules in a line."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from shop_personalize.models import Block, Rule
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.projects.shapes.models import Brand, TreeCategory, WineProduct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SETTINGS = {
    "CATALOG": {
        "model": "shapes.WineProduct",
        "currency": "=EUR",
        "attributes": {"color": "color"},
    }
}


def wines(count: int = 24) -> list[WineProduct]:
    """``Wine 1`` … at 1 …: even ones white and of Hill, odd ones red and of Dale.

    Every third is a sparkling one, the others are still; the n-th has n in stock, came
    n days ago and costs the shop half its price plus one.
    """
    hill, dale = (Brand.objects.create(name=name) for name in ("Hill", "Dale"))
    drinks = TreeCategory.objects.create(name="Drinks")
    still, sparkling = (
        TreeCategory.objects.create(name=name, parent=drinks)
        for name in ("Still", "Sparkling")
    )
    now = timezone.now()
    return [
        WineProduct.objects.create(
            title=f"Wine {n}",
            price=Decimal(n),
            cost_price=Decimal(n) / 2 + 1,
            brand=dale if n % 2 else hill,
            category=still if n % 3 else sparkling,
            color="red" if n % 2 else "white",
            stock=n,
            created_at=now - timedelta(days=n, hours=1),
        )
        for n in range(1, count + 1)
    ]


def cellar(count: int = 24) -> list[WineProduct]:
    """The same with models: the best seller first, neighbors in that order."""
    made = wines(count)
    train(made)
    return made


@contextmanager
def shared(blocker: Any, count: int = 24) -> Iterator[list[WineProduct]]:
    """One cellar for all tests of a module."""
    given = {**settings.SHOP_PERSONALIZE, **SETTINGS}
    with blocker.unblock(), transaction.atomic():
        with override_settings(SHOP_PERSONALIZE=given):
            yield cellar(count)
        transaction.set_rollback(True)


def train(made: Sequence[WineProduct]) -> None:
    """Every recommender of the default blocks proposes all, the first one first."""
    ids = builders.id_map(made)
    for slug in ("popular", "trending", "new", "matching"):
        ranked = builders.ranking(ids, made)
        builders.publish(slug, ids, ranked, builders.NO_CONTEXT)
    near = builders.neighbors(ids, dict.fromkeys(made, made))
    by_product = ("also_viewed", "also_bought", "viewed_then_bought", "similar")
    for slug in (*by_product, "substitutes"):
        builders.publish(slug, ids, near, builders.PRODUCT_CONTEXT)
    builders.publish("bought_together", ids, near, builders.BASKET_CONTEXT)
    for slug in ("for_you", "buy_it_again"):
        builders.publish(slug, ids, near, builders.HISTORY_CONTEXT)


def rule(action: str, *conditions: tuple[Any, ...], **fields: Any) -> Rule:
    """``rule("exclude", ("brand", "in", ["Hill"]))``; ``items`` are products."""
    fields["items"] = [str(each.pk) for each in fields.get("items", ())]
    if slug := fields.pop("slug", ""):
        fields["block"] = Block.objects.get(slug=slug)
    names = ("field", "op", "value")
    told = [dict(zip(names, condition, strict=False)) for condition in conditions]
    name = fields.pop("name", f"to {action}")
    return Rule.objects.create(name=name, action=action, conditions=told, **fields)


def shown(block: str = "home-popular", **wish: Any) -> list[int]:
    """Numbers of the wines that a block shows."""
    found = service.compose(None, service.Wish(block=block, **wish))
    return [int(each.title.split()[1]) for each in found]


def trace(block: str = "home-popular", **wish: Any) -> dict[str, Any]:
    asked = service.Wish(block=block, trace=True, **wish)
    found = service.compose(None, asked).trace
    assert found is not None
    return found

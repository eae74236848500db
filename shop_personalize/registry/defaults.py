"""The recommenders and blocks a fresh installation starts with; owners edit them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from shop_personalize.models import Block, BlockStep, Recommender
from shop_personalize.registry.store import specs


@dataclass(frozen=True)
class BlockDefault:
    slug: str
    page: str
    title: str
    chain: tuple[str, ...]
    options: dict[str, Any]


REPEATS_ALLOWED = {"exclude_purchased": False}

BLOCKS: tuple[BlockDefault, ...] = (
    BlockDefault(
        "home-for-you",
        "home",
        _("Recommended for you"),
        ("for_you", "trending", "popular"),
        {},
    ),
    BlockDefault(
        "home-buy-it-again",
        "home",
        _("Buy it again"),
        ("buy_it_again",),
        {**REPEATS_ALLOWED, "minimum": 1},
    ),
    BlockDefault(
        "home-trending",
        "home",
        _("Trending now"),
        ("trending", "popular"),
        REPEATS_ALLOWED,
    ),
    BlockDefault(
        "home-popular", "home", _("Best sellers"), ("popular",), REPEATS_ALLOWED
    ),
    BlockDefault("home-new", "home", _("New arrivals"), ("new",), REPEATS_ALLOWED),
    BlockDefault(
        "product-bought-together",
        "product",
        _("Often bought together"),
        ("bought_together", "also_bought", "similar"),
        {"limit": 4, "minimum": 2},
    ),
    BlockDefault(
        "product-also-viewed",
        "product",
        _("Customers also looked at"),
        ("also_viewed", "also_bought", "similar", "popular"),
        REPEATS_ALLOWED,
    ),
    BlockDefault(
        "product-also-bought",
        "product",
        _("Customers also bought"),
        ("also_bought", "viewed_then_bought", "similar"),
        REPEATS_ALLOWED,
    ),
    BlockDefault(
        "product-similar",
        "product",
        _("Similar products"),
        ("similar",),
        REPEATS_ALLOWED,
    ),
    BlockDefault(
        "product-bundle",
        "product",
        _("Complete the set"),
        ("bought_together", "also_bought"),
        {
            "limit": 3,
            "minimum": 2,
            "show_reason": False,
            "template": "shop_personalize/bundle.html",
            "shown_when": "for_sale",
        },
    ),
    BlockDefault(
        "product-substitutes",
        "product",
        _("Sold out: these come close"),
        ("substitutes",),
        {**REPEATS_ALLOWED, "limit": 4, "minimum": 1, "shown_when": "sold_out"},
    ),
    BlockDefault(
        "category-popular",
        "category",
        _("Popular in this category"),
        ("popular",),
        {**REPEATS_ALLOWED, "same_category": True},
    ),
    BlockDefault(
        "basket-bought-together",
        "basket",
        _("Goes well with your basket"),
        ("bought_together", "also_bought", "popular"),
        {"limit": 6, "shown_when": "full_basket"},
    ),
    BlockDefault(
        "basket-empty",
        "basket",
        _("Something to begin with"),
        ("for_you", "trending", "popular"),
        {**REPEATS_ALLOWED, "shown_when": "empty_basket"},
    ),
    BlockDefault(
        "search-for-you",
        "search",
        _("Recommended for you"),
        ("for_you", "trending", "popular"),
        {},
    ),
    BlockDefault(
        "nothing-found",
        "not_found",
        _("Perhaps one of these"),
        ("matching", "for_you", "trending", "popular"),
        REPEATS_ALLOWED,
    ),
    BlockDefault(
        "order-for-you",
        "order",
        _("You may also like"),
        ("also_bought", "for_you", "popular"),
        {},
    ),
    BlockDefault(
        "recently-viewed",
        "any",
        _("Recently viewed"),
        ("recently_viewed",),
        {**REPEATS_ALLOWED, "minimum": 1, "show_reason": False},
    ),
)


@transaction.atomic
def ensure_defaults() -> None:
    """Create what is missing; never change or recreate what an owner has edited.

    Blocks are made only when there are none, so a block deleted stays deleted.
    """
    for name in specs():
        Recommender.objects.get_or_create(slug=name, defaults={"algorithm": name})
    if Block.objects.exists():
        return
    recommenders = {r.slug: r for r in Recommender.objects.all()}
    for position, default in enumerate(BLOCKS):
        block = Block.objects.create(
            slug=default.slug,
            page=default.page,
            title=default.title,
            position=position,
            **default.options,
        )
        BlockStep.objects.bulk_create(
            BlockStep(block=block, recommender=recommenders[name], position=at)
            for at, name in enumerate(default.chain)
        )

"""Which models are the products and the order lines, when the shop does not say."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from shop_personalize.catalog.discovery.guess import NUMBERS, forward, named
from shop_personalize.catalog.discovery.product_words import PRICE, TITLE

PRODUCT_NAMES = ("product", "item", "book", "good", "article", "course", "listing")
LINE_NAMES = (
    "orderitem",
    "orderline",
    "line",
    "orderproduct",
    "lineitem",
    "orderdetail",
)
QUANTITY = (
    "quantity",
    "qty",
    "amount",
    "count",
    "units",
    "product_amount",
    "number",
    "pieces",
)
SKU = ("sku", "product_sku", "product_code", "item_sku")
FOREIGN = ("django.contrib.", "shop_personalize", "rest_framework")


def find_products() -> list[type[models.Model]]:
    """Models that may be the products, the likeliest first."""
    scored = [(_product_score(model), model) for model in _shop_models()]
    found = sorted(((s, m) for s, m in scored if s > 1), key=lambda pair: -pair[0])
    return [model for _score, model in found]


def find_lines(product: type[models.Model]) -> list[type[models.Model]]:
    """Models that may be the lines of orders, the likeliest first."""
    scored = [(_line_score(model, product), model) for model in _shop_models(auto=True)]
    found = sorted(((s, m) for s, m in scored if s > 2), key=lambda pair: -pair[0])
    return [model for _score, model in found]


def _shop_models(*, auto: bool = False) -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models(include_auto_created=auto)
        if not model.__module__.startswith(FOREIGN)
        and not (model._meta.proxy or model._meta.abstract)
    ]


def _product_score(model: type[models.Model]) -> float:
    name = model.__name__.lower()
    score = 2.0 if name in PRODUCT_NAMES else 0.5 if "product" in name else 0.0
    score += 1.0 if named(model, PRICE, (*NUMBERS, models.CharField)) else 0.0
    score += 0.5 if named(model, TITLE) else 0.0
    score += 0.5 if hasattr(model, "get_absolute_url") else 0.0
    words = ("order", "cart", "basket", "line", "variant", "image", "review", "wish")
    return score - (3.0 if any(word in name for word in words) else 0.0)


def _line_score(model: type[models.Model], product: type[models.Model]) -> float:
    name = model.__name__.lower()
    targets = [f.related_model for f in forward(model)]
    if not (_points_at(targets, product) or named(model, SKU, models.CharField)):
        return 0.0
    score = 2.0 if name.endswith(LINE_NAMES) else 1.0 if "order" in name else 0.0
    score += 2.0 if _points_at(targets, product) else 0.0
    score += 1.0 if named(model, QUANTITY, NUMBERS) else 0.0
    score += 1.0 if any(_is_order(target.__name__) for target in targets) else 0.0
    words = ("cart", "basket", "wish", "review", "image")
    worse = any(word in name for word in words) and not _is_order(name)
    return score - (2.0 if worse else 0.0)


def _points_at(targets: list[type[models.Model]], product: type[models.Model]) -> bool:
    """Directly, or through a variant of the product."""
    inner = [f.related_model for target in targets for f in forward(target)]
    return product in targets or product in inner


def _is_order(name: str) -> bool:
    return any(
        word in name.lower() for word in ("order", "invoice", "purchase", "sale")
    )

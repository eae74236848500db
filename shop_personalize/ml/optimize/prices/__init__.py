"""How demand answers price, and the best price the rules of a shop allow.

Sales with prices in, elasticities out; demand and rules in, prices out. Names are
resolved at their first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices.best import best_prices
    from shop_personalize.ml.optimize.prices.clearance import Path, markdown
    from shop_personalize.ml.optimize.prices.cross import CrossElasticities, Market
    from shop_personalize.ml.optimize.prices.demand import Demand
    from shop_personalize.ml.optimize.prices.elasticities import Elasticities
    from shop_personalize.ml.optimize.prices.new_product import (
        Listings,
        NewPrice,
        Priced,
        Pull,
        SparseNet,
    )
    from shop_personalize.ml.optimize.prices.orthogonal import PartiallyLinear
    from shop_personalize.ml.optimize.prices.rules import PriceRules
    from shop_personalize.ml.optimize.prices.sales import PriceError, Sales
    from shop_personalize.ml.optimize.prices.suggested import Change, Problem, Suggested

__all__ = [
    "Change",
    "CrossElasticities",
    "Demand",
    "Elasticities",
    "Listings",
    "Market",
    "NewPrice",
    "PartiallyLinear",
    "Path",
    "PriceError",
    "PriceRules",
    "Priced",
    "Problem",
    "Pull",
    "Sales",
    "SparseNet",
    "Suggested",
    "best_prices",
    "markdown",
]

_HOMES = {
    "best": ("best_prices",),
    "clearance": ("Path", "markdown"),
    "cross": ("CrossElasticities", "Market"),
    "demand": ("Demand",),
    "elasticities": ("Elasticities",),
    "new_product": ("Listings", "NewPrice", "Priced", "Pull", "SparseNet"),
    "orthogonal": ("PartiallyLinear",),
    "rules": ("PriceRules",),
    "sales": ("PriceError", "Sales"),
    "suggested": ("Change", "Problem", "Suggested"),
}


def __getattr__(name: str) -> Any:
    """Load what is asked for."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

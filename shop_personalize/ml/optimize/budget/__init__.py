"""One budget, many products: how much of each to order now."""

from __future__ import annotations

from shop_personalize.ml.optimize.budget.ordering import Orders, budgeted

__all__ = ["Orders", "budgeted"]

"""Several products over several periods: what to order when, within all limits."""

from __future__ import annotations

from shop_personalize.ml.optimize.replenishment.planning import Plan, plan
from shop_personalize.ml.optimize.replenishment.why import PlanError

__all__ = ["Plan", "PlanError", "plan"]

"""Suggestions kept within a budget: each unit of money goes where it saves most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.optimize.budget import budgeted
from shop_personalize.ml.optimize.stock.demand import Quantiles
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.services import engine
from shop_personalize.supply.services.needs import Needs

Units = NDArray[np.int64]
MARGIN = 0.5
"""Of the cost, where the price is not known or does not cover it."""


def within(needs: Needs, wanted: Units) -> tuple[Units, NDArray[np.bool_]]:
    """The quantities that the budget allows, and which of them were cut.

    Without a budget, and of products whose cost is not known, as they are. A unit that
    is asked for in vain costs its margin; one left over costs so much that, without a
    budget, the service level is what pays.
    """
    budget = supply_settings().budget
    rows = np.flatnonzero((wanted > 0) & (needs.cost > 0))
    spent = float((wanted[rows] * needs.cost[rows]).sum())
    if budget is None or spent <= budget:
        return wanted, np.zeros(len(wanted), bool)
    cost, service = needs.cost[rows], needs.service[rows]
    margin = needs.price[rows] - cost
    margin = np.where(margin > 0, margin, MARGIN * cost)
    terms = [needs.terms[at] for at in rows.tolist()]
    found = budgeted(
        Quantiles(engine.LEVELS, needs.quantiles[rows]),
        cost=cost,
        shortage=margin,
        holding=margin * (1 - service) / service,
        position=needs.stock[rows] + needs.on_order[rows],
        pack=np.array([one.pack for one in terms]),
        minimum=np.array([one.minimum for one in terms]),
        most=wanted[rows],
        budget=budget,
    )
    allowed = wanted.copy()
    allowed[rows] = found.quantities
    return allowed, allowed < wanted

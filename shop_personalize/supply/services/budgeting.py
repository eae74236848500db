"""Suggestions kept within a budget: what would run out soonest comes first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.services.needs import Needs

Units = NDArray[np.int64]


def within(needs: Needs, wanted: Units) -> tuple[Units, NDArray[np.bool_]]:
    """The quantities that the budget allows, and which of them were cut.

    Without a budget, and of products whose cost is not known, as they are.
    """
    budget = supply_settings().budget
    uncut = np.zeros(len(wanted), bool)
    if budget is None:
        return wanted, uncut
    known = ~np.isnan(needs.cost)
    cost = np.where(known, needs.cost, 0.0)
    if float((wanted * cost).sum()) <= budget:
        return wanted, uncut
    pack = np.array([one.pack for one in needs.terms], np.float64)
    left, found = budget, wanted.copy()
    for at in np.argsort(-needs.risk * 1e6 + needs.wait, kind="stable"):
        if not wanted[at] or not cost[at]:
            continue
        packs = np.floor(left / (cost[at] * pack[at]))
        found[at] = min(int(packs * pack[at]), int(wanted[at]))
        left -= float(found[at] * cost[at])
    return found, found < wanted

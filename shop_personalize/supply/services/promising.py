"""Which service is promised of each product, and what must be asked for to keep it.

What past forecasts would have kept of a promise is replayed at every forecast, whether
anybody followed them or not: see ``ml.optimize.stock.kept``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LEAST_SD, LeadTimeSums
from shop_personalize.ml.optimize.stock.kept import Kept, replayed
from shop_personalize.ml.optimize.stock.service import LEAST, differentiated
from shop_personalize.supply.conf import SERVICE, supply_settings
from shop_personalize.supply.models import Grain
from shop_personalize.supply.selectors import classes
from shop_personalize.supply.selectors.periods import LENGTHS
from shop_personalize.supply.selectors.supplies import Terms, nobodys, terms
from shop_personalize.supply.services.engine import LOOKED_BACK

CLASSES = tuple(SERVICE)
FOLLOWED = 400
"""Products of a class that are replayed: a share is no surer with all of them."""
LOWEST, HIGHEST = 0.5, 0.9999
"""What may be asked of a forecast."""
USUAL = 0.95
"""The level by which the spread of a product is compared with others'."""

Vector = NDArray[np.float64]


def learned(panel: Panel, products: Sequence[str], grain: str) -> dict[str, Any]:
    """By class what was promised, kept and is asked for now; {} where no case is."""
    abc = classes.abc_of(products)
    chosen = _chosen(panel, abc)
    if not len(chosen):
        return {}
    own, default = terms(), nobodys()
    days = np.array(
        [
            one.lead + one.review
            for one in (own.get(products[i], default) for i in chosen)
        ]
    )
    window, recent = LOOKED_BACK[Grain(grain)]
    service = supply_settings().service
    found = replayed(
        panel.take(chosen),
        np.maximum(np.round(days / LENGTHS[Grain(grain)]), 1).astype(np.int64),
        np.array([service[each] for each in CLASSES]),
        np.array([CLASSES.index(each) for each in abc[chosen]], np.int64),
        sums=LeadTimeSums(window, recent),
    )
    pairs = zip(CLASSES, found, strict=True)
    return {name: _plain(kept) for name, kept in pairs if kept is not None}


def _chosen(panel: Panel, abc: NDArray[np.str_]) -> NDArray[np.int64]:
    """The same products every time: of each class evenly through its rows."""
    known = panel.starts < panel.periods
    parts = [np.flatnonzero(known & (abc == each)) for each in CLASSES]
    spread = [
        rows[np.unique(np.linspace(0, len(rows) - 1, FOLLOWED).astype(np.int64))]
        for rows in parts
        if len(rows)
    ]
    return np.sort(np.concatenate([*spread, np.empty(0, np.int64)]))


def _plain(kept: Kept) -> dict[str, float]:
    return {
        "promised": kept.promised,
        "shift": round(kept.shift, 4),
        "asked": round(kept.asked, 4),
        "plain": round(kept.plain, 4),
        "learned": round(kept.learned, 4),
        "cases": kept.cases,
    }


def promised(of: Sequence[Terms], abc: NDArray[np.str_]) -> Vector:
    """Of each product (n,): its own service level, else that of its class."""
    by_class = supply_settings().service
    pairs = zip(of, abc, strict=True)
    return np.array(
        [by_class[str(k)] if one.service is None else one.service for one, k in pairs]
    )


def by_worth(
    service: Vector, of: Sequence[Terms], worth: Vector, spread: Vector
) -> Vector:
    """The same on average, more of it where it ties up little money.

    ``worth`` (n,) of a unit, NaN where nobody knows; ``spread`` (n,) units between the
    mean and the quantile ``USUAL``. Products with a level of their own keep it.
    """
    free = np.array([one.service is None for one in of], bool)
    if supply_settings().service_by != "worth" or not free.any():
        return service
    usual = float(np.nanmedian(worth)) if (~np.isnan(worth)).any() else 1.0
    value = np.where(worth > 0, worth, usual if usual > 0 else 1.0)
    deviation = np.maximum(spread / float(norm.ppf(USUAL)), LEAST_SD)
    mean = float(service[free].mean())
    found = service.copy()
    found[free] = differentiated((value * deviation)[free], mean, min(LEAST, mean))
    return found


def asked(
    service: Vector, abc: NDArray[np.str_], found: Mapping[str, Mapping[str, float]]
) -> Vector:
    """The level to ask of the forecast for each promise (n,)."""
    shift = np.array([found.get(str(k), {}).get("shift", 0.0) for k in abc])
    level: Vector = np.asarray(norm.cdf(norm.ppf(service) + shift))
    return np.clip(level, LOWEST, HIGHEST)

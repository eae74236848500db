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

from shop_personalize.ml.forecast.sums import LEAST_SD, LeadTimeSums
from shop_personalize.ml.optimize.stock.kept import Kept, replayed
from shop_personalize.ml.optimize.stock.service import LEAST, differentiated
from shop_personalize.supply.conf import SERVICE, supply_settings
from shop_personalize.supply.models import Grain
from shop_personalize.supply.selectors import classes
from shop_personalize.supply.selectors.classes import YEAR
from shop_personalize.supply.selectors.demand import Demand
from shop_personalize.supply.selectors.periods import LENGTHS
from shop_personalize.supply.selectors.supplies import Terms, nobodys, terms
from shop_personalize.supply.services.engine import LOOKED_BACK

CLASSES = tuple(SERVICE)
FOLLOWED = 1200
"""Products that are replayed: a share is no surer with all of them."""
LOWEST, HIGHEST = 0.5, 0.9999
"""What may be asked of a forecast."""
USUAL = 0.95
"""The level by which the spread of a product is compared with others'."""

Vector = NDArray[np.float64]


def learned(found: Demand, grain: str) -> dict[str, Any]:
    """By class what was promised, kept and is asked for now; {} where no case is."""
    chosen = _chosen(found)
    if not len(chosen):
        return {}
    own, default = terms(), nobodys()
    of = [own.get(found.products[at], default) for at in chosen]
    days = np.array([one.lead + one.review for one in of])
    length = LENGTHS[Grain(grain)]
    window, recent = LOOKED_BACK[Grain(grain)]
    service = supply_settings().service
    kept = replayed(
        found.panel.take(chosen),
        np.maximum(np.round(days / length), 1).astype(np.int64),
        np.array([service[each] for each in CLASSES]),
        _classes_then(found, round(YEAR.days / length))[chosen],
        sums=LeadTimeSums(window, recent),
        judged=round(YEAR.days / length),
    )
    pairs = zip(CLASSES, kept, strict=True)
    return {name: _plain(one) for name, one in pairs if one is not None}


def _chosen(found: Demand) -> NDArray[np.int64]:
    """The same products every time, evenly through all that ever sold."""
    known = np.flatnonzero(found.panel.starts < found.panel.periods)
    by_id = known[np.argsort(np.array(found.products)[known], kind="stable")]
    places = np.linspace(0, len(by_id) - 1, min(len(by_id), FOLLOWED))
    return np.sort(by_id[places.astype(np.int64)])


def _classes_then(found: Demand, year: int) -> NDArray[np.int64]:
    """Of each product (n, T) the place of its class by the year before each period.

    Who earns most today did not always: held to classes of today, the past would be
    that of products that went up.
    """
    sums = np.cumsum(np.nan_to_num(found.panel.values), axis=1)
    sums = np.pad(sums, ((0, 0), (1, 0)))[:, :-1]
    before = np.pad(sums, ((0, 0), (year, 0)))[:, : sums.shape[1]]
    earned = (sums - before) * np.nan_to_num(found.price, nan=0.0)[:, None]
    codes = np.stack([classes.abc(column) for column in earned.T], axis=1)
    return np.searchsorted(np.array(CLASSES), codes)


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

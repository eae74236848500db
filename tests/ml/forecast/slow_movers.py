"""A shop of slow movers whose true rates are known."""

from __future__ import annotations

import numpy as np

from shop_personalize.ml.forecast.panel import Panel

SERIES, PERIODS, AHEAD = 200, 32, 6


def shop() -> tuple[np.ndarray, np.ndarray]:
    """True rates (n,) and sales (n, periods): slow movers in threes and singly."""
    draw = np.random.default_rng(11)
    rates = draw.gamma(0.6, 0.8, SERIES)
    packs = draw.choice([1, 3], SERIES)[:, None]
    sales = draw.poisson(rates[:, None] / packs, (SERIES, PERIODS)) * packs
    return rates, sales.astype(np.float64)


RATES, SALES = shop()
PAST = Panel(SALES[:, :-AHEAD])

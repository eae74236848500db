"""What n products may be asked for in a stretch of time, as distributions.

All know their ``mean``, ``quantile`` and ``loss`` (what is missing on average beyond a
level), for all products at once. Parameters are numbers or float64 (n,).
"""

from shop_personalize.ml.optimize.stock.demand.base import Demand
from shop_personalize.ml.optimize.stock.demand.continuous import Lognormal, Normal
from shop_personalize.ml.optimize.stock.demand.counts import NegativeBinomial, Poisson
from shop_personalize.ml.optimize.stock.demand.discrete import Discrete
from shop_personalize.ml.optimize.stock.demand.empirical import Quantiles, Samples
from shop_personalize.ml.optimize.stock.demand.general import Distribution

__all__ = [
    "Demand",
    "Discrete",
    "Distribution",
    "Lognormal",
    "NegativeBinomial",
    "Normal",
    "Poisson",
    "Quantiles",
    "Samples",
]

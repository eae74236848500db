"""Demand that mostly is none: spare parts, slow movers, the long tail of a shop.

Every method answers one level per series for all periods ahead. Zero has the least
absolute error on such series and is of no use: judge by squared error, pinball loss
and the service reached.
"""

from shop_personalize.ml.forecast.intermittent.aggregated import ADIDA, IMAPA
from shop_personalize.ml.forecast.intermittent.croston import SBA, TSB, Croston
from shop_personalize.ml.forecast.intermittent.flat import Flat, Zero

__all__ = ["ADIDA", "IMAPA", "SBA", "TSB", "Croston", "Flat", "Zero"]

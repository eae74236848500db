"""How sure a forecast is, learned from what it got wrong before."""

from shop_personalize.ml.forecast.intervals.calibrated import Calibrated

__all__ = ["Calibrated"]

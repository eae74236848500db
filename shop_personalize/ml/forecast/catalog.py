"""Every forecaster by name, as it is without arguments."""

from __future__ import annotations

from collections.abc import Callable

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.choice import Chosen
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.counts import (
    CountEnsemble,
    CountRegression,
    CountTrees,
)
from shop_personalize.ml.forecast.drivers import DriverRegression
from shop_personalize.ml.forecast.holt_winters import HoltWinters
from shop_personalize.ml.forecast.intermittent import ADIDA, IMAPA, SBA, TSB, Croston
from shop_personalize.ml.forecast.naive import (
    MovingAverage,
    MovingMedian,
    Naive,
    SeasonalNaive,
)
from shop_personalize.ml.forecast.network import LagNetwork
from shop_personalize.ml.forecast.shrunken import ShrunkenMean
from shop_personalize.ml.forecast.smoothing import SES, Damped, Holt
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta
from shop_personalize.ml.forecast.trees import GlobalTrees

FORECASTERS: dict[str, Callable[[], Forecaster]] = {
    "naive": Naive,
    "seasonal naive": SeasonalNaive,
    "moving average": MovingAverage,
    "moving median": MovingMedian,
    "simple smoothing": SES,
    "holt": Holt,
    "damped trend": Damped,
    "holt-winters": HoltWinters,
    "theta": Theta,
    "dynamic theta": DynamicTheta,
    "combined": Combined,
    "chosen": Chosen,
    "driver regression": DriverRegression,
    "global trees": GlobalTrees,
    "lag network": LagNetwork,
    "croston": Croston,
    "sba": SBA,
    "tsb": TSB,
    "adida": ADIDA,
    "imapa": IMAPA,
    "shrunken mean": ShrunkenMean,
    "count regression": CountRegression,
    "count trees": CountTrees,
    "count ensemble": CountEnsemble,
}

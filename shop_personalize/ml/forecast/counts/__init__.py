"""Counts of many series learned together: what a series alone is too sparse to say.

What happened after earlier moments of every series teaches what will happen after the
latest. Nothing after the moment of an example enters its features.
"""

from shop_personalize.ml.forecast.counts.levels import (
    CountEnsemble,
    CountRegression,
    CountTrees,
)
from shop_personalize.ml.forecast.counts.quantiles import CountQuantiles

__all__ = ["CountEnsemble", "CountQuantiles", "CountRegression", "CountTrees"]

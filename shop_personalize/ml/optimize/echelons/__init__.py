"""Stock on several levels: stages that supply each other, and what each should hold.

Two views of the same question. ``serial`` and ``assembly`` weigh holding against what
customers wait for, optimally (Clark and Scarf 1960; Rosling 1989); ``distribution``
does so for many shops, by a heuristic. ``guaranteed`` keeps promised service times in
any tree at least cost (Graves and Willems 2000).
"""

from __future__ import annotations

from shop_personalize.ml.optimize.echelons.assembly import Row, assembly, row_of
from shop_personalize.ml.optimize.echelons.bounds import serial_bounds, serial_heuristic
from shop_personalize.ml.optimize.echelons.demand import (
    Demand,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
)
from shop_personalize.ml.optimize.echelons.distribution import distribution
from shop_personalize.ml.optimize.echelons.errors import EchelonError
from shop_personalize.ml.optimize.echelons.guaranteed import Guaranteed, guaranteed
from shop_personalize.ml.optimize.echelons.serial import WORKED, Grid, Serial, serial

__all__ = [
    "WORKED",
    "Demand",
    "EchelonError",
    "Grid",
    "Guaranteed",
    "NegativeBinomialDemand",
    "NormalDemand",
    "PoissonDemand",
    "Row",
    "Serial",
    "assembly",
    "distribution",
    "guaranteed",
    "row_of",
    "serial",
    "serial_bounds",
    "serial_heuristic",
]

"""What is counted, forecast, known of suppliers, suggested and decided.

Sums by day are counted anew from the orders. A forecast is a run and its series, kept
until it can be told how right it was. What a page or a block asks of a product stands
ready in ``ItemState``.
"""

from shop_personalize.supply.models.days import DemandDay, StockDay
from shop_personalize.supply.models.event import Event
from shop_personalize.supply.models.forecast import (
    ForecastOutcome,
    ForecastRun,
    ForecastSeries,
    Grain,
    Level,
)
from shop_personalize.supply.models.item_state import ItemState
from shop_personalize.supply.models.reorder import Reorder
from shop_personalize.supply.models.suppliers import ItemSupply, Supplier

__all__ = [
    "DemandDay",
    "Event",
    "ForecastOutcome",
    "ForecastRun",
    "ForecastSeries",
    "Grain",
    "ItemState",
    "ItemSupply",
    "Level",
    "Reorder",
    "StockDay",
    "Supplier",
]

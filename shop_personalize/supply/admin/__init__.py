"""Pages of supply: what to order, what will sell, from whom, on which days.

Law: parse, ask a selector or call one service, present. Every change is a POST with a
permission; the services write the history.
"""

from shop_personalize.supply.admin import (  # noqa: F401  registered by import
    events,
    forecasts,
    overview,
    reorders,
    suppliers,
)

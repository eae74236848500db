"""Sums by day that reports read, and the answers kept for the pages.

What is bought and what is looked at are counted apart: browsing is forgotten after
some months, so its old sums must stay while those of orders can be counted anew.
"""

from shop_personalize.insight.models.basket import Basket
from shop_personalize.insight.models.event_day import EventDay
from shop_personalize.insight.models.item_day import ItemDay
from shop_personalize.insight.models.item_exposure import ItemExposure
from shop_personalize.insight.models.item_sale import ItemSale
from shop_personalize.insight.models.kept_answer import KeptAnswer
from shop_personalize.insight.models.search_day import SearchDay

__all__ = [
    "Basket",
    "EventDay",
    "ItemDay",
    "ItemExposure",
    "ItemSale",
    "KeptAnswer",
    "SearchDay",
]

"""What prices were paid, how demand answers them, what is suggested and what was done.

Sums and learned rows (``PriceWeek``, ``PricedItem``, ``Elasticity``) are made anew by
the schedule; rules, competitors' prices and decisions are people's and stay.
"""

from shop_personalize.pricing.models.change import PriceChange
from shop_personalize.pricing.models.competitor import CompetitorPrice
from shop_personalize.pricing.models.elasticity import Elasticity
from shop_personalize.pricing.models.item import PricedItem
from shop_personalize.pricing.models.markdown import Markdown
from shop_personalize.pricing.models.rule import PriceRule
from shop_personalize.pricing.models.suggestion import PriceSuggestion
from shop_personalize.pricing.models.week import PriceWeek

__all__ = [
    "CompetitorPrice",
    "Elasticity",
    "Markdown",
    "PriceChange",
    "PriceRule",
    "PriceSuggestion",
    "PriceWeek",
    "PricedItem",
]

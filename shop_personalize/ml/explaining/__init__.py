"""Where the score of an answer comes from, in numbers, for those who run the shop.

:func:`accounts` says for each item which items of the history (or of the page) carried
its score and how much of it: exactly where the score is a sum over them, which it is
for neighbors, histories, factors and what is added up of these; approximately for what
a ranker has learned, and for shapes that are not known here.
"""

from shop_personalize.ml.explaining.account import Account, Effect, Part
from shop_personalize.ml.explaining.answers import accounts

__all__ = ["Account", "Effect", "Part", "accounts"]

"""What somebody will think of an item: models on (user, item, rating) triples."""

from shop_personalize.ml.ratings.base import RatingModel
from shop_personalize.ml.ratings.baseline import Baseline
from shop_personalize.ml.ratings.choice import RatingChoice, choose_rating
from shop_personalize.ml.ratings.gradient import GradientFactors
from shop_personalize.ml.ratings.sampled import SampledFactors
from shop_personalize.ml.ratings.triples import Triples

__all__ = [
    "Baseline",
    "GradientFactors",
    "RatingChoice",
    "RatingModel",
    "SampledFactors",
    "Triples",
    "choose_rating",
]

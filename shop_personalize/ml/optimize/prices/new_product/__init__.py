"""What a product nobody has sold yet may cost, judged by those like it."""

from shop_personalize.ml.optimize.prices.new_product.explaining import Pull
from shop_personalize.ml.optimize.prices.new_product.listings import Listings
from shop_personalize.ml.optimize.prices.new_product.model import NewPrice, Priced
from shop_personalize.ml.optimize.prices.new_product.net import SparseNet

__all__ = ["Listings", "NewPrice", "Priced", "Pull", "SparseNet"]

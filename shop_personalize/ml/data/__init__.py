"""Training data: outside ids become dense integers once, behind a frozen id map."""

from shop_personalize.ml.data.columns import Columns
from shop_personalize.ml.data.id_map import IdMap
from shop_personalize.ml.data.training_data import Items, Links, TrainingData

__all__ = ["Columns", "IdMap", "Items", "Links", "TrainingData"]

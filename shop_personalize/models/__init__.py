"""Rows of the app. Facts are append-only; configuration is edited in the admin.

No foreign key leads to the host shop but to its user model: products and orders are
text ids, resolved through ``catalog``.
"""

from shop_personalize.models.block import Block, BlockStep
from shop_personalize.models.block_day import BlockDay
from shop_personalize.models.checkpoint import Checkpoint
from shop_personalize.models.connection import Connection
from shop_personalize.models.interaction import Interaction
from shop_personalize.models.model_version import ModelVersion
from shop_personalize.models.order_visitor import OrderVisitor
from shop_personalize.models.quarantined_event import QuarantinedEvent
from shop_personalize.models.recommender import Recommender
from shop_personalize.models.rule import Rule
from shop_personalize.models.training_job import TrainingJob
from shop_personalize.models.trial import Trial, TrialDay
from shop_personalize.models.visitor import Visitor
from shop_personalize.models.visitor_day import VisitorDay

__all__ = [
    "Block",
    "BlockDay",
    "BlockStep",
    "Checkpoint",
    "Connection",
    "Interaction",
    "ModelVersion",
    "OrderVisitor",
    "QuarantinedEvent",
    "Recommender",
    "Rule",
    "TrainingJob",
    "Trial",
    "TrialDay",
    "Visitor",
    "VisitorDay",
]

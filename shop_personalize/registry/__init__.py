"""What is offered, by name: algorithms, their words, what they need, the defaults.

Slices and other apps add theirs with ``register`` from their ``AppConfig.ready`` or
through the entry point group ``shop_personalize.recommenders``.
"""

from shop_personalize.registry.spec import Needs, RecommenderSpec
from shop_personalize.registry.store import register, spec, specs

__all__ = ["Needs", "RecommenderSpec", "register", "spec", "specs"]

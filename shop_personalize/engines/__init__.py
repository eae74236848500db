"""Where a fit runs. An engine is a callable ``fit(spec, params, data) -> Recommender``.

``SHOP_PERSONALIZE["ENGINE"]`` names one of ``ENGINES``; all read the same snapshot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from shop_personalize.conf import NAME, app_settings
from shop_personalize.ml.data import TrainingData
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.registry import RecommenderSpec

Engine = Callable[[RecommenderSpec, dict[str, Any], TrainingData], Recommender]

ENGINES: dict[str, str] = {"local": "shop_personalize.engines.local.fit"}


def get_engine() -> Engine:
    """The engine the settings name; one that is not known is an error in words."""
    name = app_settings.ENGINE
    if name not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ImproperlyConfigured(
            f'{NAME}["ENGINE"] is {name!r}, which is no engine; known: {known}'
        )
    engine: Engine = import_string(ENGINES[name])
    return engine

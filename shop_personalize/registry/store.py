from __future__ import annotations

import logging
from importlib.metadata import entry_points

from shop_personalize.registry.spec import RecommenderSpec

logger = logging.getLogger("shop_personalize")
_specs: dict[str, RecommenderSpec] = {}
_loaded: set[str] = set()


def register(new: RecommenderSpec) -> None:
    """Offer an algorithm under its name; a later one of the same name replaces it."""
    _specs[new.name] = new


def specs() -> dict[str, RecommenderSpec]:
    """All algorithms offered, by name."""
    _load()
    return dict(_specs)


def spec(name: str) -> RecommenderSpec | None:
    _load()
    return _specs.get(name)


def _load() -> None:
    if _loaded:
        return
    _loaded.add("built-in")
    from shop_personalize.registry.recommenders import BUILT_IN

    for built_in in BUILT_IN:
        _specs.setdefault(built_in.name, built_in)
    for point in entry_points(group="shop_personalize.recommenders"):
        try:
            register(point.load())
        except Exception:  # a broken plug-in must not take the shop down
            logger.exception("recommender plug-in %s could not be loaded", point.name)

"""Recommendations for Django shops, learned inside the shop.

The map, top to bottom; a line may import only what stands below it:

    apps, urls
    admin | api | templatetags | management | middleware   the faces: parse, present
    receivers | tasks
    checks
    recommend | capture | training                         serve, record, learn
    engines                                                where a fit runs
    artifacts | attribution                                model files; signed tokens
    registry                                               what is offered, by name
    catalog                                                the only door to the shop
    models, signals, conf
    telemetry | logs | deeds                               what is told of our own work
    ml                                                     NumPy/SciPy, no Django
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["explain", "rank", "recommend", "track"]

if TYPE_CHECKING:
    from collections.abc import Callable

_LAZY = {
    "recommend": "shop_personalize.recommend.service",
    "explain": "shop_personalize.recommend.service",
    "rank": "shop_personalize.recommend.service",
    "track": "shop_personalize.capture.service",
}


def __getattr__(name: str) -> Callable[..., Any]:
    """Resolve the public verbs on first use: importing the package loads nothing."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    verb: Callable[..., Any] = getattr(import_module(_LAZY[name]), name)
    return verb

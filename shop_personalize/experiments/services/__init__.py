"""Verbs that change an experiment: keyword-only, atomic, each leaves a line of history.

What cannot be done raises ``RefusedError`` with a sentence to be shown as it is.
"""

from shop_personalize.experiments.services.deciding import decide, undo
from shop_personalize.experiments.services.planning import plan
from shop_personalize.experiments.services.refused import RefusedError
from shop_personalize.experiments.services.reviewing import review
from shop_personalize.experiments.services.running import (
    archive,
    pause,
    ramp,
    restore,
    resume,
    reweigh,
    start,
    stop,
)

__all__ = [
    "RefusedError",
    "archive",
    "decide",
    "pause",
    "plan",
    "ramp",
    "restore",
    "resume",
    "review",
    "reweigh",
    "start",
    "stop",
    "undo",
]

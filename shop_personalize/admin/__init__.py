"""The admin: Django's own, extended. One page answers one question.

Law: pages read models and call one service; every change goes through a POST, a
permission of its own and a ``LogEntry``. No script or style inline. What belongs to
training or serving is imported when it is used, so the admin stays light.
"""

from shop_personalize.admin import (  # noqa: F401  registered by being imported
    blocks,
    connections,
    interactions,
    model_versions,
    overview,
    quarantined_events,
    recommenders,
    rules,
    training_jobs,
    visitors,
)

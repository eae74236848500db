"""Pages of experiments: a list, a form for drafts, an answer for what has begun.

Law: parse, ask a selector or call one service, present. Every change is a POST with a
permission; the services write the history.
"""

from shop_personalize.experiments.admin import (  # noqa: F401  registered by import
    experiments,
)

"""The verbs of ``manage.py personalize``: one module each, the same two functions.

``add_arguments(parser)`` declares the options; ``run(options, console)`` calls one
service and speaks through the console. ``HELP`` is the one-line description.
"""

from __future__ import annotations

VERBS = (
    "setup",
    "inspect",
    "doctor",
    "backfill",
    "import",
    "export",
    "train",
    "status",
    "models",
    "evaluate",
    "recommend",
    "explain",
    "rollup",
    "purge",
)

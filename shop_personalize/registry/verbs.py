"""Verbs of ``manage.py personalize`` that slices bring along."""

from __future__ import annotations

_modules: dict[str, str] = {}


def offer_verb(name: str, module: str) -> None:
    """Offer a verb by the dotted path of its module; it is imported when needed.

    The module has ``HELP``, ``add_arguments(parser)`` and ``run(options, console)``.
    """
    _modules[name] = module


def offered() -> dict[str, str]:
    """Dotted paths by verb, in the order in which they came."""
    return dict(_modules)

"""Libraries that come with the extra ``[forecast]``."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

INSTALL = 'pip install "django-shop-personalize[forecast]"'


class MissingExtraError(ImportError):
    """A library of the extra is not installed; the text is one line with the remedy."""


def needed(module: str) -> ModuleType:
    """Import a library of the extra, or say in one line how to get it."""
    try:
        return import_module(module)
    except ImportError as problem:
        library = module.partition(".")[0]
        raise MissingExtraError(f"{library} is not installed: {INSTALL}") from problem

"""A database of the simulation's own, in memory where it is SQLite's."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database() -> Iterator[None]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    connection.settings_dict["TEST"] |= {"MIGRATE": False}
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = None
    held = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(held, verbosity=0)


def is_in_memory() -> bool:
    return not os.environ.get("DATABASE_URL", "sqlite").startswith("postgres")

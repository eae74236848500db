from __future__ import annotations

from tests.people import admin, boss, staff  # noqa: F401

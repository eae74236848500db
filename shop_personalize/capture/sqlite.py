"""The fast insert on SQLite: prepared values to one statement, run for all rows.

``bulk_create`` compiles every value of every row; a shop's whole history is a million.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connections

from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Sequence

PREPARED = {UUID: lambda value: value.hex, Decimal: str, dict: json.dumps}


def insert(rows: Sequence[Interaction], using: str) -> None:
    """Write the rows that are not there yet."""
    sql, names = _statement(using)
    adapt = cache(connections[using].ops.adapt_datetimefield_value)
    prepared: dict[type, Any] = {**PREPARED, datetime: adapt}

    def value(given: Any) -> Any:
        convert = prepared.get(type(given))
        return convert(given) if convert else given

    table = [[value(getattr(row, name)) for name in names] for row in rows]
    with connections[using].cursor() as cursor:
        cursor.executemany(sql, table)


@cache
def _statement(using: str) -> tuple[str, tuple[str, ...]]:
    quote = connections[using].ops.quote_name
    fields: list[Any] = [
        f for f in Interaction._meta.concrete_fields if not f.primary_key
    ]
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = quote(Interaction._meta.db_table)
    sql = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})"  # noqa: S608
    return sql, tuple(str(field.attname) for field in fields)

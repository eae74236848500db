"""Sums made by the database from rows that never leave it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connections
from django.db.models import Model, QuerySet

from shop_personalize.attribution import days
from shop_personalize.models import Interaction


def of_days(first: date, last: date) -> QuerySet[Any, Any]:
    """What counts of these days, with its ``day``."""
    rows = Interaction.objects.filter(**days.between(first, last))
    return rows.order_by().annotate(day=days.day_case(first, last))


def insert_from(
    model: type[Model],
    rows: QuerySet[Any, Any],
    columns: Sequence[str],
    using: str,
    picked: Sequence[str] = (),
) -> int:
    """``INSERT … SELECT``, for which the ORM has no word; the names are the model's.

    ``picked`` are the names in ``rows`` where they differ from the ``columns``.
    """
    selected = rows.using(using).values_list(*(picked or columns))
    select, params = selected.query.get_compiler(using).as_sql()
    connection = connections[using]
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select}", params)
        return int(cursor.rowcount)

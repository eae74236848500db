"""The one query behind a history: the latest deeds, and all that is settled.

Written in SQL because it runs for every page: the ORM takes longer to build a union
than the database to answer it. The second half is a row a kind, however long the
history; its kinds are literals, for only so a partial index is used.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connections, router

from shop_personalize.models import Interaction, Visitor

LATEST = 200
UNSEEN_KINDS = ("list_view", "rec_view", "search", "view_cart", "checkout")
ALL_IDS = {
    "postgresql": "CAST(json_agg(DISTINCT i.item_id) AS text)",
    "sqlite": "json_group_array(DISTINCT i.item_id)",
    "mysql": "json_arrayagg(DISTINCT i.item_id)",
}
REAL = {"postgresql": "double precision", "mysql": "double"}
SQL = """SELECT item_id, kind, CAST(quantity AS {real}), occurred_at,
  CAST(value AS {real}) FROM (
  SELECT i.item_id, i.kind, i.quantity, i.occurred_at, i.value
  FROM {interaction} i JOIN {visitor} v ON v.id = i.visitor_id
  WHERE v.{key} = %s AND v.is_erased = %s AND i.flag = %s AND i.item_id <> %s
    AND i.kind NOT IN ({unseen})
  ORDER BY i.occurred_at DESC LIMIT {latest}
) latest
UNION ALL
SELECT {all_ids}, i.kind, 0, NULL, NULL
FROM {interaction} i JOIN {visitor} v ON v.id = i.visitor_id
WHERE v.{key} = %s AND v.is_erased = %s AND i.flag = %s AND i.item_id <> %s
  AND i.kind IN ('purchase', 'hide')
GROUP BY i.kind
"""
Row = tuple[str, str, float, datetime, float | None]


def read_deeds(key: str) -> tuple[list[Row], dict[str, frozenset[str]]]:
    """The latest deeds of a visitor, newest first; all items ever, by settled kind."""
    using = router.db_for_read(Interaction)
    who = (key, False, Interaction.Flag.NONE.value, "")
    with connections[using].cursor() as cursor:
        cursor.execute(_sql(using), [*who, *UNSEEN_KINDS, *who])
        found = cursor.fetchall()
    rows = [
        (item, kind, float(units), _moment(at), value)
        for item, kind, units, at, value in found
        if at is not None
    ]
    rows.sort(key=lambda row: row[3], reverse=True)
    ever = {kind: frozenset(json.loads(ids)) for ids, kind, _, at, _ in found if not at}
    return rows, ever


def _moment(value: Any) -> datetime:
    """SQLite hands out text, MariaDB a naive datetime; both are in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if settings.USE_TZ and at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    return at


@cache
def _sql(using: str) -> str:
    connection = connections[using]
    quote, vendor = connection.ops.quote_name, connection.vendor
    return SQL.format(
        interaction=quote(Interaction._meta.db_table),
        visitor=quote(Visitor._meta.db_table),
        key=quote("key"),
        real=REAL.get(vendor, "real"),
        all_ids=ALL_IDS[vendor],
        unseen=", ".join(["%s"] * len(UNSEEN_KINDS)),
        latest=LATEST,
    )

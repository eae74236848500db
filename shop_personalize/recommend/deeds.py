"""The one query behind a history: the latest deeds, and all that is settled.

Written in SQL because it runs for every page: the ORM takes longer to build a union
than the database to answer it. The second half is a row a kind, however long the
history; its kinds are literals, for only so a partial index is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connections, router
from django.utils import timezone

from shop_personalize.models import Interaction, Visitor

LATEST = 200
UNSEEN_KINDS = ("list_view", "rec_view", "search", "view_cart", "checkout")
ALL_IDS = {
    "postgresql": "CAST(json_agg(DISTINCT i.item_id) AS text)",
    "sqlite": "json_group_array(DISTINCT i.item_id)",
    "mysql": "json_arrayagg(DISTINCT i.item_id)",
}
REAL = {"postgresql": "double precision", "mysql": "double"}
SEEN_DAYS, MOST_SEEN = 14, 500
"""How far back, and how many, recommendations that came into view are counted."""
SQL = """SELECT item_id, kind, CAST(quantity AS {real}), occurred_at,
  CAST(value AS {real}), visitor FROM (
  SELECT i.item_id, i.kind, i.quantity, i.occurred_at, i.value, v.kind AS visitor
  FROM {interaction} i JOIN {visitor} v ON v.id = i.visitor_id
  WHERE v.{key} = %s AND v.is_erased = %s AND i.flag = %s AND i.item_id <> %s
    AND i.kind NOT IN ({unseen})
  ORDER BY i.occurred_at DESC LIMIT {latest}
) latest
UNION ALL
SELECT {all_ids}, i.kind, 0, NULL, NULL, MAX(v.kind)
FROM {interaction} i JOIN {visitor} v ON v.id = i.visitor_id
WHERE v.{key} = %s AND v.is_erased = %s AND i.flag = %s AND i.item_id <> %s
  AND i.kind IN ('purchase', 'hide')
GROUP BY i.kind
"""
SQL_SEEN = """UNION ALL
SELECT item_id, 'rec_view', COUNT(*), MAX(occurred_at), NULL, MAX(visitor) FROM (
  SELECT i.item_id, i.occurred_at, v.kind AS visitor
  FROM {interaction} i JOIN {visitor} v ON v.id = i.visitor_id
  WHERE v.{key} = %s AND v.is_erased = %s AND i.flag = %s AND i.item_id <> %s
    AND i.kind = 'rec_view' AND i.occurred_at > %s
  ORDER BY i.occurred_at DESC LIMIT {most_seen}
) seen
GROUP BY item_id
"""
Row = tuple[str, str, float, datetime, float | None]


@dataclass(frozen=True)
class Deeds:
    """What one query says of a visitor."""

    latest: list[Row]
    """The latest deeds, newest first."""
    ever: dict[str, frozenset[str]]
    """All items ever, by settled kind."""
    seen: list[tuple[str, float, datetime]]
    """Items recommended lately: how often they came into view, and when last."""
    visitor: str
    """The kind of visitor, "" where nothing is known."""


def read_deeds(key: str, *, with_seen: bool = False) -> Deeds:
    using = router.db_for_read(Interaction)
    who: tuple[Any, ...] = (key, False, Interaction.Flag.NONE.value, "")
    params = [*who, *UNSEEN_KINDS, *who]
    if with_seen:
        since = timezone.now() - timedelta(days=SEEN_DAYS)
        params += [*who, connections[using].ops.adapt_datetimefield_value(since)]
    with connections[using].cursor() as cursor:
        cursor.execute(_sql(using, with_seen), params)
        found = cursor.fetchall()
    return _sorted_out(found)


def _sorted_out(found: list[tuple[Any, ...]]) -> Deeds:
    latest: list[Row] = []
    ever, seen, visitor = {}, [], ""
    for item, kind, units, at, value, visitor in found:  # noqa: B007  the last one's
        if not at:
            ever[kind] = frozenset(json.loads(item))
        elif kind == "rec_view":
            seen.append((item, float(units), _moment(at)))
        else:
            latest.append((item, kind, float(units), _moment(at), value))
    latest.sort(key=lambda row: row[3], reverse=True)
    return Deeds(latest, ever, seen, visitor)


def _moment(value: Any) -> datetime:
    """SQLite hands out text, MariaDB a naive datetime; both are in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if settings.USE_TZ and at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    return at


@cache
def _sql(using: str, with_seen: bool) -> str:
    connection = connections[using]
    quote, vendor = connection.ops.quote_name, connection.vendor
    statement = SQL + SQL_SEEN if with_seen else SQL
    return statement.format(
        interaction=quote(Interaction._meta.db_table),
        visitor=quote(Visitor._meta.db_table),
        key=quote("key"),
        real=REAL.get(vendor, "real"),
        all_ids=ALL_IDS[vendor],
        unseen=", ".join(["%s"] * len(UNSEEN_KINDS)),
        latest=LATEST,
        most_seen=MOST_SEEN,
    )

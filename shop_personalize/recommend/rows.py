"""The one query of the configuration: what stands in four tables, as plain rows.

A page pays for each query, so the tables are read as one: the columns of rules and
trials lie where recommenders and blocks have columns of the same type.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from django.db import connections, router
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    F,
    Field,
    FloatField,
    IntegerField,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop_personalize.models import Block, Recommender, Rule, Trial

RECOMMENDER, RULE, TRIAL = "recommender", "rule", "trial"
BLOCK_FIELDS = (
    "slug",
    "page",
    "title",
    "is_active",
    "shown_when",
    "limit",
    "minimum",
    "template",
    "exclude_purchased",
    "rebuy_days",
    "exclude_basket",
    "same_category",
    "diversity",
    "per_category",
    "calibration",
    "damping",
    "exploration",
    "revenue",
    "margin",
    "freshness",
    "clearance",
    "stock",
    "rotation",
    "show_reason",
    "starts_at",
    "ends_at",
    "site",
    "position",
)
STEP_FIELDS = (
    "pk",
    "slug",
    "algorithm",
    "title",
    "live_version_id",
    "live_version__number",
    "live_version__artifact",
    "steps__position",
)
INTEGERS = {"pk", "live_version_id", "live_version__number", "steps__position"}
RULE_COLUMNS = {
    "pk": "pk",
    "slug": "name",
    "algorithm": "action",
    "title": "page",
    "live_version__number": "position",
    "live_version__artifact": "audience",
    "steps__position": "priority",
    "block.slug": "block__slug",
    "block.page": "items",
    "block.title": "conditions",
    "block.diversity": "strength",
    "block.starts_at": "starts_at",
    "block.ends_at": "ends_at",
    "block.site": "site",
}
"""Where a rule's columns lie; those of a trial below."""
TRIAL_COLUMNS = {
    "pk": "pk",
    "slug": "slug",
    "algorithm": "kind",
    "title": "audience",
    "live_version__artifact": "salt",
    "block.slug": "block",
    "block.page": "arms",
    "block.diversity": "share",
    "block.starts_at": "started_at",
}
COLUMNS = (*STEP_FIELDS, *(f"block.{name}" for name in BLOCK_FIELDS))
JSON = {"items", "conditions", "arms"}


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Rows by table: of recommenders in the order of ``COLUMNS``, of rules and trials
    in the order of their own columns."""
    using = router.db_for_read(Recommender)
    found: dict[str, list[tuple[Any, ...]]] = {RECOMMENDER: [], RULE: [], TRIAL: []}
    with connections[using].cursor() as cursor:
        cursor.execute(*_statement(using))
        for table, *row in cursor.fetchall():
            found[table].append(tuple(row))
    for table, columns in ((RULE, RULE_COLUMNS), (TRIAL, TRIAL_COLUMNS)):
        at = [COLUMNS.index(name) for name in columns]
        found[table] = [tuple(row[i] for i in at) for row in found[table]]
    return found


def moment(value: Any) -> datetime | None:
    """A time as any database hands it over raw, in UTC."""
    found = parse_datetime(value) if isinstance(value, str) else value
    if found is None or timezone.is_aware(found):
        return found
    return timezone.make_aware(found, timezone.get_fixed_timezone(0))


@cache
def _statement(using: str) -> tuple[str, tuple[Any, ...]]:
    """The query compiled once: compiling took longer than answering it."""
    names = [*STEP_FIELDS, *(f"steps__block__{name}" for name in BLOCK_FIELDS)]
    recommenders = Recommender.objects.filter(is_active=True).order_by()
    found = recommenders.values_list(Value(RECOMMENDER), *names).union(
        _rows_of(Rule.objects.filter(is_active=True), RULE, RULE_COLUMNS),
        _rows_of(Trial.objects.filter(is_running=True), TRIAL, TRIAL_COLUMNS),
        all=True,
    )
    sql, params = found.query.get_compiler(using).as_sql()
    return sql, tuple(params)


def _rows_of(found: QuerySet, table: str, columns: dict[str, str]) -> QuerySet:
    each = (_column(name, columns.get(name)) for name in COLUMNS)
    return found.order_by().values_list(Value(table), *each)


def _column(name: str, source: str | None) -> Any:
    if source is None:
        return Value(None, output_field=_type(name))
    return Cast(source, TextField()) if source in JSON else F(source)


def _type(name: str) -> Field:
    block, _dot, own = name.partition(".")
    if block != "block":
        return IntegerField() if name in INTEGERS else CharField()
    field = Block._meta.get_field(own)
    plain = (BooleanField, DateTimeField, FloatField, IntegerField)
    return next((kind() for kind in plain if isinstance(field, kind)), CharField())

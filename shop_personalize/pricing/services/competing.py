"""Competitors' prices from a CSV file: what cannot be read is said line by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from shop_personalize.attribution import days
from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.generic import values
from shop_personalize.pricing.models import CompetitorPrice
from shop_personalize.pricing.services.refused import RefusedError

COLUMNS = ("item", "competitor", "price", "currency", "seen")
NEEDED = COLUMNS[:3]
MOST = 100_000
SHOWN = 20
"""Lines that went wrong and are named."""
Key = tuple[str, str, str, datetime]
"""By what a price is known: product, competitor, currency, when it was seen."""


@dataclass
class Report:
    """``wrong``: the number of a line and what is wrong with it."""

    rows: int = 0
    taken: int = 0
    known: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)


def import_csv(text: str, *, currency: str = "", dry_run: bool = False) -> Report:
    """Take over prices; ``currency`` is that of lines which name none.

    Columns: item (the id, or another key the catalog knows), competitor, price,
    currency, seen (date or time; now, where empty).
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        lines = _read(reader)
    except csv.Error as problem:
        words = {"n": reader.line_num + 1, "why": problem}
        told = _("Line %(n)s of the file cannot be read: %(why)s")
        raise RefusedError(told % words) from problem
    if len(lines) > MOST:
        told = _("The file has more than %(n)s lines; import it in parts.")
        raise RefusedError(told % {"n": MOST})
    return _take(lines, currency, dry_run)


def _read(reader: Any) -> list[tuple[int, dict[str, str]]]:
    """Lines with their numbers; one too many where there are too many."""
    names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
    missing = [name for name in NEEDED if name not in names]
    if missing:
        words = {"missing": ", ".join(missing), "columns": ", ".join(COLUMNS)}
        raise RefusedError(
            _("The file has no column %(missing)s; its columns are: %(columns)s.")
            % words
        )
    return list(islice(_lines(reader, names), MOST + 1))


def _lines(reader: Any, names: dict[str, Any]) -> Iterator[tuple[int, dict[str, str]]]:
    for line in reader:
        yield (
            reader.line_num,
            {
                ours: str(line.get(names[ours]) or "").strip()
                for ours in COLUMNS
                if ours in names
            },
        )


def _take(
    lines: list[tuple[int, dict[str, str]]], currency: str, dry_run: bool
) -> Report:
    report, now = Report(rows=len(lines)), timezone.now()
    ids = get_catalog().item_ids({line["item"] for _n, line in lines if line["item"]})
    made: dict[Key, CompetitorPrice] = {}
    for number, line in lines:
        try:
            row = _row(line, ids, currency, now)
        except ValueError as problem:
            report.wrong.append((number, str(problem)))
            continue
        made[row.item_id, row.competitor, row.currency, row.seen_at] = row
    new = _unknown(made, now)
    report.taken, report.known = len(new), len(made) - len(new)
    if not dry_run:
        with transaction.atomic():
            # Who imports the same file at the same moment is not refused.
            rows = CompetitorPrice.objects
            rows.bulk_create(new, batch_size=2000, ignore_conflicts=True)
    return report


def _row(
    line: dict[str, str], ids: dict[str, str], currency: str, now: datetime
) -> CompetitorPrice:
    if any("\0" in value for value in line.values()):
        raise ValueError(_("there is a character in it that is no text"))
    item, price = ids.get(line["item"]), values.price(line["price"])
    code = values.currency(line.get("currency") or currency)
    if item is None:
        raise ValueError(_("the shop has no product “%(id)s”") % {"id": line["item"]})
    if not line["competitor"]:
        raise ValueError(_("no competitor is named"))
    if price is None or price <= 0:
        told = _("“%(price)s” is no price above zero")
        raise ValueError(told % {"price": line["price"]})
    if not code:
        raise ValueError(_("no currency is named"))
    return CompetitorPrice(
        item_id=item,
        competitor=line["competitor"][:80],
        price=price,
        currency=code,
        seen_at=_moment(line.get("seen", ""), now),
    )


def _moment(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        found = values.moment(parse_datetime(text) or parse_date(text))
    except ValueError:
        found = None
    if found is None:
        raise ValueError(_("“%(text)s” is no date like 2026-03-29") % {"text": text})
    if found > now:
        raise ValueError(_("“%(text)s” is still to come") % {"text": text})
    return found


def _unknown(made: dict[Key, CompetitorPrice], now: datetime) -> list[CompetitorPrice]:
    """Those not yet there, so that a file may be imported twice.

    A price without a day is there if it is the last one told today.
    """
    if not made:
        return []
    today = days.start_of(days.day_of(now))
    moments = {row.seen_at for row in made.values()}
    first = min(moments | {today}) if now in moments else min(moments)
    rows = CompetitorPrice.objects.filter(seen_at__gte=first, seen_at__lte=max(moments))
    columns = ("item_id", "competitor", "currency", "seen_at", "price")
    told = rows.order_by("seen_at", "pk").values_list(*columns)
    known: set[Key] = set()
    last: dict[tuple[str, str, str], Decimal] = {}
    for item, who, code, at, price in told.iterator():
        if (item, who, code, at) in made:
            known.add((item, who, code, at))
        if at >= today and (item, who, code, now) in made:
            last[item, who, code] = price
    return [
        row
        for key, row in made.items()
        if key not in known and not (key[3] == now and last.get(key[:3]) == row.price)
    ]

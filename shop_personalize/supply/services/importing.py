"""Suppliers and the supply of products from a CSV file: all of it, or nothing."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections, router, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from shop_personalize.supply.models import ItemSupply, Supplier
from shop_personalize.supply.services.records import log
from shop_personalize.supply.services.refused import RefusedError

MOST_ROWS = 200_000
MOST_TOLD = 20
BATCH = 1000
BEYOND = "\N{HORIZONTAL ELLIPSIS}"
"""The name under which a line's cells stand that have no column."""
SUPPLIERS = (
    "name",
    "lead_time_days",
    "lead_time_sd",
    "review_days",
    "minimum_order_value",
    "order_cost",
    "currency",
    "email",
)
ITEMS = (
    "item_id",
    "supplier",
    "lead_time_days",
    "unit_cost",
    "pack",
    "minimum",
    "service_level",
    "is_active",
)
YES, NO = ("1", "yes", "true", "y"), ("0", "no", "false", "n")


@dataclass(frozen=True)
class Imported:
    created: int
    changed: int


class WrongLinesError(RefusedError):
    """``lines`` say what is wrong in which line; nothing was imported."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        more = len(lines) - MOST_TOLD
        told = lines[:MOST_TOLD]
        if more > 0:
            told = [*told, _("… and %(n)s more.") % {"n": more}]
        super().__init__(" ".join(told))


@transaction.atomic
def suppliers(text: str, *, user: Any = None) -> Imported:
    """Lines with the columns ``SUPPLIERS``, found again by their name."""
    known = {each.name.casefold(): each.name for each in Supplier.objects.all()}

    def of_one_spelling(row: dict[str, Any]) -> dict[str, Any]:
        """Not every database takes two that differ in case, and nobody means it."""
        name = row["name"]
        if known.setdefault(name.casefold(), name) != name:
            told = _("“%(name)s” and “%(other)s” differ in case only")
            words = {"name": name, "other": known[name.casefold()]}
            raise ValidationError(told % words)
        return row

    return _import(Supplier, "name", SUPPLIERS, text, user, of_one_spelling)


@transaction.atomic
def items(text: str, *, user: Any = None) -> Imported:
    """Lines with the columns ``ITEMS``, found again by the product's id."""
    known = {each.name: each for each in Supplier.objects.all()}

    def with_supplier(row: dict[str, Any]) -> dict[str, Any]:
        if "supplier" not in row:
            return row
        name = row["supplier"]
        if name and name not in known:
            told = _("there is no supplier “%(name)s”; import suppliers first")
            raise ValidationError(told % {"name": name})
        return {**row, "supplier": known.get(name)}

    return _import(ItemSupply, "item_id", ITEMS, text, user, with_supplier)


def _import(
    model: type[Model],
    key: str,
    columns: tuple[str, ...],
    text: str,
    user: Any,
    finish: Callable[[dict[str, Any]], dict[str, Any]],
) -> Imported:
    table = read(text, key, columns)
    stored = {getattr(row, key): row for row in model._default_manager.all()}
    new: dict[str, Model] = {}
    changed: dict[str, Model] = {}
    wrong: list[str] = []
    for line, cells in table:
        try:
            row = _row(model, finish(_values(model, cells)), key, stored)
        except ValidationError as error:
            wrong.append(_told(line, error))
            continue
        if cells[key] in new or cells[key] in changed:
            told = _("Line %(line)s: “%(key)s” is in the file twice.")
            wrong.append(told % {"line": line, "key": cells[key]})
        (new if row.pk is None else changed)[cells[key]] = row
    if wrong:
        raise WrongLinesError(wrong)
    given = [name for name in columns[1:] if table and name in table[0][1]]
    _save(model, new.values(), changed.values(), given)
    _note(model, len(new), len(changed), user)
    return Imported(len(new), len(changed))


def read(
    text: str, key: str, columns: tuple[str, ...]
) -> list[tuple[int, dict[str, str]]]:
    """The lines by number; the first line names the columns."""
    sample = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    first = sample.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    # However lines end; and a quote that is never closed must not swallow the rest.
    lines = io.StringIO(sample, newline=None)
    reader = csv.DictReader(lines, delimiter=separator, restkey=BEYOND, strict=True)
    try:
        reader.fieldnames = _named(reader.fieldnames or (), key, columns)
        found = [(reader.line_num, _cells(row)) for row in reader]
    except csv.Error as error:
        told = _("Line %(line)s cannot be read as CSV: %(problem)s.")
        words = {"line": reader.reader.line_num, "problem": error}
        raise RefusedError(told % words) from None
    if len(found) > MOST_ROWS:
        told = _("The file has %(n)s lines; at most %(most)s are read at once.")
        raise RefusedError(told % {"n": len(found), "most": MOST_ROWS})
    return found


def _named(given: Iterable[str], key: str, columns: tuple[str, ...]) -> list[str]:
    names = [name.strip().lower() for name in given]
    unknown = [name for name in names if name not in columns]
    if key not in names or unknown:
        told = _(
            "The first line must name the columns, with “%(key)s” among them. Known "
            "are: %(columns)s. Not known: %(unknown)s."
        )
        words = {"key": key, "columns": ", ".join(columns)}
        shown = ", ".join(unknown)[:200] or "–"
        raise RefusedError(told % {**words, "unknown": shown})
    for name in names:
        if names.count(name) > 1:
            told = _("The first line names the column “%(name)s” twice.")
            raise RefusedError(told % {"name": name})
    return names


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """Without white space around; those of no column together under ``BEYOND``."""
    rest = " ".join(row.pop(BEYOND, [])).strip()
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    return {**cells, BEYOND: rest} if rest else cells


def _values(model: type[Model], cells: Mapping[str, str]) -> dict[str, Any]:
    if BEYOND in cells:
        told = _("“%(rest)s” stands beyond the last column")
        raise ValidationError(told % {"rest": cells[BEYOND][:60]})
    return {name: _value(model, name, cell) for name, cell in cells.items()}


def _value(model: type[Model], name: str, cell: str) -> Any:
    field: Any = model._meta.get_field(name)
    kind = field.get_internal_type()
    if kind in {"CharField", "EmailField", "ForeignKey"}:
        return _text(name, cell)
    if not cell:
        return None if field.null else field.get_default()
    if kind == "BooleanField":
        return _truth(name, cell)
    try:
        number = Decimal(cell) if kind == "DecimalField" else field.to_python(cell)
    except (InvalidOperation, ValidationError):
        number = math.nan
    if not _is_finite(number):
        told = _("“%(cell)s” is no number (%(name)s)")
        raise ValidationError(told % {"cell": cell[:60], "name": name})
    return number


def _is_finite(number: Any) -> bool:
    if isinstance(number, Decimal):
        return number.is_finite()
    return not isinstance(number, float) or math.isfinite(number)


def _text(name: str, cell: str) -> str:
    if "\0" in cell:
        told = _("a character that no database keeps (%(name)s)")
        raise ValidationError(told % {"name": name})
    return cell


def _truth(name: str, cell: str) -> bool:
    word = cell.lower()
    if word not in (*YES, *NO):
        told = _("“%(cell)s” is neither yes nor no (%(name)s)")
        raise ValidationError(told % {"cell": cell, "name": name})
    return word in YES


def _row(
    model: type[Model], values: dict[str, Any], key: str, stored: Mapping[str, Model]
) -> Model:
    if not values[key]:
        raise ValidationError(_("“%(key)s” is empty") % {"key": key})
    row = stored.get(values[key]) or model()
    for name, value in values.items():
        setattr(row, name, value)
    row.clean_fields(exclude={"supplier"})
    return row


def _told(line: int, error: ValidationError) -> str:
    if hasattr(error, "error_dict"):
        pairs = error.message_dict.items()
        found = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in pairs)
    else:
        found = "; ".join(error.messages)
    return _("Line %(line)s: %(problem)s.") % {
        "line": line,
        "problem": found.rstrip("."),
    }


def _save(
    model: type[Model],
    new: Iterable[Model],
    changed: Iterable[Model],
    names: list[str],
) -> None:
    manager: Any = model._default_manager
    manager.bulk_create(new, batch_size=BATCH)
    if not names:
        return
    # As rows that are there already: many times faster than ``bulk_update``.
    features = connections[router.db_for_write(model)].features
    keys = ["id"] if features.supports_update_conflicts_with_target else None
    manager.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=names,
        unique_fields=keys,
    )


def _note(model: type[Model], created: int, changed: int, user: Any) -> None:
    row = model._default_manager.first()
    if row is not None and created + changed:
        told = _("Imported a file: %(new)s new, %(changed)s changed.")
        log(row, told % {"new": created, "changed": changed}, user=user)
